"""Channels of the site in force, with their secrets from the environment."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from delivery.errors import DeliveryError
from delivery.webhook import WebhookAddress
from sites.delivery_section import WebhookChannel, check_webhook_url

Secret = Callable[[str], SecretStr | None]
"""Name of a channel in, its secret out; None where the environment has none."""

SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True)
class HookSecrets:
    """Where webhooks get what must not stand in the site file.

    Attributes:
        key: NONSITE_HOOK_KEY_<NAME>, what messages are signed with.
        url: NONSITE_HOOK_URL_<NAME>, an address that holds a token.
    """

    key: Secret
    url: Secret


def no_secrets() -> HookSecrets:
    """An environment without any."""
    return HookSecrets(key=lambda _: None, url=lambda _: None)


def webhook_address(
    name: str, channel: WebhookChannel, secrets: HookSecrets
) -> WebhookAddress:
    """Where a webhook is, and what signs its messages.

    Raises:
        DeliveryError: The environment lacks what it needs; names the variable.
    """
    key, url = secrets.key(name), secrets.url(name)
    if key is None or len(key.get_secret_value()) < SHORTEST_KEY:
        variable = f"NONSITE_HOOK_KEY_{name.upper()}"
        words = f"{variable} is missing or has fewer than {SHORTEST_KEY} signs"
        raise DeliveryError(words)
    if channel.url is not None:
        url = SecretStr(channel.url)
    if url is None:
        raise DeliveryError(f"NONSITE_HOOK_URL_{name.upper()} is missing")
    try:
        check_webhook_url(url.get_secret_value())
    except ValueError as error:
        raise DeliveryError(f"NONSITE_HOOK_URL_{name.upper()} {error}") from error
    if url.get_secret_value().startswith("http:") and not channel.networks:
        raise DeliveryError("plain http is for the networks its channel names")
    return WebhookAddress(url, key, channel.reach, channel.timeout_s)
