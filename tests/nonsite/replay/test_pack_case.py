"""An exported evidence pack is replayed as it is: a ZIP, a folder, among others."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from alerts.audit import Actor
from alerts.evidence_acts import EvidenceActs
from alerts.exporter import Exporter, ExportOrder
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import PackId
from alerts.pack_verifier import SEAL
from alerts.service_key import open_service_key
from base.clock import SystemClock
from base.errors import ConfigError
from nonsite.data_folder import DataFolder
from nonsite.replay.load import read_suite
from tests.nonsite.replay.filled_house import opened
from tests.nonsite.service_process import run_command

pytestmark = pytest.mark.timeout(240)
Export = Callable[..., bytes]


@pytest.fixture(scope="module")
def export(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Export:
    """Exports the one pack of the filled folder."""
    root = tmp_path_factory.mktemp("export") / "data"
    shutil.copytree(filled, root, ignore=shutil.ignore_patterns("valkey*"))
    store, clock = ObstoreEvidenceStore(DataFolder(root).evidence), SystemClock()

    def make(*, is_masked: bool) -> bytes:
        database = opened(root)
        try:
            (pack,) = store.packs()
            acts = EvidenceActs(database, clock)
            key = open_service_key(root / "service.key")
            order = ExportOrder(
                PackId(pack), Actor("li", "legal"), "复议", "van", None, is_masked
            )
            return Exporter(store, key, acts, clock).export(order)
        finally:
            database.close()

    return make


@pytest.fixture(scope="module")
def pack(export: Export) -> bytes:
    """An unmasked export."""
    return export(is_masked=False)


def test_an_exported_pack_replays_green(pack: bytes, tmp_path: Path) -> None:
    """As a ZIP, and unpacked among other cases of a folder."""
    suite = tmp_path / "suite"
    suite.mkdir()
    (suite / "van.zip").write_bytes(pack)
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        archive.extractall(suite / "van_folder")

    options = ["--cache", str(tmp_path / "c"), "--workers", "1"]
    done = run_command("replay", str(suite), *options)

    assert done.returncode == 0, done.stderr
    assert "2 of 2 cases passed" in done.stderr
    assert "2 found, 0 missed" in done.stderr


def test_a_pack_is_a_case_with_the_time_and_place_it_tells(
    pack: bytes, tmp_path: Path
) -> None:
    """One zone, one rule, the dwell it was judged with, the alert at its time."""
    (tmp_path / "van.zip").write_bytes(pack)
    room = tmp_path / "room"
    room.mkdir()

    (loaded,) = read_suite([tmp_path / "van.zip"], room)

    (want,) = loaded.case.expect
    assert (loaded.name, want.code, want.place) == ("van", "SW-01", "home/kerb")
    assert want.start_s == pytest.approx(10, abs=1)
    assert loaded.case.rules["SW-01"].dwell_s == 10
    assert loaded.clip.is_relative_to(room)


def test_a_masked_pack_says_what_to_do(export: Export, tmp_path: Path) -> None:
    """Its clip stayed in the house."""
    (tmp_path / "masked.zip").write_bytes(export(is_masked=True))

    with pytest.raises(ConfigError, match=r"masked\.zip: a masked export.*capture"):
        read_suite([tmp_path / "masked.zip"], tmp_path)


def _changed(pack: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.namelist():
            body = old.read(item)
            new.writestr(item, change(body) if item == name else body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("clip.mp4", "clip.mp4", id="clip"),
        pytest.param("seen.json", "seen.json", id="what was seen"),
        pytest.param("manifest.json", "does not hold", id="manifest"),
        pytest.param(SEAL, "does not hold", id="seal"),
    ],
)
def test_a_pack_that_does_not_hold_is_refused(
    pack: bytes, tmp_path: Path, name: str, told: str
) -> None:
    """What was changed proves nothing; the file is named."""
    spoilt = _changed(pack, name, lambda body: body[:-2] + b"x}")
    (tmp_path / "bad.zip").write_bytes(spoilt)

    with pytest.raises(ConfigError, match="does not hold") as caught:
        read_suite([tmp_path / "bad.zip"], tmp_path)

    assert told in str(caught.value)


@pytest.mark.parametrize(
    "junk", [b"", b"PK", b"no zip" * 99, json.dumps({"version": 1}).encode()]
)
def test_junk_is_refused_by_name(tmp_path: Path, junk: bytes) -> None:
    """Whatever the bytes; no traceback."""
    (tmp_path / "junk.zip").write_bytes(junk)

    with pytest.raises(ConfigError, match=r"junk\.zip: it is no whole ZIP"):
        read_suite([tmp_path / "junk.zip"], tmp_path)


def test_a_folder_with_a_manifest_alone_is_refused(tmp_path: Path) -> None:
    """And where packs are not unpacked, that is said."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "manifest.json").write_text("{}", encoding="utf-8")

    with pytest.raises(ConfigError, match="empty: the pack does not hold"):
        read_suite([tmp_path / "empty"], tmp_path)
    with pytest.raises(ConfigError, match="not taken here"):
        read_suite([tmp_path / "empty"])
