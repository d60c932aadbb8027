"""The `delivery:` section of the site file: who is told of life danger, and how.

It stands here and not in delivery because delivery is the later folder. No secret
stands in it: what a channel signs with is `NONSITE_HOOK_KEY_<NAME>` in the environment,
and so may be its address (`NONSITE_HOOK_URL_<NAME>`), where that holds a token.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from base.networks import Reach, networks_of
from base.redact import redact

CHANNEL = r"^[a-z][a-z0-9_]{0,39}$"
DESK = "desk"
"""Always told, never a channel's name."""

ChannelName = Annotated[str, Field(pattern=CHANNEL)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebhookChannel(_Section):
    """An address of the bureau's own that takes signed messages."""

    kind: Literal["webhook"] = "webhook"
    url: str | None = Field(
        default=None,
        description="https address; null: NONSITE_HOOK_URL_<NAME> of the environment",
    )
    networks: tuple[str, ...] = Field(
        default=(),
        max_length=20,
        description="private networks it may lie in; plain http there only",
    )
    timeout_s: float = Field(
        default=5.0, ge=0.5, le=30, description="longest wait for the whole answer, s"
    )

    @field_validator("url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None:
            check_webhook_url(value)
            if redact(value) != value:
                msg = "must not hold a secret: use NONSITE_HOOK_URL_<NAME>"
                raise ValueError(msg)
        return value

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            networks_of(one)
        return value

    @model_validator(mode="after")
    def _plain_is_private(self) -> "WebhookChannel":
        if self.url is not None and self.url.startswith("http:") and not self.networks:
            msg = "plain http is for the `networks` named: use https, or name one"
            raise ValueError(msg)
        return self

    @property
    def reach(self) -> Reach:
        """Where its address may lie."""
        return Reach(tuple(n for one in self.networks for n in networks_of(one)))


class PhonePageChannel(_Section):
    """The page people on duty keep open on their phones."""

    kind: Literal["phone_page"] = "phone_page"
    people: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{1,63}$")], ...] = (
        Field(min_length=1, max_length=50, description="login names of those on duty")
    )


Channel = Annotated[WebhookChannel | PhonePageChannel, Field(discriminator="kind")]


class DeliverySection(_Section):
    """Who is told of life danger (S1), at once and when nobody answers."""

    channels: dict[ChannelName, Channel] = Field(
        default_factory=dict, max_length=20, description="channels by name"
    )
    first: tuple[ChannelName, ...] = Field(
        default=(),
        max_length=20,
        description="channels told at once, all of them, beside the desk",
    )
    ladder: tuple[tuple[ChannelName, ...], ...] = Field(
        default=(),
        max_length=10,
        description="channels of each further step, the last one again and again",
    )
    escalate_after_s: float = Field(
        default=60.0, ge=1, le=600, description="seconds before each further step"
    )
    give_up_after_s: float = Field(
        default=3600.0,
        ge=10,
        le=86400,
        description="a telling is tried again for this long, then shown as undelivered",
    )

    @model_validator(mode="after")
    def _are_there(self) -> "DeliverySection":
        for name in (*self.first, *(one for step in self.ladder for one in step)):
            if name not in self.channels:
                msg = f"there is no channel named {name}"
                raise ValueError(msg)
        if DESK in self.channels:
            msg = f"{DESK} is always told and no name of a channel"
            raise ValueError(msg)
        return self


def check_webhook_url(url: str) -> None:
    """Take an http(s) address without login.

    Raises:
        ValueError: It is none; the address is not repeated.
    """
    try:
        parts = urlsplit(url)
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_ok = urlsplit(""), False
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and port_ok
    if not is_web or parts.username or parts.password:
        msg = "needs an address like https://host/path, without a login in it"
        raise ValueError(msg)
