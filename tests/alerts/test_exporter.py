"""What leaves the house: one ZIP, blurred, sealed, on record; tampering is named."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import typst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from alerts.audit import Actor
from alerts.audit_trail import AuditTrail
from alerts.cover import BLANK, _recorded
from alerts.database import Database
from alerts.errors import (
    EvidenceBrokenError,
    NotFoundError,
    ReasonMissingError,
    StoreError,
)
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_writer import write_pack
from alerts.exact_json import indented
from alerts.exporter import Exporter, ExportOrder
from alerts.file_words import SHORTFALLS_ZH
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.pack import Pack, Role, Shortfall
from alerts.pack_bytes import ZipPack
from alerts.pack_maker import PackMaker
from alerts.pack_manifest import canonical, decode_manifest, encode_manifest
from alerts.pack_verifier import SEAL, Finding, verify_chain, verify_pack
from alerts.sealer import Sealer
from alerts.service_key import ServiceKey, open_service_key
from alerts.tables import PackRow
from rules.violation import Life
from tests.alerts.evidence_rig import T0, Rig, violation

OFFICER = Actor("李队长", "officer")


class Bench:
    """A sealed pack in a store and what exports it."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.store = MemoryEvidenceStore()
        self.rig = Rig(folder / "shelf", self.store)
        self.rig.alert()
        self.pack: Pack = self.rig.only_sealed()
        with database.transaction() as session:
            write_pack(session, self.pack, T0)
        self.database = database
        self.key = open_service_key(folder / "keys" / "service.pem")
        acts = EvidenceActs(database, self.rig.clock)
        self.exporter = Exporter(self.store, self.key, acts, self.rig.clock)

    def order(self, *, is_masked: bool = True, reason: str = "移送") -> ExportOrder:
        return ExportOrder(
            self.pack.id, OFFICER, reason, label="car", is_masked=is_masked
        )

    def actions(self) -> list[str]:
        Sealer(self.database, self.rig.clock).seal()
        entries = AuditTrail(self.database).after(0)
        return [e.action for e in entries if e.actor == OFFICER.name]


@pytest.fixture
def bench(tmp_path: Path, database: Database) -> Bench:
    return Bench(tmp_path, database)


def unpacked(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def checked(body: bytes, key: str | None = None) -> Finding:
    return verify_pack(ZipPack(body), key)


def test_what_retention_has_erased_is_no_broken_evidence(bench: Bench) -> None:
    """It is told as deleted; nothing is locked, nothing told as tampering."""
    with bench.database.transaction() as session:
        row = session.get(PackRow, bench.pack.id)
        assert row is not None
        row.erased_at = T0
    for file in bench.pack.files:
        bench.store.delete(file.stored.key)

    with pytest.raises(NotFoundError, match="its time had run"):
        bench.exporter.export(bench.order())
    EvidenceActs(bench.database, bench.rig.clock).broke(bench.pack.id, "is missing")

    with bench.database.reading() as session:
        row = session.get(PackRow, bench.pack.id)
        assert row is not None
        assert row.broken is None
    assert bench.actions() == []


def test_a_masked_export_keeps_originals_in_the_house(bench: Bench) -> None:
    """Blurred copies, cover, page and manifest go out; it verifies and is on record."""
    body = bench.exporter.export(bench.order())

    names = set(unpacked(body))
    assert {"cover.pdf", "verify.html", "manifest.json", SEAL} < names
    assert {"masked/first.jpg", "masked/last.jpg"} < names
    assert not names & {"first.jpg", "clip.mp4", "first.annotated.jpg"}
    found = checked(body, bench.key.digest)
    assert found.problem is None
    assert "clip.mp4" in found.withheld
    assert bench.actions() == ["evidence.exported"]


def test_an_unmasked_export_is_whole_and_on_record_twice(bench: Bench) -> None:
    """Originals and clip as they were stored; lifting the blur is an act of its own."""
    body = bench.exporter.export(bench.order(is_masked=False))

    assert unpacked(body)["clip.mp4"] == bench.rig.bytes_of(bench.pack, "clip.mp4")
    assert checked(body, bench.key.digest).problem is None
    assert bench.actions() == ["evidence.unmasked", "evidence.exported"]


def test_the_cover_has_its_font_inside(bench: Bench) -> None:
    """It is read the same on a machine without Chinese fonts."""
    cover = unpacked(bench.exporter.export(bench.order()))["cover.pdf"]

    assert cover.startswith(b"%PDF-")
    assert b"NonsiteSansSC" in cover or b"FontFile3" in cover


@pytest.mark.parametrize("bureau", ["", "嘉兴市南湖区综合行政执法局"])
def test_the_cover_names_the_bureau_or_leaves_a_line_for_it(
    bench: Bench, bureau: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """制作人 is the bureau's; an installation nobody named says so on the sheet."""
    printed: list[str] = []
    compile_ = typst.compile

    def noted(template: bytes, **options: Any) -> object:
        printed.append(options["sys_inputs"]["pack"])
        return compile_(template, **options)

    monkeypatch.setattr("alerts.cover.typst.compile", noted)
    acts = EvidenceActs(bench.database, bench.rig.clock)
    named = Exporter(bench.store, bench.key, acts, bench.rig.clock, bureau)
    taker = replace(bench.order(), taker_zh="周法（zhou，法制审核，执法证号 3304）")

    assert unpacked(named.export(taker))["cover.pdf"].startswith(b"%PDF-")

    content = json.loads(printed[0])
    assert content["method"][0].startswith("录像为摄像机原始码流直接截取")
    assert content["shortfalls"] == []
    assert content["bureau"] == (bureau or BLANK)
    assert content["exporter"] == "周法（zhou，法制审核，执法证号 3304）"


def test_the_cover_claims_nothing_that_is_not_there() -> None:
    """Of a pack without clip, or without any picture, nothing is said of them."""
    assert set(SHORTFALLS_ZH) == set(Shortfall)
    assert _recorded({Role.RECHECK, Role.SEEN}) == "图片自摄像机码流解码；本件无录像。"
    assert _recorded({Role.SEEN}) == "本件无录像、无图片，仅有观测记录。"
    assert _recorded({Role.CLIP}) == "录像为摄像机原始码流直接截取，未经重新编码。"


def test_the_page_loads_nothing_from_anywhere(bench: Bench) -> None:
    """Its policy forbids it, and it names no address."""
    page = unpacked(bench.exporter.export(bench.order()))["verify.html"].decode()

    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


def test_without_a_reason_nothing_leaves(bench: Bench) -> None:
    """And nothing is on record."""
    with pytest.raises(ReasonMissingError):
        bench.exporter.export(bench.order(reason=" "))

    assert bench.actions() == []


def flip(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        body = bytearray(files[name])
        body[len(body) // 2] ^= 1
        files[name] = bytes(body)

    return change


def swap(files: dict[str, bytes]) -> None:
    files["first.jpg"], files["last.jpg"] = files["last.jpg"], files["first.jpg"]


def resign(files: dict[str, bytes]) -> None:
    """Another key signs changed contents, as a forger would."""
    seal = json.loads(files[SEAL])
    forger = ServiceKey(Ed25519PrivateKey.generate())
    files["cover.pdf"] += b"%"
    seal["sealed"]["files"]["cover.pdf"] = sha256(files["cover.pdf"]).hexdigest()
    body = json.dumps(
        seal["sealed"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    seal |= {"key": forger.public, "signature": forger.sign(body)}
    files[SEAL] = indented(seal)


def test_a_copy_of_something_else_is_named(bench: Bench) -> None:
    """A seal made anew over a copy that was made from no original of the pack."""
    files = unpacked(bench.exporter.export(bench.order()))
    seal = json.loads(files[SEAL])
    assert seal["sealed"]["export"]["at"] == "2026-11-23T02:00:00.000000Z"
    assert checked(packed(files)).problem is None
    seal["sealed"]["parents"]["masked/first.jpg"] = "0" * 64
    body = canonical(seal["sealed"])
    files[SEAL] = indented(seal | {"signature": bench.key.sign(body)})

    found = checked(packed(files), bench.key.digest)

    assert (
        found.problem == "masked/first.jpg: names an original that is not in the pack"
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(flip("clip.mp4"), "clip.mp4: its bytes", id="a byte of the clip"),
        pytest.param(flip("first.jpg"), "first.jpg: its bytes", id="a byte of a still"),
        pytest.param(flip("cover.pdf"), "cover.pdf: its bytes", id="a byte of cover"),
        pytest.param(swap, "first.jpg: its bytes", id="two stills swapped"),
        pytest.param(
            lambda f: f.pop("mid.jpg"), "mid.jpg: is missing", id="one dropped"
        ),
        pytest.param(
            lambda f: f.pop("verify.html"), "verify.html: is missing", id="page gone"
        ),
        pytest.param(
            lambda f: f.update({"more.jpg": b"x"}), "more.jpg: nobody", id="one added"
        ),
        pytest.param(lambda f: f.pop(SEAL), "seal.json: is missing", id="no seal"),
        pytest.param(lambda f: f.update({SEAL: b"{}"}), "seal.json: it has", id="junk"),
        pytest.param(
            lambda f: f.update({SEAL: f[SEAL] + b"\n"}),
            "seal.json: it is not written as it was signed",
            id="a line more in the seal",
        ),
        pytest.param(
            lambda f: f.update(
                {SEAL: f[SEAL].replace(b'"role"', b'"role": "x",\n   "role"')}
            ),
            "seal.json: it is not written as it was signed",
            id="a second role in the seal",
        ),
        pytest.param(
            lambda f: f.update({SEAL: f[SEAL].replace(b'"key"', b'"a": 1,\n "key"')}),
            "seal.json: it has not the members",
            id="a member nobody signed",
        ),
        pytest.param(
            lambda f: f.update({SEAL: b"[" * 100_000}), "it is no JSON", id="nested"
        ),
        pytest.param(
            lambda f: f.update({"manifest.json": b" " + f["manifest.json"]}),
            "not canonical",
            id="manifest written anew",
        ),
        pytest.param(
            lambda f: f.update(
                {"manifest.json": f["manifest.json"].replace(b"SW-01", b"SW-02")}
            ),
            "manifest.json: is not the one that was sealed",
            id="another code",
        ),
        pytest.param(resign, "seal.json: was made with another key", id="signed again"),
    ],
)
def test_tampering_is_named(
    bench: Bench, change: Callable[[dict[str, bytes]], object], told: str
) -> None:
    """The first thing that does not hold, by its name."""
    files = unpacked(bench.exporter.export(bench.order(is_masked=False)))
    change(files)

    found = checked(packed(files), bench.key.digest)

    assert found.problem is not None
    assert told in found.problem


def test_a_pack_signed_again_names_the_other_key(bench: Bench) -> None:
    """Without the published digest a seal that holds is taken: the key is told."""
    files = unpacked(bench.exporter.export(bench.order()))
    resign(files)

    found = checked(packed(files))

    assert found.problem is None
    assert found.signed_by not in {None, bench.key.digest}


def test_an_original_changed_in_the_store_locks_the_alert(bench: Bench) -> None:
    """The export is refused, and the pack is broken from then on."""
    clip = next(f for f in bench.pack.files if f.name == "clip.mp4")
    bench.store._objects[clip.stored.key] = b"forged"

    with pytest.raises(EvidenceBrokenError, match=r"mp4: its bytes were changed"):
        bench.exporter.export(bench.order())

    Sealer(bench.database, bench.rig.clock).seal()
    actions = [e.action for e in AuditTrail(bench.database).after(0)]
    assert "evidence.locked" in actions
    assert "evidence.exported" not in actions


def test_manifests_of_a_camera_are_a_chain(tmp_path: Path) -> None:
    """Whole in order; a missing one, a swap or a changed one is named."""
    store = MemoryEvidenceStore()
    rig = Rig(tmp_path, store)
    for slot in ("x1", "x2", "x3"):
        rig.look(2, violation(Life.CANDIDATE, 2, slot))
        rig.look(60, violation(Life.OPEN, 60, slot))
        rig.look(82)
    sealed = [p for p in rig.sink.packs if p.state.value != "pending"]
    raws = [store.manifest(pack.id) for pack in sealed]
    chain = [(decode_manifest(raw), raw) for raw in raws]

    assert [manifest.link.seq for manifest, _ in chain] == [1, 2, 3]
    assert verify_chain(chain) is None
    assert verify_chain(chain[1:]) is None
    assert "is missing or out of order" in (verify_chain(chain[::2]) or "")
    assert "is missing or out of order" in (verify_chain(chain[::-1]) or "")
    changed = [(chain[0][0], chain[0][1] + b" "), *chain[1:]]
    assert "names another pack" in (verify_chain(changed) or "")


def other_pack(bench: Bench) -> Pack:
    """A second pack of the same camera, sealed and on record."""
    for seconds, life in ((2, Life.CANDIDATE), (60, Life.OPEN)):
        bench.rig.look(seconds, violation(life, seconds, "x2"))
    bench.rig.look(82)
    other = next(p for p in reversed(bench.rig.sink.packs) if p.id != bench.pack.id)
    with bench.database.transaction() as session:
        write_pack(session, other, T0)
    return other


def forge(bench: Bench) -> None:
    """Another picture under its true digest, in a manifest with the same link."""
    forged = bench.store.put([b"another scene"])
    manifest = decode_manifest(bench.store.manifest(bench.pack.id))
    first, *others = manifest.files
    sums = {"sha256": forged.key, "sm3": forged.sm3, "size": forged.size}
    files = (first.model_copy(update=sums), *others)
    changed = manifest.model_copy(update={"files": files})
    bench.store._manifests[bench.pack.id] = encode_manifest(changed)


def trade_places(bench: Bench) -> None:
    """Two whole manifests, each under the other's id."""
    packs, other = bench.store._manifests, other_pack(bench).id
    packs[bench.pack.id], packs[other] = packs[other], packs[bench.pack.id]


@pytest.mark.parametrize("change", [forge, trade_places])
def test_a_manifest_that_is_not_on_record_never_leaves(
    bench: Bench, change: Callable[[Bench], None]
) -> None:
    """Whoever can write to the store alone cannot have it signed; it is locked."""
    change(bench)

    with pytest.raises(EvidenceBrokenError, match="is not the one on record"):
        bench.exporter.export(bench.order())

    with bench.database.reading() as session:
        row = session.get(PackRow, bench.pack.id)
        assert row is not None
        assert row.broken is not None
    assert bench.actions() == []


def test_another_packs_manifest_is_not_taken_for_its_own(bench: Bench) -> None:
    """A pack is told of under its own id or not at all."""
    trade_places(bench)
    maker = PackMaker(bench.rig.parts())

    with pytest.raises(StoreError, match="lies the manifest of"):
        maker._existing(bench.pack.id)


def test_a_manifest_gone_from_its_place_is_no_missing_pack(bench: Bench) -> None:
    """Nothing is locked: the doctor puts it back."""
    del bench.store._manifests[bench.pack.id]

    with pytest.raises(StoreError, match="nonsite doctor --mend"):
        bench.exporter.export(bench.order())

    with bench.database.reading() as session:
        row = session.get(PackRow, bench.pack.id)
        assert row is not None
        assert row.broken is None
