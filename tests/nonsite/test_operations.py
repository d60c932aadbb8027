"""`docs/operations.md`: what it tells operators is so."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.catalogue import manifests
from nonsite.cli import app
from nonsite.data_folder import DataFolder
from tests.nonsite.test_commands_evidence import ALERT, data, nonsite

__all__ = ["data"]

ROOT = Path(__file__).resolve().parents[2]
GUIDES = [ROOT / "docs" / name for name in ("operations.md", "operations.zh-CN.md")]
FOLDERS = {
    "nonsite.sqlite",
    "evidence",
    "service_key.pem",
    "references",
    "cases",
    "backgrounds",
    "spool",
    "candidates",
    "valkey",
}


def test_a_copy_made_in_the_order_told_is_whole_again(
    data: Path, tmp_path: Path
) -> None:
    """The database by its backup first, then the evidence and the key."""
    copy = tmp_path / "restored"
    copy.mkdir()
    with (
        sqlite3.connect(data / "nonsite.sqlite") as source,
        sqlite3.connect(copy / "nonsite.sqlite") as target,
    ):
        source.backup(target)
    nonsite("evidence", "key", "--data", str(data))
    shutil.copytree(data / "evidence", copy / "evidence")
    shutil.copy(data / "service_key.pem", copy)

    code, told = nonsite("doctor", "--data", str(copy))
    assert (code, "all is well" in told) == (0, True), told
    out = ("--reason", "演练", "--out", str(tmp_path), "--data", str(copy))
    assert nonsite("evidence", "export", ALERT, *out)[0] == 0


def test_a_copy_without_its_evidence_is_told(data: Path, tmp_path: Path) -> None:
    """A row whose pack is missing is a loss, and `doctor` says so."""
    copy = tmp_path / "restored"
    shutil.copytree(data, copy)
    shutil.rmtree(copy / "evidence")

    code, told = nonsite("doctor", "--data", str(copy))

    assert code == 1, told


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_figures_and_folders_named_are_there(guide: Path) -> None:
    """Every metric it names is one of the service, every network one that ships.

    Every folder is one it makes.
    """
    text = guide.read_text(encoding="utf-8")
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("api", "alerts", "delivery", "nonsite")
        for path in (ROOT / folder).rglob("*.py")
    )
    figures = set(re.findall(r"`(nonsite_[a-z_]+)`", text)) - manifests().keys()
    assert figures >= {"nonsite_spool_lag", "nonsite_dead_letters"}
    unknown = {name for name in figures if name.removesuffix("_total") not in sources}
    assert unknown == set()

    shown = DataFolder(Path("data"))
    made = {
        value.relative_to("data").parts[0]
        for name in dir(DataFolder)
        if isinstance(getattr(DataFolder, name), property)
        and isinstance(value := getattr(shown, name), Path)
    } | {shown.spool(0).relative_to("data").parts[0]}
    assert made == FOLDERS
    assert {name for name in FOLDERS if f"`{name}" not in text} == set()


def test_the_unit_starts_a_command_that_is_understood() -> None:
    """Every option in `deploy/nonsite.service` is one of `nonsite run`."""
    unit = (ROOT / "deploy" / "nonsite.service").read_text(encoding="utf-8")
    started = re.search(r"^ExecStart=\S+/nonsite (\w+) (.*)$", unit, re.MULTILINE)
    assert started is not None
    told = CliRunner().invoke(app, [started[1], "--help"], env={"COLUMNS": "200"})

    assert told.exit_code == 0
    options = re.findall(r"--[a-z-]+", started[2])
    assert options
    assert [option for option in options if option not in told.output] == []
