"""The spool keeps what it acknowledged, whatever happens to process and disk."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.errors import SpoolFullError, StoreError
from alerts.spool import Spool
from alerts.spool_format import HEADER, MAGIC, pack_entry, scan

ROOT = Path(__file__).resolve().parents[2]


class OpenSpool(Protocol):
    """Opens a spool that is closed at the end of the test."""

    def __call__(
        self, folder: Path, max_bytes: int = ..., segment_bytes: int = ...
    ) -> Spool: ...


@pytest.fixture
def open_spool() -> Iterator[OpenSpool]:
    """Opens spools and closes them at the end."""
    with contextlib.ExitStack() as opened:

        def open_one(
            folder: Path, max_bytes: int = 1 << 20, segment_bytes: int = 4096
        ) -> Spool:
            spool = Spool(folder, max_bytes, segment_bytes)
            opened.callback(spool.close)
            return spool

        yield open_one


def fill(spool: Spool, payload: bytes) -> None:
    for _ in range(100):
        spool.append(payload)


def payloads(spool: Spool, after: int = 0) -> list[bytes]:
    found = []
    while entries := spool.after(after, 7):
        found += [entry.payload for entry in entries]
        after = entries[-1].position
    return found


def newest_file(folder: Path) -> Path:
    return max(folder.glob("*.spool"))


def test_entries_are_there_after_a_restart(
    open_spool: OpenSpool, tmp_path: Path
) -> None:
    """What was appended is read back in order by the next process."""
    spool = open_spool(tmp_path)
    sent = [f"entry {n}".encode() for n in range(50)]
    positions = [spool.append(payload) for payload in sent]
    spool.close()

    again = open_spool(tmp_path)
    assert payloads(again) == sent
    assert positions == list(range(1, 51))
    assert again.append(b"next") == 51


def test_id_lasts_with_the_folder(open_spool: OpenSpool, tmp_path: Path) -> None:
    """A spool keeps its name; a wiped folder is another spool."""
    first = open_spool(tmp_path / "a")
    name = first.id
    first.close()

    assert open_spool(tmp_path / "a").id == name
    assert open_spool(tmp_path / "b").id != name


def test_released_files_are_removed_and_positions_go_on(
    open_spool: OpenSpool, tmp_path: Path
) -> None:
    """Files with nothing unconfirmed go; the count never starts again."""
    spool = open_spool(tmp_path, segment_bytes=400)
    for _ in range(30):
        spool.append(b"x" * 100)
    before = spool.size
    spool.release(25)

    assert spool.size < before
    assert [entry.position for entry in spool.after(25, 99)] == [26, 27, 28, 29, 30]
    spool.close()
    assert open_spool(tmp_path, segment_bytes=400).append(b"y") == 31


def test_bound_is_told_and_lifts_when_entries_are_released(
    open_spool: OpenSpool, tmp_path: Path
) -> None:
    """A full spool refuses with what to do, and takes again once there is room."""
    spool = open_spool(tmp_path, max_bytes=2000, segment_bytes=500)
    with pytest.raises(SpoolFullError, match="bring Redis and the database back"):
        fill(spool, b"x" * 100)
    kept = len(payloads(spool))
    spool.release(10)

    assert spool.append(b"again") == kept + 1


def test_second_owner_is_refused(open_spool: OpenSpool, tmp_path: Path) -> None:
    """Two processes never write one spool."""
    spool = open_spool(tmp_path)

    with pytest.raises(StoreError, match="in use by another process"):
        open_spool(tmp_path)
    spool.close()
    open_spool(tmp_path).close()


@pytest.mark.parametrize("cut", [1, HEADER.size - 1, HEADER.size, HEADER.size + 3])
def test_torn_tail_is_cut_off(open_spool: OpenSpool, tmp_path: Path, cut: int) -> None:
    """A half-written last entry is dropped; those before it stay; none is reused."""
    spool = open_spool(tmp_path)
    for n in range(3):
        spool.append(f"entry {n}".encode())
    spool.close()
    file = newest_file(tmp_path)
    whole = file.stat().st_size
    with file.open("ab") as handle:
        handle.write(pack_entry(4, b"never finished")[:cut])

    again = open_spool(tmp_path)
    assert again.skipped_bytes == cut
    assert file.stat().st_size == whole
    assert payloads(again) == [b"entry 0", b"entry 1", b"entry 2"]
    assert again.append(b"new") > 4
    assert payloads(again)[-1] == b"new"


def test_damage_inside_hides_only_what_it_hit(
    open_spool: OpenSpool, tmp_path: Path
) -> None:
    """A flipped byte costs one entry, not those behind it."""
    spool = open_spool(tmp_path)
    for n in range(5):
        spool.append(f"entry {n}".encode())
    spool.close()
    file = newest_file(tmp_path)
    raw = bytearray(file.read_bytes())
    raw[raw.index(b"entry 2")] ^= 0xFF
    file.write_bytes(raw)

    again = open_spool(tmp_path)
    assert payloads(again) == [b"entry 0", b"entry 1", b"entry 3", b"entry 4"]
    assert again.skipped_bytes > 0


@pytest.mark.parametrize(
    "junk",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00" * 5000, id="zeros"),
        pytest.param(MAGIC * 1000, id="magic"),
        pytest.param(MAGIC + b"\xff" * 40, id="a length of 4 GB"),
        pytest.param(os.urandom(4096), id="noise"),
    ],
)
def test_file_of_junk_is_survived(
    open_spool: OpenSpool, tmp_path: Path, junk: bytes
) -> None:
    """A spool whose file holds anything at all opens, and works."""
    (tmp_path / f"{1:016x}.spool").write_bytes(junk)
    (tmp_path / "nonsense.spool").write_bytes(junk)
    spool = open_spool(tmp_path)

    spool.append(b"works")
    assert payloads(spool) == [b"works"]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.binary(max_size=60), max_size=12), st.data())
def test_any_damage_gives_a_subset_in_order(
    sent: list[bytes], data: st.DataObject
) -> None:
    """Whatever bytes are changed, only whole entries are read, in their order."""
    raw = bytearray(b"".join(pack_entry(n, p) for n, p in enumerate(sent, 1)))
    for _ in range(data.draw(st.integers(0, 3))) if raw else ():
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found = [f.entry for f in scan(bytes(raw))]

    expected = dict(enumerate(sent, 1))
    assert [e.position for e in found] == sorted({e.position for e in found})
    assert all(expected[e.position] == e.payload for e in found)


def test_too_long_entry_is_refused(open_spool: OpenSpool, tmp_path: Path) -> None:
    """More than a megabyte is no violation."""
    with pytest.raises(StoreError, match="too long"):
        open_spool(tmp_path).append(b"x" * (2 << 20))


def test_writers_side_by_side_lose_nothing(
    open_spool: OpenSpool, tmp_path: Path
) -> None:
    """Threads append while one reads and releases; every entry is met once."""
    spool = open_spool(tmp_path, segment_bytes=2000)
    threads = [
        threading.Thread(
            target=lambda k=k: [spool.append(b"%d.%d" % (k, n)) for n in range(40)]
        )
        for k in range(4)
    ]
    for thread in threads:
        thread.start()
    found: list[bytes] = []
    after = 0
    while len(found) < 160:
        for entry in spool.after(after, 16):
            found.append(entry.payload)
            after = entry.position
        spool.release(after)
    for thread in threads:
        thread.join()

    assert len(set(found)) == 160


WRITER = """
import sys
from pathlib import Path
from alerts.spool import Spool
spool = Spool(Path(sys.argv[1]), segment_bytes=3000)
n = 0
while True:
    n += 1
    spool.append(b"entry %d" % n)
    print(n, flush=True)
"""


def test_killed_writer_loses_nothing_it_acknowledged(
    open_spool: OpenSpool, tmp_path: Path
) -> None:
    """After SIGKILL at any moment every acknowledged entry is there."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 200:
            break
    process.send_signal(signal.SIGKILL)
    acknowledged = 200 + len(process.stdout.read().split())
    process.wait()
    process.stdout.close()

    spool = open_spool(tmp_path)
    found = payloads(spool)
    assert found == [b"entry %d" % (n + 1) for n in range(len(found))]
    assert len(found) >= acknowledged


@pytest.mark.skipif(os.geteuid() != 0, reason="a full disk needs root: run as root")
def test_full_disk_refuses_and_keeps_the_rest(
    open_spool: OpenSpool, tmp_path: Path
) -> None:
    """Without room an entry is refused as a whole; with room again it goes on."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no tmpfs can be mounted here: run in a privileged container")
    try:
        spool = open_spool(disk / "spool", segment_bytes=8000)
        with pytest.raises(SpoolFullError, match="free space in"):
            fill(spool, b"x" * 1500)
        kept = payloads(spool)
        spool.release(len(kept) // 2)
        spool.append(b"again")
        assert payloads(spool, len(kept))[-1] == b"again"
        spool.close()
        assert open_spool(disk / "spool").skipped_bytes == 0
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_spool_without_its_files_is_another_spool(
    open_spool: OpenSpool, tmp_path: Path
) -> None:
    """Positions begin anew: under the old name the other side would drop them."""
    first = open_spool(tmp_path)
    first.append(b"stored")
    name = first.id
    first.close()
    for path in tmp_path.glob("*.spool"):
        path.unlink()

    again = open_spool(tmp_path)

    assert again.append(b"new") == 1
    assert again.id != name
