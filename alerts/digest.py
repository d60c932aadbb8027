"""Both digests of evidence bytes, taken while they pass: chunks in, digests out.

SHA-256 names the object; SM3 stands beside it because domestic practice asks for it.
"""

from collections.abc import Iterable, Iterator

from cryptography.hazmat.primitives.hashes import SHA256, Hash

from alerts.evidence_store import ObjectKey, StoredObject
from alerts.sm3 import new_sm3

# Both digests read a block while it is in the processor's cache.
_BLOCK = 128 * 1024


class DigestPass:
    """SHA-256, SM3 and size of the bytes that went by."""

    def __init__(self) -> None:
        self._sha256 = Hash(SHA256())
        self._sm3 = new_sm3()
        self._size = 0

    def blocks(self, chunks: Iterable[bytes]) -> Iterator[memoryview]:
        """The same bytes in cache-sized blocks, each already counted in."""
        for chunk in chunks:
            view = memoryview(chunk)
            for start in range(0, len(view), _BLOCK):
                block = view[start : start + _BLOCK]
                self._sha256.update(block)
                self._sm3.update(chunk, start, start + len(block))
                self._size += len(block)
                yield block

    def finish(self) -> StoredObject:
        """The digests; nothing may pass afterwards."""
        key = ObjectKey(self._sha256.finalize().hex())
        return StoredObject(key, self._sm3.finish(), self._size)


def digest(body: bytes) -> StoredObject:
    """The digests of bytes at hand."""
    passed = DigestPass()
    for _ in passed.blocks([body]):
        pass
    return passed.finish()
