"""What nobody may see of a view is in no copy, not even inside the thing's box."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from alerts.audit import Actor
from alerts.database import Database
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_writer import write_pack
from alerts.exporter import Exporter, ExportOrder
from alerts.mask import PAINT
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.service_key import open_service_key
from tests.alerts.evidence_rig import T0, Rig

WINDOW = ((0.3, 0.5), (0.4, 0.5), (0.4, 0.6), (0.3, 0.6))
"""Inside the box of the thing, as a flat's window behind a parked car is."""
AT = (112, 132)
"""The middle of it in pictures of 320 × 240."""


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path / "shelf", MemoryEvidenceStore(), masks=(WINDOW,))
    rig.alert()
    return rig


def is_painted(jpeg: bytes, at: tuple[int, int]) -> bool:
    """Whether the picture shows paint there, as JPEG keeps it."""
    with Image.open(io.BytesIO(jpeg)) as opened:
        found = opened.convert("RGB").getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(a - b) <= 6 for a, b in zip(found, PAINT, strict=True))


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        pytest.param("first.jpg", AT, False, id="an original stays what it is"),
        pytest.param("first.annotated.jpg", AT, True, id="drawn on"),
        pytest.param("panorama.1.jpg", AT, True, id="a panorama"),
        pytest.param("panorama.1.annotated.jpg", AT, True, id="drawn on, too"),
        pytest.param("party.jpg", (AT[0] - 50, AT[1] - 85), True, id="the close-up"),
        pytest.param("dwell.jpg", AT, True, id="the dwelling"),
        pytest.param("dwell.annotated.jpg", AT, True, id="the dwelling, drawn on"),
    ],
)
def test_every_copy_has_it_painted_over(
    rig: Rig, name: str, at: tuple[int, int], *, expected: bool
) -> None:
    """Originals show it to whoever may see originals, and nothing else does."""
    assert is_painted(rig.bytes_of(rig.only_sealed(), name), at) is expected


def test_a_masked_export_has_it_painted_over(
    rig: Rig, tmp_path: Path, database: Database
) -> None:
    """The manifest names it, so that it is known however late the export."""
    pack = rig.only_sealed()
    with database.transaction() as session:
        write_pack(session, pack, T0)
    acts = EvidenceActs(database, rig.clock)
    key = open_service_key(tmp_path / "service.pem")
    order = ExportOrder(pack.id, Actor("李队长", "officer"), "移送", label="car")

    body = Exporter(rig.store, key, acts, rig.clock).export(order)

    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for name in ("first", "mid", "opening", "last", "panorama.1"):
            assert is_painted(archive.read(f"masked/{name}.jpg"), AT)
        told = json.loads(archive.read("manifest.json"))["masks"]
    assert told == [[list(corner) for corner in WINDOW]]
