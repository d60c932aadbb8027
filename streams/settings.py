"""The `feed:` section of a camera in the site file.

A feed is *resolved* to an address at every connect, since a gateway's play addresses
expire; `url` and `file` resolve to themselves, other kinds add a model here and a
resolver beside it. Credentials never stand in the site file: `login` names one that
the environment provides (`NONSITE_LOGIN_<NAME>=user:password`).
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from base.redact import redact

SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "udp", "tcp")


class Profile(StrEnum):
    """Which of a camera's streams: the small one for looks, the best for evidence."""

    LOOKS = "looks"
    EVIDENCE = "evidence"


class Transport(StrEnum):
    """How RTSP carries media."""

    TCP = "tcp"
    UDP = "udp"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _FeedTimes(_Section):
    timeout_s: float = Field(
        default=10.0,
        gt=0,
        le=120,
        description="longest wait for a connection or the next packet, seconds",
    )
    ring_s: float = Field(
        default=20.0,
        ge=5,
        le=300,
        description="how far back the ring of encoded packets reaches, seconds",
    )
    ring_mb: float = Field(
        default=64.0,
        gt=0,
        le=2048,
        description="ceiling of the packet ring's memory, megabytes",
    )


class UrlFeed(_FeedTimes):
    """A network stream: RTSP(S), RTMP, HTTP-FLV, HLS, MPEG-TS."""

    kind: Literal["url"] = "url"
    looks: str = Field(description="address of the stream to look at (sub stream)")
    evidence: str | None = Field(
        default=None,
        description="address of the stream clips are cut from (main stream); "
        "left out: the same",
    )
    login: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9_]+$",
        description="name of the login in the environment: NONSITE_LOGIN_<NAME>",
    )
    transport: Transport = Field(
        default=Transport.TCP, description="how RTSP carries media: tcp or udp"
    )

    @field_validator("looks", "evidence")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            port_ok = parts.port is None or parts.port > 0
        except ValueError:
            parts, port_ok = urlsplit(""), False
        if parts.scheme not in SCHEMES or not parts.hostname or not port_ok:
            schemes = ", ".join(SCHEMES)
            msg = f"needs an address like rtsp://host:554/path ({schemes})"
            raise ValueError(msg)
        if parts.username or parts.password:
            msg = "must not hold a password: use `login` and NONSITE_LOGIN_<NAME>"
            raise ValueError(msg)
        if redact(value) != value:
            msg = "must not hold a secret (password=, token=, …): revisions keep it"
            raise ValueError(msg)
        return value


class FileFeed(_FeedTimes):
    """A recording, played at its own speed; for samples, tests and demonstrations."""

    kind: Literal["file"] = "file"
    path: Path = Field(description="video file, relative to the site file")
    loop: bool = Field(
        default=False,
        description="start again at the end; media time runs on across the seam",
    )


FeedSettings = Annotated[UrlFeed | FileFeed, Field(discriminator="kind")]
