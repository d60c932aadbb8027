"""A pack handed over holds nothing a check does not see, and never breaks it off."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from alerts import pack_bytes
from alerts.errors import StoreError
from alerts.pack_bytes import FolderPack, ZipPack, open_pack

FILES = {"manifest.json": b"{}", "masked/first.jpg": b"\xff\xd8 a picture"}


def zipped(how: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, body in FILES.items():
            archive.writestr(name, body)
    return out.getvalue()


def test_a_plain_zip_is_read_whole() -> None:
    """Names and bytes as they were put in, Chinese names, too."""
    pack = ZipPack(zipped())
    assert {name: pack.read(name) for name in pack.names()} == FILES

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("封面.pdf", b"x")
    assert ZipPack(out.getvalue()).read("封面.pdf") == b"x"


def commented(raw: bytes) -> bytes:
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"holds"
    return out.getvalue()


def unlisted(raw: bytes) -> bytes:
    """The first entry's bytes stay, the directory tells of the second alone."""
    end, first = raw.rindex(b"PK\x05\x06"), raw.index(b"PK\x01\x02")
    second = raw.index(b"PK\x01\x02", first + 1)
    size = (end - second).to_bytes(4, "little")
    tail = raw[end:][:8] + b"\x01\x00\x01\x00" + size + raw[end:][16:]
    return raw[:first] + raw[second:end] + tail


def extended(raw: bytes) -> bytes:
    """Something in the extra field of an entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        item = zipfile.ZipInfo("manifest.json")
        item.extra = b"\x99\x99\x04\x00more"
        archive.writestr(item, raw[:4])
    return out.getvalue()


def encrypted(raw: bytes) -> bytes:
    """The flag alone makes a reader ask for a password."""
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        where = raw.index(sign) + at
        raw = raw[:where] + b"\x01" + raw[where + 1 :]
    return raw


def between(raw: bytes) -> bytes:
    """Bytes between two entries, all offsets as they should be."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("manifest.json", b"{}")
        assert archive.fp is not None
        archive.fp.write(b"between")
        archive.start_dir = archive.fp.tell()
        archive.writestr("more.jpg", raw[:4])
    return out.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _raw: b"", id="nothing"),
        pytest.param(lambda raw: raw[:-1], id="cut off"),
        pytest.param(lambda raw: b"MZ before" + raw, id="something before"),
        pytest.param(lambda raw: raw + b"behind", id="something behind"),
        pytest.param(between, id="something between"),
        pytest.param(commented, id="a comment"),
        pytest.param(unlisted, id="an entry the directory does not tell of"),
        pytest.param(extended, id="an extra field"),
        pytest.param(encrypted, id="encrypted"),
        pytest.param(lambda _raw: zipped(zipfile.ZIP_DEFLATED), id="packed"),
        pytest.param(
            lambda raw: raw.replace(b"masked/first.jpg", b"masked/first.jpX", 1),
            id="another name in the entry than in the directory",
        ),
        pytest.param(
            lambda raw: raw.replace(b"masked/first.jpg", b"manifest\n\n.json"),
            id="no name of a file",
        ),
    ],
)
def test_any_other_zip_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    """Whatever a reader might show and the check would not see."""
    with pytest.raises(StoreError):
        ZipPack(spoil(zipped()))


def test_two_entries_of_one_name_are_refused() -> None:
    """Which of them is read depends on the reader."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.jpg", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.jpg", b"2")

    with pytest.raises(StoreError, match="a name twice"):
        ZipPack(out.getvalue())


def test_bytes_that_do_not_fit_their_sum_are_no_traceback() -> None:
    """Named by the file."""
    pack = ZipPack(zipped().replace(b"a picture", b"a forgery"))

    with pytest.raises(StoreError, match=r"masked/first\.jpg: its bytes"):
        pack.read("masked/first.jpg")


def folder(at: Path) -> Path:
    for name, body in FILES.items():
        path = at / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return at


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    """By paths inside it."""
    pack = open_pack(folder(tmp_path))

    assert {name: pack.read(name) for name in pack.names()} == FILES


@pytest.mark.parametrize(
    "add",
    [
        pytest.param(lambda at: (at / "more").symlink_to("/etc"), id="a folder"),
        pytest.param(lambda at: (at / "a.jpg").symlink_to("manifest.json"), id="file"),
        pytest.param(lambda at: os.mkfifo(at / "masked" / "pipe"), id="a pipe"),
    ],
)
def test_links_and_devices_in_a_folder_are_refused(
    tmp_path: Path, add: Callable[[Path], None]
) -> None:
    """What they lead to is not what was handed over, or is never read to its end."""
    add(folder(tmp_path))

    with pytest.raises(StoreError, match="is a link or a device"):
        FolderPack(tmp_path)


def test_a_file_larger_than_any_of_a_pack_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder as in a ZIP."""
    monkeypatch.setattr(pack_bytes, "MOST_BYTES", 5)

    for pack in (FolderPack(folder(tmp_path)), ZipPack(zipped())):
        with pytest.raises(StoreError, match="is larger than"):
            pack.read("masked/first.jpg")
