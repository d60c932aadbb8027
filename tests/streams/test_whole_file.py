"""Files that exist only when they are whole."""

from pathlib import Path

import pytest

from streams.whole_file import whole_file


def test_the_name_appears_when_the_block_ended_well(tmp_path: Path) -> None:
    """Within the block only a draft exists; after it only the file."""
    path = tmp_path / "a.bin"
    with whole_file(path) as draft:
        draft.write_bytes(b"whole")
        assert not path.exists()

    assert path.read_bytes() == b"whole"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_a_failure_leaves_the_older_file(tmp_path: Path) -> None:
    """When the block fails, an older file stays and the draft goes."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"older")

    def interrupted() -> None:
        with whole_file(path) as draft:
            draft.write_bytes(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()

    assert path.read_bytes() == b"older"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_a_block_that_wrote_nothing_fails(tmp_path: Path) -> None:
    """Without a draft there is nothing to rename."""
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "a.bin"):
        pass

    assert list(tmp_path.iterdir()) == []


def test_two_who_make_the_same_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Each has its own draft; both end well, and the later one stays."""
    path = tmp_path / "a.bin"
    with whole_file(path) as outer:
        outer.write_bytes(b"outer")
        with whole_file(path) as inner:
            inner.write_bytes(b"inner")
        assert path.read_bytes() == b"inner"

    assert path.read_bytes() == b"outer"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]
