"""What was sealed once is read, and verifies, for as long as it is kept.

`golden/` holds manifests as version 1 wrote them, members and bytes; they are never
written anew.
"""

import json
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from alerts.manifest_device import device_of
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.pack_bytes import FolderPack
from alerts.pack_manifest import (
    SINCE_2,
    Manifest,
    decode_manifest,
    encode_manifest,
    pack_of,
)
from alerts.pack_verifier import MANIFEST, SEAL, SealText, seal_bytes, verify_pack
from alerts.service_key import ServiceKey
from rules.catalogue import shipped_digest
from sites.dossier_section import (
    AccessPurpose,
    AccessSection,
    DossierSection,
    PublishedSection,
    ReviewSection,
)
from tests.alerts.evidence_rig import Rig

GOLDEN = Path(__file__).parent / "golden"
V1 = tuple(sorted(GOLDEN.glob("manifest_v1_*.json")))
DOSSIER = DossierSection(
    owner="南湖区城管",
    access=AccessSection(
        document="共享协议 2026-7",
        signed_on=date(2026, 1, 1),
        expires_on=date(2027, 12, 31),
    ),
    purposes=(AccessPurpose.STREET_ORDER,),
    codes=("SW-01", "SW-02P"),
    gb_code="33040200001320000001",
    legal_review=ReviewSection(document="法审 7 号", reviewed_on=date(2026, 2, 1)),
    published=PublishedSection(
        place="https://example.gov.cn/cameras", published_on=date(2026, 3, 1)
    ),
)
"""Of the camera in `manifest_v1_own.json`."""


class Later(Manifest):
    """A manifest of a version to come: a member more, left out where it is not set."""

    weather: str | None = None


@pytest.mark.parametrize("path", V1, ids=[path.stem for path in V1])
def test_version_1_is_read_and_written_to_the_same_bytes(path: Path) -> None:
    """By this version, and by a later one that has more members."""
    raw = path.read_bytes()
    manifest = decode_manifest(raw)

    assert (manifest.version, manifest.catalogue, manifest.masks) == (1, None, ())
    assert pack_of(manifest).id == manifest.pack
    assert encode_manifest(Later.model_validate_json(raw)) == raw


@pytest.mark.parametrize("path", V1, ids=[path.stem for path in V1])
def test_a_pack_of_version_1_verifies(path: Path, tmp_path: Path) -> None:
    """Its files hold the names they go by, but for the copy that was drawn on."""
    raw = path.read_bytes()
    for file in decode_manifest(raw).files:
        body = b"drawn" if file.name == "first.annotated.jpg" else file.name.encode()
        named = b"first.jpg" if file.name == "recheck.jpg" else body
        (tmp_path / file.name).write_bytes(named)
    (tmp_path / MANIFEST).write_bytes(raw)
    key = ServiceKey(Ed25519PrivateKey.generate())
    text = SealText({MANIFEST: sha256(raw).hexdigest()}, {}, (), {})
    (tmp_path / SEAL).write_bytes(seal_bytes(key, text))

    assert verify_pack(FolderPack(tmp_path), key.digest).problem is None


def test_the_device_is_told_as_version_1_told_it() -> None:
    """Whatever the section of the site file may gain."""
    told = json.loads((GOLDEN / "manifest_v1_own.json").read_bytes())["device"]
    device = device_of(DOSSIER)

    assert device is not None
    assert device.model_dump(mode="json") == told


def test_a_new_manifest_says_which_rules_it_was_judged_by(tmp_path: Path) -> None:
    """Version 2: the catalogue's digest, and what nobody may see."""
    rig = Rig(tmp_path, MemoryEvidenceStore())
    rig.alert()
    raw = rig.store.manifest(rig.only_sealed().id)
    manifest = decode_manifest(raw)

    assert json.loads(raw).keys() >= SINCE_2
    assert (manifest.version, manifest.catalogue) == (2, shipped_digest())
    assert manifest.made_by == "nonsite test"
