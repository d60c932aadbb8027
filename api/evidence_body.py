"""Stored bytes as an HTTP answer: whole or one range, conditional, never executable.

The first chunk is read before the answer begins, so that a store that is away is told
as a problem and not as a file that breaks off.
"""

from collections.abc import Iterator
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from alerts.errors import EvidenceBrokenError, NotFoundError, StoreError
from alerts.evidence_store import EvidenceStore
from alerts.pack import EvidenceFile
from api.byte_range import ByteRange, parse_range

SAFE_TYPES = frozenset({"image/jpeg", "image/png", "video/mp4", "application/json"})
"""What a browser may show; anything else is offered for saving only."""

CHECKED_BYTES = 1 << 25
"""Larger than any picture of a pack. Clips come in ranges: the daily check has them."""

PLAYER = "default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'none'"
"""Lets a browser play a clip opened by its own address, and nothing more."""


def body_of(
    request: Request, store: EvidenceStore, file: EvidenceFile, disposition: str
) -> Response:
    """The answer for one evidence file; a whole picture is checked before it is shown.

    Args:
        request: GET or HEAD, with its conditions and range.
        store: Where the bytes are.
        file: Which bytes; the digest names them.
        disposition: `inline` or `attachment`.

    Raises:
        RangeError: The range cannot be given.
        EvidenceBrokenError: The bytes of a picture were changed.
        StoreError: The bytes cannot be read.
    """
    etag = f'"{file.stored.key}"'
    if file.media_type not in SAFE_TYPES:
        disposition = "attachment"
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": PLAYER,
        "Content-Disposition": f'{disposition}; filename="{file.name}"',
    }
    if _names(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    part = _part(request, file, etag)
    status = 200
    if part is None:
        part = ByteRange(0, file.stored.size, file.stored.size)
    else:
        status = 206
        headers["Content-Range"] = part.content_range
    headers["Content-Length"] = str(part.length)
    media_type = file.media_type
    if media_type not in SAFE_TYPES:
        media_type = "application/octet-stream"
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    chunks = _opened(store, file, part)
    is_whole = status == 200 and file.stored.size <= CHECKED_BYTES
    if is_whole and media_type.startswith("image/"):
        chunks = iter((_checked(b"".join(chunks), file),))
    return StreamingResponse(chunks, status, headers, media_type=media_type)


def _checked(body: bytes, file: EvidenceFile) -> bytes:
    if sha256(body).hexdigest() != file.stored.key:
        raise EvidenceBrokenError(f"{file.name}: its bytes were changed")
    return body


def _part(request: Request, file: EvidenceFile, etag: str) -> ByteRange | None:
    if request.method != "GET":
        return None
    only_if = request.headers.get("if-range")
    if only_if is not None and only_if.strip() != etag:
        return None
    return parse_range(request.headers.get("range"), file.stored.size)


def _names(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return etag in tags or "*" in tags


def _opened(
    store: EvidenceStore, file: EvidenceFile, part: ByteRange
) -> Iterator[bytes]:
    if not part.length:
        return iter(())
    try:
        chunks = store.open_range(file.stored.key, part.start, part.end)
        first = next(iter(chunks), b"")
    except NotFoundError as error:
        msg = f"the bytes of {file.name} are missing from the evidence store"
        raise StoreError(msg) from error
    return _joined(first, chunks)


def _joined(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks
