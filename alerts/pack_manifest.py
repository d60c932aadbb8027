"""The manifest: a pack in, canonical JSON out and back; its existence is the pack's.

Canonical: sorted keys, no spaces, UTF-8, so that the same pack is the same bytes
wherever they are made. Read back strictly, since a manifest is what a court is shown.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from alerts.errors import StoreError
from alerts.evidence_facts import ClockCheck, Floor, PackFacts, TimeSource
from alerts.evidence_store import ObjectKey, StoredObject
from alerts.manifest_device import ManifestDevice, device_of
from alerts.pack import EvidenceFile, Pack, PackId, PackState, Role, Shortfall
from alerts.pack_chain import FIRST_LINK, Link
from alerts.pack_scene import Corners
from detector.box import Box
from rules.catalogue import shipped_digest
from rules.violation import Gap, Violation
from sites.dossier_section import DossierSection

VERSION: Final = 2
"""Of the format written; docs/decisions/0013 says what each holds."""
SINCE_2: Final = frozenset({"catalogue", "masks"})
_DIGEST = r"^[0-9a-f]{64}$"


def stamp(at: datetime) -> str:
    """A time as every file of a pack writes it: UTC, microseconds, `Z`."""
    text = at.astimezone(UTC).isoformat(timespec="microseconds")
    return text.replace("+00:00", "Z")


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        msg = "needs a time zone"
        raise ValueError(msg)
    return at


_Time = Annotated[datetime, AfterValidator(_aware), PlainSerializer(stamp)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Corners = tuple[float, float, float, float]


class ManifestFile(_Part):
    """One file."""

    name: str = Field(min_length=1, max_length=100, description="name in the pack")
    role: Role = Field(description="what it shows")
    media_type: str = Field(description="as in HTTP")
    sha256: str = Field(pattern=_DIGEST, description="of its bytes; its name in store")
    sm3: str = Field(pattern=_DIGEST, description="of its bytes")
    size: int = Field(ge=0, description="bytes")
    captured_at: _Time = Field(description="media time of picture or clip's start")
    ended_at: _Time | None = Field(description="media time of a clip's end")
    parent: str | None = Field(description="name of the file it was derived from")
    parent_sha256: str | None = Field(description="digest of that file's bytes")
    box: _Corners | None = Field(
        description="the thing in the picture: left, top, right, bottom, 0…1"
    )
    size_px: tuple[int, int] | None = Field(description="width and height, pixels")
    people: tuple[_Corners, ...] = Field(
        description="persons seen in it, as `box`; of a picture taken beside a look, "
        "widened by what they may have walked"
    )


class ManifestGap(_Part):
    """A stretch of media time the evidence does not cover."""

    start: _Time = Field(description="from")
    end: _Time = Field(description="to")


class ManifestClock(_Part):
    """The last check of the camera's clock."""

    source: TimeSource = Field(description="how it was compared")
    offset_ms: float = Field(description="camera's clock minus the reference, ms")
    checked_at: _Time = Field(description="moment it holds for")


class ManifestTime(_Part):
    """What the pack's times stand on."""

    reference: str = Field(description="what media time follows")
    clock: ManifestClock | None = Field(description="last check; null: none")
    is_clock_stepped: bool = Field(
        default=False, description="the host's clock was set while it was watched"
    )


class ManifestLink(_Part):
    """Where the manifest stands in its camera's chain."""

    seq: int = Field(ge=1, description="gapless number")
    previous: str = Field(pattern=_DIGEST, description="SHA-256 of the one before")


class Manifest(_Part):
    """A whole pack."""

    version: Literal[1, 2] = Field(description="of this format")
    pack: UUID = Field(description="id of the pack: the violation's, or a look again's")
    rechecks: UUID | None = Field(
        default=None,
        description="violation that is looked at again; left out: the pack is its own",
    )
    code: str = Field(description="catalogue code")
    camera: str = Field(description="camera that saw it")
    view: str = Field(description="its preset")
    zone: str = Field(description="the zone")
    slot: str = Field(description="the place inside the zone")
    first_seen: _Time = Field(description="media time since when it was there")
    opened_at: _Time = Field(description="media time the rule became true")
    state: PackState = Field(description="complete or partial")
    reasons: tuple[Shortfall, ...] = Field(description="why it is partial")
    files: tuple[ManifestFile, ...] = Field(description="what it holds")
    gaps: tuple[ManifestGap, ...] = Field(description="what the evidence leaves out")
    time: ManifestTime = Field(description="what its times stand on")
    device: ManifestDevice | None = Field(description="the camera's dossier then")
    device_lacks: tuple[str, ...] = Field(description="what the dossier lacked")
    floors: tuple[Floor, ...] = Field(description="floors of GA/T 832 not reached")
    has_view_moved: bool = Field(description="opened in another view than its own")
    link: ManifestLink = Field(description="its place in the camera's chain")
    config: str = Field(description="digest of the site revision it was judged under")
    model: str = Field(description="network, name@digest")
    made_by: str = Field(description="program and version that made it")
    made_at: _Time = Field(description="wall time it was sealed")
    catalogue: str | None = Field(
        default=None,
        pattern=_DIGEST,
        description="since 2: SHA-256 of the catalogue file of rules it came with; a "
        "bureau's own codes are part of what `config` names",
    )
    masks: tuple[tuple[tuple[float, float], ...], ...] = Field(
        default=(),
        description="since 2: parts of the view nobody may see, as corners 0…1; every "
        "copy has them painted over",
    )

    @model_validator(mode="after")
    def _of_its_version(self) -> "Manifest":
        there = SINCE_2 & self.model_fields_set
        if there != (SINCE_2 if self.version >= 2 else frozenset()):
            msg = f"has not the members of version {self.version}"
            raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True)
class Sealing:
    """What is known only when a pack is sealed.

    Attributes:
        made_by: Program and version.
        made_at: Wall time.
        link: Its place in the camera's chain.
        dossier: The camera's, as configured then.
        masks: Parts of the view nobody may see.
    """

    made_by: str
    made_at: datetime
    link: Link = FIRST_LINK
    dossier: DossierSection | None = None
    masks: tuple[Corners, ...] = ()


def manifest_of(pack: Pack, violation: Violation, sealing: Sealing) -> Manifest:
    """The manifest of a pack about `violation`.

    Raises:
        StoreError: A file names a parent that is not in the pack.
    """
    digests = {file.name: file.stored.key for file in pack.files}
    if any(
        file.parent is not None and file.parent not in digests for file in pack.files
    ):
        msg = f"a file of pack {pack.id} names a parent that is not there"
        raise StoreError(msg)
    place, facts, link = violation.place, pack.facts or PackFacts(), sealing.link
    # a member that is not set is not written: see `encode_manifest`
    again = {} if pack.rechecks is None else {"rechecks": pack.rechecks}
    return Manifest(
        version=VERSION,
        pack=pack.id,
        **again,
        code=violation.code,
        camera=place.camera,
        view=place.view,
        zone=place.zone,
        slot=place.slot,
        first_seen=violation.first_seen,
        opened_at=violation.opened_at or violation.at,
        state=pack.state,
        reasons=tuple(Shortfall(reason) for reason in pack.reasons),
        files=tuple(_file(file, digests) for file in pack.files),
        gaps=tuple(ManifestGap(start=gap.start, end=gap.end) for gap in pack.gaps),
        time=ManifestTime(
            reference=facts.reference,
            clock=_clock(facts.clock),
            is_clock_stepped=facts.is_clock_stepped,
        ),
        device=device_of(sealing.dossier),
        device_lacks=facts.device_lacks,
        floors=facts.floors,
        has_view_moved=facts.has_view_moved,
        link=ManifestLink(seq=link.seq, previous=link.previous),
        config=pack.config,
        model=pack.model,
        made_by=sealing.made_by,
        made_at=sealing.made_at,
        catalogue=shipped_digest(),
        masks=sealing.masks,
    )


def pack_of(manifest: Manifest) -> Pack:
    """The pack a manifest describes."""
    return Pack(
        id=PackId(manifest.pack),
        state=manifest.state,
        files=tuple(_evidence(file) for file in manifest.files),
        reasons=tuple(reason.value for reason in manifest.reasons),
        gaps=tuple(Gap(gap.start, gap.end) for gap in manifest.gaps),
        config=manifest.config,
        model=manifest.model,
        facts=_facts(manifest),
        rechecks=manifest.rechecks,
    )


def _clock(check: ClockCheck | None) -> ManifestClock | None:
    if check is None:
        return None
    return ManifestClock(
        source=check.source, offset_ms=check.offset_ms, checked_at=check.checked_at
    )


def _facts(manifest: Manifest) -> PackFacts:
    clock = manifest.time.clock
    return PackFacts(
        clock=None
        if clock is None
        else ClockCheck(clock.source, clock.offset_ms, clock.checked_at),
        reference=manifest.time.reference,
        device_lacks=manifest.device_lacks,
        floors=manifest.floors,
        has_view_moved=manifest.has_view_moved,
        is_clock_stepped=manifest.time.is_clock_stepped,
    )


def encode_manifest(manifest: Manifest) -> bytes:
    """The manifest as canonical JSON.

    Members nobody set are not written: what a later version may add is not put into
    what an earlier one sealed, so that it is the same bytes again.
    """
    return canonical(manifest.model_dump(mode="json", exclude_unset=True))


def decode_manifest(raw: bytes) -> Manifest:
    """The manifest back.

    Raises:
        StoreError: It is damaged, of another version, or not canonical.
    """
    try:
        manifest = Manifest.model_validate_json(raw)
    except (ValidationError, ValueError) as error:
        msg = f"a manifest cannot be read: {str(error).splitlines()[0]}"
        raise StoreError(msg) from error
    if encode_manifest(manifest) != raw:
        msg = f"the manifest of pack {manifest.pack} is not canonical JSON"
        raise StoreError(msg)
    return manifest


def own_manifest(raw: bytes, pack: UUID) -> Manifest:
    """The manifest that lies in a store under a pack's id.

    Raises:
        StoreError: It is damaged, or another pack's.
    """
    manifest = decode_manifest(raw)
    if manifest.pack != pack:
        raise StoreError(f"under pack {pack} lies the manifest of {manifest.pack}")
    return manifest


def canonical(value: object) -> bytes:
    """Canonical JSON of plain values: sorted keys, no spaces, UTF-8, finite numbers."""
    text = json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return text.encode()


def _file(file: EvidenceFile, digests: dict[str, ObjectKey]) -> ManifestFile:
    box = file.box
    return ManifestFile(
        name=file.name,
        role=file.role,
        media_type=file.media_type,
        sha256=file.stored.key,
        sm3=file.stored.sm3,
        size=file.stored.size,
        captured_at=file.captured_at,
        ended_at=file.ended_at,
        parent=file.parent,
        parent_sha256=None if file.parent is None else digests[file.parent],
        box=None if box is None else _corners(box),
        size_px=file.size_px,
        people=tuple(_corners(person) for person in file.people),
    )


def _corners(box: Box) -> _Corners:
    return (box.x1, box.y1, box.x2, box.y2)


def _evidence(file: ManifestFile) -> EvidenceFile:
    return EvidenceFile(
        name=file.name,
        role=file.role,
        media_type=file.media_type,
        stored=StoredObject(ObjectKey(file.sha256), file.sm3, file.size),
        captured_at=file.captured_at,
        ended_at=file.ended_at,
        parent=file.parent,
        box=None if file.box is None else Box(*file.box),
        size_px=file.size_px,
        people=tuple(Box(*corners) for corners in file.people),
    )
