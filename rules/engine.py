"""All rules of one camera's view: looks in, violations out, clocks saved.

The engine knows no rule by name beyond the table of families; each runs behind a guard,
so that a broken one is disabled and told while the others go on. Its state goes to the
clock store after each look that changed it, under the lease of this worker.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from base.guard import Boundary, guard
from base.ids import CameraId, ViewName, ZoneName
from detector.look import Look
from rules.catalogue import Catalogue, CatalogueRow, merge, shipped_catalogue
from rules.clause import Why
from rules.clock_store import ClockStore
from rules.errors import RuleError
from rules.family import RuleInputs
from rules.permit import PermitBook
from rules.rule import Rule
from rules.settings import Regime, RuleCode, RuleSection, ZoneSection
from rules.standing import LONGEST_GAP_S
from rules.vehicle_on_pavement import vehicle_on_pavement
from rules.violation import Violation
from streams.look_plan import LookRequest

T = TypeVar("T")

FAMILIES: Mapping[str, Callable[[RuleInputs], Rule]] = {
    "vehicle_on_pavement": vehicle_on_pavement,
}
"""Families by the name the catalogue gives them."""
STATE_VERSION = 1
LATE_LOOKS = 30
"""So many looks in a row from the past: the clock was set back, not a look delayed."""


@dataclass(frozen=True, slots=True)
class CameraRules:
    """What the rules of one camera's view are built from.

    Attributes:
        camera: The camera.
        view: The preset.
        zones: Its zones by name.
        site_rules: Overrides for the whole site, by code; the weakest.
        camera_rules: Overrides for the camera; a zone's own are the strongest.
        regime: Body of law.
        config: Digest of the site revision in force.
    """

    camera: CameraId
    view: ViewName
    zones: Mapping[ZoneName, ZoneSection] = field(default_factory=dict)
    site_rules: Mapping[RuleCode, RuleSection] = field(default_factory=dict)
    camera_rules: Mapping[RuleCode, RuleSection] = field(default_factory=dict)
    regime: Regime = Regime.STREET
    config: str = ""


@dataclass(frozen=True, slots=True)
class Blind:
    """A rule that cannot see in a zone: which class or input is wanting."""

    code: RuleCode
    zone: ZoneName
    why: Why


@dataclass(frozen=True, slots=True)
class DisabledRule:
    """A rule that broke and is no longer judged, and the error's name."""

    code: RuleCode
    error: str


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """How the rules of a view fare.

    Attributes:
        disabled: Rules that broke.
        late_looks: Looks ignored for being not newer than the last.
        foreign_looks: Looks ignored for being of another camera or view.
        crowded: How often a zone had more standing things than slots.
        is_fenced: A newer lease judges this camera; this engine is silent.
    """

    disabled: tuple[DisabledRule, ...]
    late_looks: int
    foreign_looks: int
    crowded: int
    is_fenced: bool


class RuleEngine:
    """Judges the looks of one camera's view; used by one thread.

    Args:
        settings: What to judge.
        store: Where the clocks are kept.
        lease_epoch: Of the worker that judges.
        permits: The registry.

    Raises:
        RuleError: An override names a code the catalogue does not have.
    """

    def __init__(
        self,
        settings: CameraRules,
        store: ClockStore,
        lease_epoch: int,
        permits: PermitBook,
    ) -> None:
        self._settings, self._store, self._epoch = settings, store, lease_epoch
        self._log = structlog.get_logger().bind(
            camera=settings.camera, view=settings.view
        )
        # one state for each view: a camera visited in rotation has several
        self._key = CameraId(f"{settings.camera}/{settings.view}")
        self._permits = permits
        self._rules = build_rules(settings, permits, shipped_catalogue())
        self._states: dict[RuleCode, bytes] = {}
        self._disabled: dict[RuleCode, DisabledRule] = {}
        self._last_at: datetime | None = None
        self._late_run = self._late = self._foreign = 0
        self._is_fenced = False
        self._restore()

    def judge(self, look: Look) -> tuple[Violation, ...]:
        """New revisions this look causes, candidates and dropped ones included."""
        if self._is_fenced or not self._takes(look):
            return ()
        found: list[Violation] = []
        for code, rule in self._rules.items():
            if code not in self._disabled:
                found += self._guarded(code, lambda rule=rule: rule.judge(look), ())  # type: ignore[misc]
        self._last_at = look.at.astimezone(UTC)
        return tuple(found) if self._save() else ()

    def needs(self, look: Look | None) -> LookRequest:
        """The shortest look gap any rule asks for; 10 s where none judges."""
        asked = [
            self._guarded(code, lambda rule=rule: rule.needs(look), None)  # type: ignore[misc]
            for code, rule in self._rules.items()
            if code not in self._disabled
        ]
        told = [request for request in asked if request is not None]
        return LookRequest(
            max_gap_s=min((r.max_gap_s for r in told), default=LONGEST_GAP_S),
            every_frame=any(r.every_frame for r in told),
        )

    def standing(self) -> tuple[Violation, ...]:
        """Every raised violation remembered, whole: to be sent again after a restart.

        The state is saved before its violations reach the spool, so that a worker
        killed in between would otherwise never tell them.
        """
        return tuple(
            violation for rule in self._rules.values() for violation in rule.standing()
        )

    def blind(self, classes: frozenset[str]) -> tuple[Blind, ...]:
        """Which rules a model of these classes leaves blind, by code and zone."""
        return tuple(
            Blind(code, zone, Why.NO_SUCH_CLASS)
            for code, rule in self._rules.items()
            if not classes & rule.classes
            for zone in rule.zones
        )

    def health(self) -> EngineHealth:
        """How the rules fare."""
        return EngineHealth(
            disabled=tuple(self._disabled.values()),
            late_looks=self._late,
            foreign_looks=self._foreign,
            crowded=sum(rule.crowded for rule in self._rules.values()),
            is_fenced=self._is_fenced,
        )

    def _takes(self, look: Look) -> bool:
        """Whether a look is ours and newer than the last."""
        if (look.camera, look.view) != (self._settings.camera, self._settings.view):
            self._foreign += 1
            return False
        if self._last_at is None or look.at > self._last_at:
            self._late_run = 0
            return True
        self._late += 1
        self._late_run += 1
        if self._late_run == 1:
            self._log.warning("look.came_late")
        if self._late_run < LATE_LOOKS:
            return False
        self._log.error("clocks.restarted", late_looks=self._late_run)
        self._late_run = 0
        self._start_afresh()
        return True

    def _guarded(self, code: RuleCode, work: Callable[[], T], otherwise: T) -> T:
        def disable(error: Exception) -> T:
            self._disabled[code] = DisabledRule(code, type(error).__name__)
            return otherwise

        return guard(Boundary.RULE_ENGINE, code, work, disable)

    def _start_afresh(self) -> None:
        """Forget all clocks; whatever stands there now may have stood before."""
        self._rules = build_rules(self._settings, self._permits, shipped_catalogue())
        for rule in self._rules.values():
            rule.doubt_continuity()

    def _restore(self) -> None:
        raw = self._store.load(self._key)
        if raw is None:
            return
        try:
            self._last_at, states = _parse(raw)
        except RuleError as error:
            self._log.error("clocks.damaged", reason=str(error))
            self._start_afresh()
            return
        for code, rule in self._rules.items():
            if code not in states:
                continue
            try:
                rule.restore(states[code])
                self._states[code] = states[code]
            except RuleError as error:
                self._log.error("clocks.damaged", code=code, reason=str(error))
                rule.doubt_continuity()

    def _save(self) -> bool:
        """Save what changed; false when a newer lease has taken the camera over."""
        before = dict(self._states)
        for code, rule in self._rules.items():
            if code not in self._disabled:
                self._states[code] = self._guarded(
                    code, rule.state, self._states.get(code, b"null")
                )
        if self._states == before:
            return True
        if self._store.save(self._key, self._epoch, _dump(self._last_at, self._states)):
            return True
        self._is_fenced = True
        self._log.warning("lease.lost", lease_epoch=self._epoch)
        return False


def build_rules(
    settings: CameraRules, permits: PermitBook, catalogue: Catalogue
) -> dict[RuleCode, Rule]:
    """The rules of one view, by code, in the catalogue's order.

    Raises:
        RuleError: An override names an unknown code, or a row an unknown family.
    """
    _check_codes(settings, catalogue)
    rules = {}
    for code, row in catalogue.rules.items():
        if row.family not in FAMILIES:
            raise RuleError(f"the catalogue's rules.{code}.family: no such family")
        inputs = _inputs(settings, code, row, permits)
        if inputs.zones:
            rules[code] = FAMILIES[row.family](inputs)
    return rules


def _inputs(
    settings: CameraRules, code: RuleCode, row: CatalogueRow, permits: PermitBook
) -> RuleInputs:
    thresholds = {
        name: merge(
            row,
            (
                settings.site_rules.get(code),
                settings.camera_rules.get(code),
                zone.rules.get(code),
            ),
        )
        for name, zone in settings.zones.items()
        if zone.purpose in row.zones
    }
    judged = {name for name, merged in thresholds.items() if merged.enabled}
    return RuleInputs(
        camera=settings.camera,
        view=settings.view,
        code=code,
        row=row,
        zones={n: zone for n, zone in settings.zones.items() if n in judged},
        exempt={
            n: z for n, z in settings.zones.items() if z.purpose in row.exempt_zones
        },
        thresholds={n: merged for n, merged in thresholds.items() if n in judged},
        config=settings.config,
        permits=permits,
    )


def _check_codes(settings: CameraRules, catalogue: Catalogue) -> None:
    named = [(f"rules.{code}", code) for code in settings.site_rules]
    camera = f"cameras.{settings.camera}"
    named += [(f"{camera}.rules.{code}", code) for code in settings.camera_rules]
    named += [
        (f"{camera}.views.{settings.view}.zones.{name}.rules.{code}", code)
        for name, zone in settings.zones.items()
        for code in zone.rules
    ]
    for where, code in named:
        if code not in catalogue.rules:
            raise RuleError(f"{where}: the catalogue has no such code")


def _dump(last_at: datetime | None, states: Mapping[RuleCode, bytes]) -> bytes:
    """The states as one canonical JSON object; each is canonical JSON already."""
    at = json.dumps(last_at.isoformat() if last_at else None).encode()
    rules = b",".join(
        json.dumps(code).encode() + b":" + states[code] for code in sorted(states)
    )
    return b'{"version":%d,"last_at":%b,"rules":{%b}}' % (STATE_VERSION, at, rules)


def _parse(raw: bytes) -> tuple[datetime | None, dict[RuleCode, bytes]]:
    try:
        content = json.loads(raw)
        if content["version"] != STATE_VERSION:
            raise RuleError(f"its version is {content['version']}")
        at = content["last_at"]
        last_at = None if at is None else datetime.fromisoformat(at).astimezone(UTC)
        states = {
            str(code): json.dumps(state).encode()
            for code, state in content["rules"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RuleError(f"the saved clocks cannot be read: {error}") from error
    return last_at, states
