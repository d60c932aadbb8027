"""One ZIP a court can read: cover sheet, pictures, clip, manifest, verification page.

Masked by default: originals, clip and drawn copies stay in the house, and inverse-
blurred copies that name their parent's hash go out instead. Unmasked only as the caller
decided by role, with a reason. Either way the export is on record before the bytes are
handed over, and a pack that does not hold any more is locked instead of handed out.
"""

import html
import io
import json
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from typing import NoReturn

from alerts.audit import Actor
from alerts.cover import Copy, CoverFacts, cover_pdf
from alerts.digest import digest
from alerts.errors import (
    EvidenceBrokenError,
    NotFoundError,
    ReasonMissingError,
    StoreError,
)
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_mode import Standing
from alerts.evidence_store import EvidenceStore, ObjectKey
from alerts.file_words import what_of
from alerts.mask import masked
from alerts.pack import DRAWN, PackId, Role
from alerts.pack_manifest import Manifest, ManifestFile, stamp
from alerts.pack_record import recorded_manifest
from alerts.pack_verifier import MANIFEST, SEAL, SealText, seal_bytes
from alerts.plates import mask_plates
from alerts.service_key import ServiceKey
from base.clock import Clock
from base.json_value import JsonValue
from detector.box import Box

PAGE_WORDS = {MANIFEST: "清单", "cover.pdf": "封面"}
"""What stands beside the files of the pack, on the verification page."""

EPOCH = (2020, 1, 1, 0, 0, 0)
"""Time of every entry of the ZIP: what counts stands in the manifest."""


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What is taken out.

    Attributes:
        pack: Which pack.
        actor: Who takes it out, in which role.
        reason: Why; plates in it are masked where it is written.
        label: Class of the violating object, `car`.
        standing: Clue or evidence, as the store computes it.
        is_masked: Whether originals stay in the house.
        taker_zh: Who takes it out, as printed; empty: as the actor has it.
    """

    pack: PackId
    actor: Actor
    reason: str
    label: str
    standing: Standing | None = None
    is_masked: bool = True
    taker_zh: str = ""


@dataclass(frozen=True, slots=True)
class _Masked:
    """The blurred copy of a file of the pack."""

    parent: ManifestFile
    body: bytes


class Exporter:
    """Makes exports; safe to use from any thread.

    Args:
        store: Where the bytes lie.
        key: Seals what leaves.
        acts: Where it goes on record.
        clock: Wall time.
        bureau: Who makes it, as printed; empty: a line to be filled in by hand.
    """

    def __init__(
        self,
        store: EvidenceStore,
        key: ServiceKey,
        acts: EvidenceActs,
        clock: Clock,
        bureau: str = "",
    ) -> None:
        self._store = store
        self._bureau = bureau
        self._key = key
        self._acts = acts
        self._clock = clock

    def export(self, order: ExportOrder) -> bytes:
        """The ZIP.

        Raises:
            ReasonMissingError: No reason was given.
            NotFoundError: The pack is not on record, or its time had run.
            EvidenceBrokenError: Its bytes, or its manifest, are not those that were
                sealed; the alert is locked now.
            StoreError: Store or database are away; nothing leaves.
        """
        if not order.reason.strip():
            raise ReasonMissingError(f"an export of pack {order.pack} needs a reason")
        if self._was_erased(order.pack):
            told = f"the evidence of pack {order.pack} was deleted: its time had run"
            raise NotFoundError(told)
        raw, manifest = self._sealed(order.pack)
        originals = self._checked(manifest)
        leaving = _Leaving(manifest, raw, originals, order, self._clock.utc_now())
        copies = leaving.masked_copies() if order.is_masked else {}
        body = leaving.zip(self._key, self._cover(leaving, copies), copies)
        act = self._acts.exported if order.is_masked else self._unmasked
        detail: dict[str, JsonValue] = {
            "sha256": sha256(body).hexdigest(),
            "masked": order.is_masked,
        }
        act(order.actor, order.pack, order.reason, detail)
        return body

    def _unmasked(
        self, actor: Actor, pack: PackId, reason: str, detail: dict[str, JsonValue]
    ) -> None:
        self._acts.unmasked(actor, pack, "*", reason)
        self._acts.exported(actor, pack, reason, detail)

    def _sealed(self, pack: PackId) -> tuple[bytes, Manifest]:
        """The manifest that was sealed: what lies in the store, held to the record."""
        recorded = self._acts.manifest_digest(pack)
        if recorded is None:
            raise NotFoundError(f"no sealed pack {pack} is on record")
        try:
            raw = self._store.manifest(pack)
        except NotFoundError as error:
            told = f"the manifest of pack {pack} is gone: run `nonsite doctor --mend`"
            raise StoreError(told) from error
        try:
            return raw, recorded_manifest(raw, pack, recorded)
        except EvidenceBrokenError as error:
            self._lock(pack, str(error))

    def _checked(self, manifest: Manifest) -> dict[str, bytes]:
        """Every file of the pack, checked against the manifest."""
        found, pack = {}, PackId(manifest.pack)
        for file in manifest.files:
            try:
                body = b"".join(self._store.open_range(ObjectKey(file.sha256)))
            except NotFoundError:
                self._lock(pack, f"{file.name}: is missing")
            stored = digest(body)
            if (stored.key, stored.sm3) != (file.sha256, file.sm3):
                self._lock(pack, f"{file.name}: its bytes were changed")
            found[file.name] = body
        return found

    def _was_erased(self, pack: PackId) -> bool:
        # with the database away nothing leaves anyway: it cannot be put on record
        with suppress(StoreError):
            return self._acts.was_erased(pack)
        return False

    def _lock(self, pack: PackId, what: str) -> NoReturn:
        # refused in any case: the database may be away, the bytes stay what they are
        with suppress(StoreError):
            self._acts.broke(pack, what)
        told = f"pack {pack} does not hold and is locked: {what}"
        raise EvidenceBrokenError(told)

    def _cover(self, leaving: "_Leaving", copies: Mapping[str, _Masked]) -> bytes:
        order = leaving.order
        facts = CoverFacts(
            exporter=order.taker_zh or f"{order.actor.name}（{order.actor.role}）",
            bureau=self._bureau,
            reason=mask_plates(order.reason),
            exported_at=leaving.at,
            key=self._key.digest,
            standing=order.standing,
            is_masked=order.is_masked,
            camera_title=_camera_title(leaving.originals),
            copies=tuple(
                Copy(name, one.parent.name, digest(one.body))
                for name, one in copies.items()
            ),
        )
        return cover_pdf(leaving.manifest, facts)


@dataclass(frozen=True, slots=True)
class _Leaving:
    """What goes into one ZIP."""

    manifest: Manifest
    raw: bytes
    originals: dict[str, bytes]
    order: ExportOrder
    at: datetime

    def zip(
        self, key: ServiceKey, cover: bytes, copies: Mapping[str, _Masked]
    ) -> bytes:
        """Everything, sealed with `key`; `copies` by their names."""
        kept = () if self.order.is_masked else tuple(self.originals)
        withheld = tuple(name for name in self.originals if name not in kept)
        beside = {MANIFEST: self.raw, "cover.pdf": cover}
        beside |= {name: one.body for name, one in copies.items()}
        beside["verify.html"] = self._page(key, beside, frozenset(withheld), copies)
        text = SealText(
            files={name: sha256(body).hexdigest() for name, body in beside.items()},
            parents={name: one.parent.sha256 for name, one in copies.items()},
            withheld=withheld,
            export={
                "actor": self.order.actor.name,
                "role": self.order.actor.role,
                "certificate": self.order.actor.certificate,
                "reason": mask_plates(self.order.reason),
                "at": stamp(self.at),
            },
        )
        inside = {name: self.originals[name] for name in kept} | beside
        return _zipped(inside | {SEAL: seal_bytes(key, text)})

    def masked_copies(self) -> dict[str, _Masked]:
        """Blurred copies of stills and panoramas by name."""
        return {
            f"masked/{file.name}": _Masked(file, self._masked(file))
            for file in self.manifest.files
            if file.media_type == "image/jpeg"
            and (file.parent is None or _is_panorama(file))
        }

    def _masked(self, file: ManifestFile) -> bytes:
        box = None if file.box is None else Box(*file.box)
        people = tuple(Box(*corners) for corners in file.people)
        jpeg, parts = self.originals[file.name], self.manifest.masks
        return masked(jpeg, box, self.order.label, people, parts)

    def _page(
        self,
        key: ServiceKey,
        beside: dict[str, bytes],
        withheld: frozenset[str],
        copies: Mapping[str, _Masked],
    ) -> bytes:
        expected: list[dict[str, object]] = [
            {
                "name": file.name,
                "what": what_of(file),
                "sha256": file.sha256,
                "sm3": file.sm3,
                "withheld": file.name in withheld,
            }
            for file in self.manifest.files
        ]
        for name, body in beside.items():
            made, copy = digest(body), copies.get(name)
            what = PAGE_WORDS.get(name, "")
            if copy is not None:
                what = f"遮挡副本，原件 {copy.parent.name}"
            sums = {"sha256": made.key, "sm3": made.sm3}
            expected.append({"name": name, "what": what, **sums})
        template = (files("alerts") / "verify_page.html").read_text(encoding="utf-8")
        table = json.dumps(expected).replace("<", "\\u003c")
        return (
            template.replace("__NUMBER__", html.escape(self.manifest.pack.hex[:8]))
            .replace("__KEY__", html.escape(key.digest))
            .replace("__EXPECTED__", table)
            .encode()
        )


def _camera_title(originals: Mapping[str, bytes]) -> str:
    """The camera's name as people know it, from what was seen; empty: none there."""
    try:
        told = json.loads(originals.get("seen.json", b"{}"))
    except ValueError:
        return ""
    title = told.get("camera_title", "") if isinstance(told, dict) else ""
    return title if isinstance(title, str) else ""


def _is_panorama(file: ManifestFile) -> bool:
    """A panorama that was not drawn on."""
    return file.role is Role.PANORAMA and not file.name.endswith(DRAWN)


def _zipped(inside: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(inside):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), inside[name])
    return out.getvalue()
