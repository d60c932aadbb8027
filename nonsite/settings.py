"""The environment, read once: `NONSITE_…`. Functions take the values they need."""

import os
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from base.errors import ConfigError
from base.networks import Reach, networks_of

PREFIX = "NONSITE_"
LOGIN_PREFIX = "NONSITE_LOGIN_"


class Settings(BaseSettings):
    """Settings of one process; secrets never print."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    redis_url: SecretStr | None = Field(
        default=None, description="a Redis or Valkey of one's own; else embedded"
    )
    database_url: SecretStr | None = Field(
        default=None, description="a PostgreSQL of one's own; else SQLite in --data"
    )
    evidence_url: SecretStr | None = Field(
        default=None, description="s3://bucket/prefix; else a folder in --data"
    )
    bureau: str = Field(
        default="",
        max_length=100,
        description="the bureau's full name, as cover sheets of evidence print it",
    )
    tsa_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="a time-stamp authority (RFC 3161) for the daily roots",
    )
    tsa_roots: Path | None = Field(
        default=None, description="its root certificates, PEM"
    )
    models_dir: Path | None = Field(
        default=None, description="a folder of networks of one's own"
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https://[A-Za-z0-9.-]+(:\d{1,5})?)?$",
        description="address of the TLS gateway in front of the service",
    )
    oidc_issuer: str | None = Field(
        default=None, description="the bureau's login service, as its tokens name it"
    )
    oidc_client_id: str = Field(default="nonsite", description="what it calls us")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="what we prove it with"
    )
    oidc_title: str = Field(
        default="统一身份认证", max_length=100, description="shown on the login page"
    )
    oidc_name_claim: str = Field(
        default="preferred_username", description="claim that holds the login name"
    )
    log_level: str | None = Field(
        default=None,
        pattern="^(debug|info|warning|error)$",
        description="left out: warning on a terminal, info elsewhere",
    )
    feed_networks: str = Field(
        default="",
        description="networks cameras may be added in over the pages, 10.0.0.0/8, …; "
        "left out: all but this machine and its link",
    )
    shards: int = Field(default=4, ge=1, le=256, description="shards of the stream")

    @field_validator("feed_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        networks_of(value)
        return value

    @property
    def camera_reach(self) -> Reach:
        """Networks whose cameras may be added over the API."""
        return Reach(networks_of(self.feed_networks), is_open=True)


def logins_from_environment(name: str) -> SecretStr | None:
    """The login `name`: NONSITE_LOGIN_<NAME>=user:password."""
    return _secret(f"{LOGIN_PREFIX}{name.upper()}")


def hook_key(name: str) -> SecretStr | None:
    """What the webhook `name` signs with: NONSITE_HOOK_KEY_<NAME>."""
    return _secret(f"{PREFIX}HOOK_KEY_{name.upper()}")


def hook_url(name: str) -> SecretStr | None:
    """The address of the webhook `name`, where it holds a token."""
    return _secret(f"{PREFIX}HOOK_URL_{name.upper()}")


def _secret(variable: str) -> SecretStr | None:
    value = os.environ.get(variable)
    return None if value is None else SecretStr(value)


def environment_with_temporary(folder: str) -> dict[str, str]:
    """The whole environment for a process whose temporary files lie in `folder`."""
    return os.environ | {"TMPDIR": folder}


def read_settings() -> Settings:
    """The environment, checked.

    Raises:
        ConfigError: A variable is wrong; its value is not repeated, it may be secret.
    """
    try:
        return Settings()
    except ValidationError as error:
        told = error.errors(include_input=False, include_url=False)
        raise ConfigError(tuple(_told(p["loc"], p["msg"]) for p in told)) from error


def _told(where: tuple[int | str, ...], problem: str) -> str:
    return f"{PREFIX}{'.'.join(map(str, where)).upper()}: {problem}"
