"""SM3 of bytes as they pass: libgcrypt's where the system has it, OpenSSL's otherwise.

OpenSSL hashes SM3 in plain C; libgcrypt, which Debian's base system carries, does it
with AVX and BMI2 and is a fifth faster (docs/decisions/0011). It is loaded by its name,
tried with the standard's own example, and left alone when anything about it is odd:
both give the same digest, only the time differs.
"""

import ctypes
from functools import cache
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SM3, Hash

SONAME = "libgcrypt.so.20"
SIZE = 32
EXAMPLE = b"abc"
EXAMPLE_DIGEST = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
"""GB/T 32905-2016, example 1."""

_GCRY_MD_SM3 = 326
_DISABLE_SECMEM, _INITIALIZATION_FINISHED = 37, 38


class Sm3(Protocol):
    """One digest under way; used by one thread."""

    def update(self, body: bytes, start: int, stop: int) -> None:
        """Count in `body[start:stop]`, without copying it."""
        ...

    def finish(self) -> str:
        """The digest, hex; nothing may come afterwards."""
        ...


def new_sm3() -> Sm3:
    """A digest of nothing so far, by the fastest there is on this machine."""
    library = libgcrypt()
    return OpensslSm3() if library is None else GcryptSm3(library)


class OpensslSm3:
    """By `cryptography`."""

    def __init__(self) -> None:
        self._hash = Hash(SM3())

    def update(self, body: bytes, start: int, stop: int) -> None:
        """Count in `body[start:stop]`."""
        self._hash.update(memoryview(body)[start:stop])

    def finish(self) -> str:
        """The digest, hex."""
        return self._hash.finalize().hex()


class GcryptSm3:
    """By libgcrypt.

    Raises:
        OSError: The library refuses the algorithm (FIPS mode).
    """

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._handle = ctypes.c_void_p()
        if library.gcry_md_open(ctypes.byref(self._handle), _GCRY_MD_SM3, 0):
            self._handle = ctypes.c_void_p()
            raise OSError("libgcrypt refuses SM3")

    def update(self, body: bytes, start: int, stop: int) -> None:
        """Count in `body[start:stop]`."""
        stop = min(stop, len(body))
        if start >= stop:
            return
        # the address of the bytes' own memory, which `body` keeps alive meanwhile
        begin = ctypes.cast(ctypes.c_char_p(body), ctypes.c_void_p).value
        assert begin is not None
        self._library.gcry_md_write(self._handle, begin + start, stop - start)

    def finish(self) -> str:
        """The digest, hex."""
        found = self._library.gcry_md_read(self._handle, _GCRY_MD_SM3)
        return ctypes.string_at(found, SIZE).hex()

    def __del__(self) -> None:
        """Give the handle back, of an abandoned pass too."""
        if self._handle.value:
            self._library.gcry_md_close(self._handle)


@cache
def libgcrypt() -> ctypes.CDLL | None:
    """The library, ready and tried; None where it is missing or odd."""
    try:
        library = ctypes.CDLL(SONAME)
        _declare(library)
        if not library.gcry_check_version(b"1.9.0"):
            return None
        library.gcry_control(_DISABLE_SECMEM, 0)
        library.gcry_control(_INITIALIZATION_FINISHED, 0)
        tried = GcryptSm3(library)
    except (OSError, AttributeError):
        return None
    tried.update(EXAMPLE, 0, len(EXAMPLE))
    return library if tried.finish() == EXAMPLE_DIGEST else None


def _declare(library: ctypes.CDLL) -> None:
    handle, size = ctypes.c_void_p, ctypes.c_size_t
    library.gcry_check_version.argtypes = [ctypes.c_char_p]
    library.gcry_check_version.restype = ctypes.c_char_p
    library.gcry_md_open.argtypes = [
        ctypes.POINTER(handle),
        ctypes.c_int,
        ctypes.c_uint,
    ]
    library.gcry_md_open.restype = ctypes.c_uint
    library.gcry_md_write.argtypes = [handle, ctypes.c_void_p, size]
    library.gcry_md_write.restype = None
    library.gcry_md_read.argtypes = [handle, ctypes.c_int]
    library.gcry_md_read.restype = ctypes.c_void_p
    library.gcry_md_close.argtypes = [handle]
    library.gcry_md_close.restype = None
