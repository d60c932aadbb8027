"""The environment, read once: `NONSITE_…`. Functions take the values they need."""

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

LOGIN_PREFIX = "NONSITE_LOGIN_"


class Settings(BaseSettings):
    """Settings of one process; secrets never print."""

    model_config = SettingsConfigDict(env_prefix="NONSITE_", frozen=True)

    redis_url: SecretStr | None = Field(
        default=None, description="a Redis or Valkey of one's own; else embedded"
    )
    database_url: SecretStr | None = Field(
        default=None, description="a PostgreSQL of one's own; else SQLite in --data"
    )
    evidence_url: SecretStr | None = Field(
        default=None, description="s3://bucket/prefix; else a folder in --data"
    )
    models_dir: Path | None = Field(
        default=None, description="a folder of networks of one's own"
    )
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    shards: int = Field(default=4, ge=1, le=256, description="shards of the stream")


def logins_from_environment(name: str) -> SecretStr | None:
    """The login `name`: NONSITE_LOGIN_<NAME>=user:password."""
    value = os.environ.get(f"{LOGIN_PREFIX}{name.upper()}")
    return None if value is None else SecretStr(value)
