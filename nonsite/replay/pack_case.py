"""An exported evidence pack as a case: ZIP or folder in, case file and clip out.

The pack is verified first. It knows the place in words (outline of the zone, code,
times, the rule's limits), not the whole site: the case has one zone, judged by the
pack's one rule.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from alerts.errors import StoreError
from alerts.pack import Role
from alerts.pack_bytes import PackBytes, open_pack
from alerts.pack_manifest import Manifest, ManifestFile
from alerts.pack_verifier import MANIFEST, verify_pack
from base.errors import ConfigError
from nonsite.replay.made_case import (
    AlertFacts,
    Written,
    case_text,
    fitted,
    title_of,
    wanted,
)
from rules.catalogue import shipped_catalogue
from rules.settings import RuleSection, ZoneSection
from rules.violation import Violation
from sites.schema import CameraScene, ViewSection

ZIP = ".zip"
SEEN = "seen.json"
STILL_FOR = "still_for"
"""The clause whose limit is the dwell the alert was judged with."""

_VIOLATION = TypeAdapter(Violation)


@dataclass(frozen=True, slots=True)
class _Pack:
    """A pack that holds, with the clip and what was seen."""

    manifest: Manifest
    clip: ManifestFile
    seen: dict[str, Any]


def is_pack(path: Path) -> bool:
    """Whether a path is meant to be a pack: a ZIP, or a folder with a manifest."""
    if path.is_dir():
        return (path / MANIFEST).is_file()
    return path.suffix.lower() == ZIP


def case_of_pack(path: Path, room: Path) -> Path:
    """Write the case of a pack, its clip beside it; returns the case file.

    Args:
        path: The pack.
        room: A folder for both, as private as the pack; it must exist.

    Raises:
        ConfigError: The pack does not hold, or its clip is missing or too short.
    """
    try:
        files = open_pack(path)
        pack = _checked(files)
        body = files.read(pack.clip.name)
        facts = _facts(pack)
    except StoreError as error:
        raise ConfigError((f"{path}: {error}",)) from error
    except ConfigError as error:
        raise ConfigError(tuple(f"{path}: {p}" for p in error.problems)) from error
    fit = fitted(facts)
    if fit is None:
        told = "its clip begins too late to show what came before the alert opened"
        raise ConfigError((f"{path}: {told}",))
    clip = room / f"{facts.name}.mp4"
    clip.write_bytes(body)
    written = Written(
        title=title_of(facts, fit),
        footage=("clip", clip.name),
        start=facts.clip_start,
        expect=(wanted(facts, fit),),
        absent=(),
        origin=f"evidence pack {pack.manifest.pack}",
        provenance=None,
    )
    case = room / f"{facts.name}.yaml"
    case.write_text(case_text(facts, fit, written), encoding="utf-8")
    return case


def _checked(files: PackBytes) -> _Pack:
    """The pack, verified.

    Raises:
        ConfigError: It does not hold, or what a case needs stayed in the house.
        StoreError: A file of it cannot be read.
    """
    finding = verify_pack(files)
    if finding.problem is not None or finding.manifest is None:
        raise ConfigError((f"the pack does not hold: {finding.problem}",))
    manifest = finding.manifest
    originals = [f for f in manifest.files if f.role is Role.CLIP and f.parent is None]
    if not originals:
        reasons = ", ".join(manifest.reasons) or "none was cut"
        raise ConfigError((f"the pack holds no clip: {reasons}",))
    if finding.withheld & {originals[0].name, SEEN}:
        told = (
            "a masked export: its clip stayed in the house. Export it unmasked, or "
            "make the case there: nonsite replay capture"
        )
        raise ConfigError((told,))
    try:
        seen = json.loads(files.read(SEEN))
    except ValueError as error:
        raise ConfigError((f"{SEEN} is no JSON",)) from error
    return _Pack(manifest, originals[0], seen if isinstance(seen, dict) else {})


def _facts(pack: _Pack) -> AlertFacts:
    try:
        violation = _VIOLATION.validate_python(pack.seen.get("opened"))
        row = shipped_catalogue().rules.get(violation.code)
        if row is None:
            told = f"the catalogue has no {violation.code}: make the case in its house"
            raise ConfigError((told,))
        points = pack.seen.get("zone")
        zone = ZoneSection.model_validate({"purpose": row.zones[0], "points": points})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError((f"{SEEN}: {where}: {first['msg']}",)) from error
    limits = {c.clause: c.limit for c in violation.clauses if c.limit}
    # the dwell and no more: what else the site had set, the pack does not say
    rule = RuleSection.model_validate(
        {"enabled": True}
        | ({"dwell_s": limits[STILL_FOR]} if STILL_FOR in limits else {})
    )
    place = violation.place
    view = ViewSection(zones={place.zone: zone})
    clip = pack.clip
    return AlertFacts(
        violation=violation,
        clip_start=clip.captured_at,
        clip_end=clip.ended_at or clip.captured_at,
        scene=CameraScene(
            title=str(pack.seen.get("camera_title", ""))[:200],
            views={place.view: view},
        ),
        rules={violation.code: rule},
    )
