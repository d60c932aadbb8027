"""SM3 by either library: the standard's examples, any split, and neither in the way."""

import threading
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from hypothesis import given
from hypothesis import strategies as st

from alerts import sm3
from alerts.digest import DigestPass, digest
from alerts.sm3 import GcryptSm3, OpensslSm3, Sm3, libgcrypt, new_sm3

LONG = (
    b"abcd" * 16,
    "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
)


def _by_gcrypt() -> Sm3:
    library = libgcrypt()
    if library is None:
        pytest.skip(f"needs {sm3.SONAME} (Debian's base system has it)")
    return GcryptSm3(library)


BOTH = [pytest.param(OpensslSm3, id="openssl"), pytest.param(_by_gcrypt, id="gcrypt")]


@pytest.fixture(autouse=True)
def _found_anew() -> Iterator[None]:
    """What a test makes of the library is forgotten after it."""
    yield
    libgcrypt.cache_clear()


def whole(made: Sm3, body: bytes) -> str:
    made.update(body, 0, len(body))
    return made.finish()


@pytest.mark.parametrize("make", BOTH)
def test_examples_of_the_standard(make: Callable[[], Sm3]) -> None:
    """GB/T 32905-2016, both of them."""
    assert whole(make(), sm3.EXAMPLE) == sm3.EXAMPLE_DIGEST
    assert whole(make(), LONG[0]) == LONG[1]


@pytest.mark.parametrize("make", BOTH)
@given(body=st.binary(max_size=600), cuts=st.lists(st.integers(0, 600), max_size=6))
def test_any_split_gives_the_same(
    make: Callable[[], Sm3], body: bytes, cuts: list[int]
) -> None:
    """Also empty pieces, and ends beyond the bytes."""
    expected = Hash(SM3())
    expected.update(body)
    made = make()
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body) + 5]
    for start, stop in pairwise(edges):
        made.update(body, start, stop)

    assert made.finish() == expected.finalize().hex()


def test_digest_pass_is_the_same_without_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine without it, or with another of its name, hashes all the same."""
    bodies = [bytes(range(256)) * 5000, b"", b"x" * 3]
    fast = [digest(body) for body in bodies]
    monkeypatch.setattr(sm3, "SONAME", "libno-such-thing.so.1")
    libgcrypt.cache_clear()

    assert libgcrypt() is None
    assert isinstance(new_sm3(), OpensslSm3)
    assert [digest(body) for body in bodies] == fast


@pytest.mark.parametrize("soname", ["libm.so.6", "libc.so.6"])
def test_another_library_of_that_name_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, soname: str
) -> None:
    """It has none of the functions."""
    monkeypatch.setattr(sm3, "SONAME", soname)
    libgcrypt.cache_clear()

    assert libgcrypt() is None


def test_library_that_computes_wrongly_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is tried with the standard's example before it is used."""
    _by_gcrypt()
    libgcrypt.cache_clear()
    monkeypatch.setattr(sm3, "EXAMPLE", b"abd")

    assert libgcrypt() is None


def test_many_threads_have_digests_of_their_own() -> None:
    """And abandoned passes are given back without harm."""
    body = bytes(range(256)) * 4096
    expected = digest(body)
    found = []

    def work() -> None:
        DigestPass().blocks([body])
        found.append(digest(body))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [expected] * 8


def test_refusal_of_the_algorithm_is_told() -> None:
    """As in FIPS mode: the caller falls back."""
    _by_gcrypt()

    class Refusing:
        @staticmethod
        def gcry_md_open(*_: object) -> int:
            return 1

    with pytest.raises(OSError, match="refuses"):
        GcryptSm3(Refusing())  # type: ignore[arg-type]
