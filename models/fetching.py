"""Weights brought from where their manifest says: resumable, verified, proxy-aware.

In: a manifest that carries a `url` and the SHA-256 of what must come. Out: the file
beside the manifest, never a part of it: bytes collect in `<file>.part`, an interrupted
download goes on where it stopped, and the file takes its name only once its digest is
right. Where no network is in reach, the error says what to copy where.
"""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from base.redact import redact_url
from models.errors import ModelError
from models.manifest import Manifest, read_manifest

CHUNK_BYTES = 1 << 16
TIMEOUT_S = 30.0
MOST_BYTES = 1 << 30
"""No network of this family is larger: a server that sends more sends another thing."""

Told = Callable[[int, int | None], None]
"""Called with bytes had so far and bytes in all, where the server says."""


def fetch(manifest_path: Path, told: Told) -> Path:
    """Bring the weights of a manifest unless they are there and right.

    Raises:
        ModelError: there is no URL, the server cannot be reached, or what came has
            another digest; the message says what to copy where.
    """
    manifest = read_manifest(manifest_path)
    target = manifest_path.parent / manifest.file
    if target.is_file() and _digest(target) == manifest.sha256:
        return target
    by_hand = _by_hand(manifest, target)
    if manifest.url is None:
        raise ModelError(manifest_path, "has no url to fetch from", by_hand)
    if urlsplit(manifest.url).scheme not in {"http", "https"}:
        raise ModelError(manifest_path, "its url is not http or https", by_hand)
    part = target.with_name(target.name + ".part")
    try:
        _download(manifest.url, part, told)
    except (OSError, http.client.HTTPException) as error:
        problem = f"{redact_url(manifest.url)} cannot be fetched: {_reason(error)}"
        raise ModelError(target, problem, f"try again, it resumes; or {by_hand}") from (
            error
        )
    found = _digest(part)
    if found != manifest.sha256:
        part.unlink()
        problem = f"what came has sha256 {found[:12]}…, not {manifest.sha256[:12]}…"
        raise ModelError(target, problem, by_hand)
    part.replace(target)
    return target


def _by_hand(manifest: Manifest, target: Path) -> str:
    return f"copy {manifest.file} (sha256 {manifest.sha256}) to {target}"


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__


def _download(url: str, part: Path, told: Told) -> None:
    had = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={had}-"} if had else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - scheme checked
    try:
        # a fresh opener takes the proxies of the environment as they are now
        response = urllib.request.build_opener().open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        with error:
            if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise
        return  # all bytes were there already; the digest decides
    with response:
        resumed = response.status == http.HTTPStatus.PARTIAL_CONTENT
        had = had if resumed else 0
        length = response.headers.get("Content-Length")
        total = had + int(length) if length and length.isdigit() else None
        with part.open("ab" if resumed else "wb") as stream:
            while chunk := response.read(CHUNK_BYTES):
                stream.write(chunk)
                had += len(chunk)
                told(had, total)
                if had > MOST_BYTES:
                    message = "more bytes than any network has"
                    raise OSError(message)
    if total is not None and had < total:
        message = f"the connection broke after {had} of {total} bytes"
        raise ConnectionError(message)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
