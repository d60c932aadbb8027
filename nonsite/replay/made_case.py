"""What a case made from an alert says: facts of the alert in, the case's content out.

A clip begins seconds before the alert opened, its dwell may be minutes: where the thing
stood there before the clip begins, the case's zone gets a dwell that fits the clip, and
the case says so. Everything else is the camera's section as it was.
"""

from dataclasses import dataclass, field
from datetime import datetime
from math import floor
from typing import Any

import yaml

from nonsite.replay.case import Absent, Case, Expectation, Provenance
from nonsite.replay.result import FoundAlert
from rules.catalogue import CatalogueRow
from rules.settings import RuleCode, RuleSection
from rules.violation import Violation
from sites.schema import CameraScene

LEAD_S = 1.0
"""A dwell made to fit ends so long after the alert's own opening could have been seen:
the clip's first picture is not always the first look."""
LEAST_LEAD_S = 2.0
"""A clip that begins later than this before the opening shows nothing of the dwell."""
TOLERANCE_S = 3.0
TOLERANCE_SHARE = 0.2
"""Give or take, of the dwell: a look may come a tenth of it late at either end."""


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """An alert and the footage of it.

    Attributes:
        violation: As it opened: code, place, box, label, times.
        clip_start: Media time of the clip's first picture.
        clip_end: Media time its last picture ends.
        scene: The camera's section as it was.
        rules: The site's overrides as they were.
        codes: The bureau's own codes as they were.
    """

    violation: Violation
    clip_start: datetime
    clip_end: datetime
    scene: CameraScene
    rules: dict[RuleCode, RuleSection] = field(default_factory=dict)
    codes: dict[RuleCode, CatalogueRow] = field(default_factory=dict)

    @property
    def opened_at(self) -> datetime:
        """Media time of its opening."""
        return self.violation.opened_at or self.violation.at

    @property
    def place(self) -> str:
        """`view/zone`, as an expectation names it."""
        return f"{self.violation.place.view}/{self.violation.place.zone}"

    @property
    def name(self) -> str:
        """Of the case: code and the number people quote."""
        return f"{self.violation.code.lower()}-{self.violation.id.hex[:8]}"


@dataclass(frozen=True, slots=True)
class Fitted:
    """How the alert shows on its clip.

    Attributes:
        scene: The camera's section, its dwell made to fit where it had to be.
        start_s: When it must open, seconds after the clip's first picture.
        tolerance_s: Give or take.
        dwell_s: The dwell that was made to fit; None: it stands as it was.
    """

    scene: CameraScene
    start_s: float
    tolerance_s: float
    dwell_s: float | None


def fitted(facts: AlertFacts) -> Fitted | None:
    """When the clip alone must raise the alert; None where it begins too late."""
    lead_s = (facts.opened_at - facts.clip_start).total_seconds()
    if facts.violation.first_seen >= facts.clip_start:
        dwell_s = (facts.opened_at - facts.violation.first_seen).total_seconds()
        return Fitted(facts.scene, round(lead_s, 3), _tolerance_s(dwell_s), None)
    if lead_s < LEAST_LEAD_S:
        return None
    dwell_s = float(floor(lead_s - LEAD_S))
    scene = _with_dwell(facts, dwell_s)
    return Fitted(scene, dwell_s, _tolerance_s(dwell_s), dwell_s)


def _tolerance_s(dwell_s: float) -> float:
    return round(max(TOLERANCE_S, TOLERANCE_SHARE * dwell_s), 1)


def _with_dwell(facts: AlertFacts, dwell_s: float) -> CameraScene:
    """The section with another dwell in the alert's zone: a zone's own word wins."""
    place, code = facts.violation.place, facts.violation.code
    view = facts.scene.views[place.view]
    zone = view.zones[place.zone]
    section = zone.rules.get(code, RuleSection())
    # only what is written overrides: a copy knows that dwell_s is
    changed = section.model_copy(update={"dwell_s": dwell_s})
    zone = zone.model_copy(update={"rules": zone.rules | {code: changed}})
    view = view.model_copy(update={"zones": view.zones | {place.zone: zone}})
    return facts.scene.model_copy(
        update={"views": facts.scene.views | {place.view: view}}
    )


def wanted(facts: AlertFacts, fit: Fitted) -> Expectation:
    """What the clip must raise."""
    box = facts.violation.box
    return Expectation(
        code=facts.violation.code,
        place=facts.place,
        start_s=fit.start_s,
        tolerance_s=fit.tolerance_s,
        box=(box.x1, box.y1, box.x2, box.y2),
        what=facts.violation.label,
    )


def beside(alert: FoundAlert) -> Expectation:
    """An alert the clip raises too, kept as it was found: nobody judged it."""
    return Expectation(
        code=alert.code,
        place=alert.place,
        start_s=alert.opened_s,
        tolerance_s=TOLERANCE_S,
        box=alert.box,
        what=f"{alert.label}, found beside it when the case was made; nobody judged it",
    )


@dataclass(frozen=True, slots=True)
class Written:
    """What goes into a case file beside the facts.

    Attributes:
        title: In words.
        footage: `clip` or `looks`, and the file's name.
        start: Media time of the first picture or look.
        expect: What it must raise.
        absent: What a person rejected: it must not be raised.
        conditions: What it shows.
        origin: Where it comes from.
        provenance: Of which alert.
    """

    title: str
    footage: tuple[str, str]
    start: datetime
    expect: tuple[Expectation, ...]
    absent: tuple[Absent, ...]
    origin: str
    provenance: Provenance | None


LICENCE = "internal: stays in the data folder it was made in"


def case_text(facts: AlertFacts, fit: Fitted, written: Written) -> str:
    """The case as YAML, checked as it would be read."""
    kind, name = written.footage
    content: dict[str, Any] = {
        "version": 1,
        "title": written.title,
        kind: name,
        "start": written.start,
        "tags": ["captured", "boxes_only" if kind == "looks" else "clip"],
        "licence": LICENCE,
        "origin": written.origin,
        "provenance": written.provenance,
        "rules": facts.rules,
        "codes": facts.codes,
        "camera": fit.scene,
        "expect": written.expect,
        "absent": written.absent,
    }
    case = Case.model_validate({key: value for key, value in content.items() if value})
    plain = case.model_dump(mode="json", exclude_unset=True)
    plain["start"] = case.start.isoformat()
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100)


def title_of(facts: AlertFacts, fit: Fitted) -> str:
    """What happens in it, for people."""
    camera = facts.scene.title or facts.violation.place.camera
    told = f"{facts.violation.code} at {facts.place}, {camera}"
    if fit.dwell_s is None:
        return told[:200]
    return f"{told[:120]}; dwell {fit.dwell_s:g} s to fit the clip"
