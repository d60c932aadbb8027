"""A signed message over HTTPS to an address of the bureau's own.

The receiver checks `X-Nonsite-Signature`: `v1=` and the hex HMAC-SHA-256, under the
shared key, of the timestamp header, a dot and the body; and takes each
`Idempotency-Key` once. No redirect is followed, no proxy of the environment is used,
the address connected to is the one that was judged, and the whole exchange has one
deadline, whatever the other side does with its bytes.
"""

import asyncio
import hashlib
import hmac
import socket
import ssl
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit, urlunsplit

import httpx2
from pydantic import SecretStr

from base.networks import (
    ForbiddenAddressError,
    Reach,
    UnreachableError,
    is_literal,
)
from base.redact import redact
from delivery.errors import DeliveryError
from delivery.message import Message

MOST_RECEIPT_BYTES = 200
MOST_WAIT_S = 600.0
"""Longest `Retry-After` that is obeyed."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side answered.

    Attributes:
        status: HTTP status, 2xx.
        text: The beginning of its answer, credentials taken out.
    """

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """Where to, and how.

    Attributes:
        url: May hold a token: never shown.
        key: What messages are signed with.
        reach: Where it may lie.
        timeout_s: Longest time for the whole exchange.
    """

    url: SecretStr
    key: SecretStr
    reach: Reach
    timeout_s: float


def signature(key: str, timestamp: str, body: bytes) -> str:
    """What `X-Nonsite-Signature` says of a body sent at `timestamp` (Unix seconds)."""
    signed = timestamp.encode() + b"." + body
    made = hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
    return f"v1={made}"


def post(address: WebhookAddress, message: Message, timestamp: str) -> Receipt:
    """Hand a message over; blocks, at most `timeout_s`.

    Args:
        address: Where to.
        message: What.
        timestamp: Unix seconds, wall time of this attempt.

    Raises:
        DeliveryError: It was not taken; try again.
    """
    try:
        return asyncio.run(_within(address, message, timestamp))
    except TimeoutError as error:
        words = f"no answer within {address.timeout_s:g} s"
        raise DeliveryError(words) from error
    except (UnreachableError, ForbiddenAddressError) as error:
        raise DeliveryError("its address: " + str(error)) from error
    except httpx2.HTTPError as error:
        raise DeliveryError(_words(error)) from error
    except (ssl.SSLError, OSError, ValueError, httpx2.InvalidURL) as error:
        raise DeliveryError(type(error).__name__) from error


async def _within(address: WebhookAddress, message: Message, timestamp: str) -> Receipt:
    async with asyncio.timeout(address.timeout_s):
        return await _exchange(address, message, timestamp)


async def _exchange(
    address: WebhookAddress, message: Message, timestamp: str
) -> Receipt:
    parts = urlsplit(address.url.get_secret_value())
    host = parts.hostname or ""
    target = await _judged(address.reach, host)
    port = f":{parts.port}" if parts.port else ""
    literal = f"[{target}]" if ":" in target else target
    url = urlunsplit(parts._replace(netloc=f"{literal}{port}", fragment=""))
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "nonsite",
        "Idempotency-Key": message.id,
        "X-Nonsite-Timestamp": timestamp,
        "X-Nonsite-Signature": signature(
            address.key.get_secret_value(), timestamp, message.body
        ),
    }
    client = httpx2.AsyncClient(
        verify=_trust(), trust_env=False, follow_redirects=False, timeout=None
    )
    async with (
        client,
        client.stream(
            "POST",
            url,
            content=message.body,
            headers=headers,
            extensions={"sni_hostname": host},
        ) as answer,
    ):
        text = await _beginning(answer)
        if not answer.is_success:
            raise DeliveryError(
                f"it answered {answer.status_code}",
                answer.status_code,
                _wait_of(answer.headers.get("retry-after", "")),
            )
        return Receipt(answer.status_code, text)


@cache
def _trust() -> ssl.SSLContext:
    """Certificates of the host: read once, it takes longer than a message."""
    return ssl.create_default_context()


async def _judged(reach: Reach, host: str) -> str:
    """The address to connect to, judged."""
    if is_literal(host.strip("[]")):
        return reach.addresses(host)[0]
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachableError("its name means no address") from error
    addresses = tuple(str(one[4][0]).partition("%")[0] for one in found)
    reach.check("it", addresses)
    return addresses[0]


async def _beginning(answer: httpx2.Response) -> str:
    held = b""
    async for chunk in answer.aiter_raw():
        held += chunk
        if len(held) >= MOST_RECEIPT_BYTES:
            break
    text = held[:MOST_RECEIPT_BYTES].decode("utf-8", errors="replace")
    return redact("".join(sign for sign in text if sign.isprintable()))


def _wait_of(text: str) -> float | None:
    is_number = text.isascii() and text.isdigit() and len(text) < 9
    return min(float(text), MOST_WAIT_S) if is_number else None


def _words(error: httpx2.HTTPError) -> str:
    """What failed, without the address: it may hold a token."""
    if isinstance(error, httpx2.ConnectError):
        return "it cannot be connected to"
    return f"the exchange broke off ({type(error).__name__})"
