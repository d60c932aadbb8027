"""An outside authority's word for when something existed: RFC 3161 time stamps.

Bytes go in, a signed token over their digest comes back; only the digest leaves the
house. A token is checked against the authority's own certificates before it is kept,
and can be checked again offline by anybody who has them. Read strictly as DER: an
authority that orders its certificates otherwise is refused.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import httpx2
from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from alerts.errors import StoreError, StoreUnavailableError

QUERY = "application/timestamp-query"
TIMEOUT_S = 20.0
MAX_REPLY = 64 * 1024
"""A token with a chain of certificates is 6 KB."""


class TimeAuthority(Protocol):
    """Port: gives time stamps; a notary's interface may be another form of it."""

    def stamp(self, body: bytes) -> bytes:
        """A token over `body`, DER.

        Raises:
            StoreUnavailableError: It cannot be asked now.
            StoreError: What it answered is no token over `body`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Rfc3161Authority:
    """A time-stamp authority reached over HTTP.

    Attributes:
        url: Its address.
        roots: Certificates its own must lead to.
    """

    url: str
    roots: tuple[Certificate, ...]

    def stamp(self, body: bytes) -> bytes:
        """A checked token over `body`, DER.

        Raises:
            StoreUnavailableError: It cannot be asked now.
            StoreError: What it answered is no token over `body`.
        """
        asked = (
            TimestampRequestBuilder()
            .data(body)
            .hash_algorithm(HashAlgorithm.SHA256)
            .build()
        )
        try:
            answer = httpx2.post(
                self.url,
                content=asked.as_bytes(),
                headers={"Content-Type": QUERY},
                timeout=TIMEOUT_S,
                follow_redirects=False,
            )
            answer.raise_for_status()
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            msg = f"the time-stamp authority cannot be asked: {type(error).__name__}"
            raise StoreUnavailableError(msg) from error
        token = answer.content[:MAX_REPLY]
        stamped_at(token, body, self.roots, nonce=asked.nonce)
        return token


def read_roots(path: Path) -> tuple[Certificate, ...]:
    """Certificates of an authority, PEM.

    Raises:
        StoreError: The file cannot be read or holds none.
    """
    try:
        return tuple(load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} holds no certificates in PEM") from error


def stamped_at(
    token: bytes,
    body: bytes,
    roots: tuple[Certificate, ...],
    nonce: int | None = None,
) -> datetime:
    """When the authority saw `body`.

    Args:
        token: Its answer, DER.
        body: What was stamped.
        roots: Certificates its own must lead to.
        nonce: Of the request, where the answer is fresh.

    Raises:
        StoreError: It is no token, not over `body`, or not of that authority.
    """
    if not roots:
        raise StoreError("no certificate of the time-stamp authority is given")
    try:
        answer = decode_timestamp_response(token)
        builder = VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        if nonce is not None:
            builder = builder.nonce(nonce)
        builder.build().verify_message(answer, body)
    except (VerificationError, ValueError) as error:
        raise StoreError(f"the time stamp does not hold: {error}") from error
    return answer.tst_info.gen_time
