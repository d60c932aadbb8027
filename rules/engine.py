"""All rules of one camera's view: looks in, violations out, clocks saved.

The engine knows no rule by name; each runs behind a guard, so that a broken one is
disabled and told while the others go on. Its state goes to the clock store after each
look that changed it, under the lease of this worker.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

import structlog

from base.guard import Boundary, guard
from base.ids import CameraId
from detector.look import Look
from rules.blindness import Able, Blind, blind, wanted
from rules.build import CameraRules, build_rules
from rules.catalogue import PlaceKind
from rules.clock_store import ClockStore
from rules.context import Context
from rules.engine_state import Saved, dump, parse
from rules.errors import RuleError
from rules.moment import Moment, blinding
from rules.people import People
from rules.rule import Rule
from rules.settings import RuleCode
from rules.standing import LONGEST_GAP_S
from rules.view_scene import ViewScene
from rules.violation import LASTING, RAISED, Violation, ended
from streams.look_plan import LookRequest

T = TypeVar("T")
_BOUNDARY = Boundary.RULE_ENGINE

LATE_LOOKS = 30
"""So many looks in a row from the past: the clock was set back, not a look delayed."""


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
        context: Permits, calendar, weather, register.
        state: What an engine before it remembers (`state()`); None: what was saved
            last.

    Raises:
        RuleError: An override or a row of the catalogue cannot be used; says which.
    """

    def __init__(
        self,
        settings: CameraRules,
        store: ClockStore,
        lease_epoch: int,
        context: Context | None = None,
        state: bytes | None = None,
    ) -> None:
        self._settings, self._store, self._epoch = settings, store, lease_epoch
        camera, view = settings.camera, settings.view
        self._log = structlog.get_logger().bind(camera=camera, view=view)
        # one state for each view: a camera visited in rotation has several
        self._key = CameraId(f"{camera}/{view}")
        self._context = context or Context()
        self._scene = ViewScene(settings.zones, settings.regime, settings.ground)
        self._rules = build_rules(settings)
        self._people = _people_of(self._rules, self._scene)
        self._moment: Moment | None = None
        self._states: dict[RuleCode, bytes] = {}
        self._disabled: dict[RuleCode, DisabledRule] = {}
        self._saved_people: bytes | None = None
        self._last_at: datetime | None = None
        self._late_run = self._late = self._foreign = 0
        self._is_fenced = False
        self._restore(store.load(self._key) if state is None else state)

    def judge(self, look: Look) -> tuple[Violation, ...]:
        """New revisions this look causes, candidates and dropped ones included."""
        if self._is_fenced or not self._takes(look):
            return ()
        found = self._begun_anew(look)
        moment = self._moment_of(look)
        for code, rule in self._rules.items():
            if code not in self._disabled:
                found += self._guarded(code, lambda rule=rule: rule.judge(moment), ())  # type: ignore[misc]
        self._last_at, self._moment = moment.at, moment
        return tuple(found) if self._save() else ()

    def needs(self, look: Look | None) -> LookRequest:
        """The shortest look gap any rule asks for; 10 s where none judges.

        Args:
            look: The look judged last; None asks for a view at rest.
        """
        moment = None if look is None else self._moment
        asked = [
            self._guarded(code, lambda rule=rule: rule.needs(moment), None)  # type: ignore[misc]
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

        A kill between the state's saving and the spool would otherwise lose them.
        """
        return tuple(one for one in self.remembered() if one.life in RAISED)

    def remembered(self) -> tuple[Violation, ...]:
        """Every violation remembered, candidates included: no other goes on."""
        return tuple(v for rule in self._rules.values() for v in rule.remembered())

    def end(self) -> tuple[Violation, ...]:
        """Judge no more: what stood, ended, and saved so; nothing under an old lease.

        Who judges the view later reopens what still stands.
        """
        over = tuple(v for rule in self._rules.values() for v in rule.end())
        return over if not self._is_fenced and self._save() else ()

    def state(self) -> bytes:
        """Everything remembered, as it is saved."""
        people = self._people.state() if self._people.is_watching else None
        return dump(Saved(self._last_at, self._states, people))

    def blind(self, classes: frozenset[str]) -> tuple[Blind, ...]:
        """Which rules a model of these classes leaves blind, by code and zone."""
        able = Able(classes, self._scene, self._context)
        return tuple(b for rule in self._rules.values() for b in blind(rule, able))

    def wanted(
        self, classes: frozenset[str], *, has_reference: bool, day: date | None = None
    ) -> tuple[Blind, ...]:
        """Every clause that stays unknown for want of a class or an input.

        Args:
            classes: What the model can name.
            has_reference: Whether the view has a reference picture.
            day: The local day the calendar must know; None: not asked.
        """
        able = Able(classes, self._scene, self._context, has_reference, day)
        return tuple(b for rule in self._rules.values() for b in wanted(rule, able))

    def health(self) -> EngineHealth:
        """How the rules fare."""
        return EngineHealth(
            disabled=tuple(self._disabled.values()),
            late_looks=self._late,
            foreign_looks=self._foreign,
            crowded=sum(rule.crowded for rule in self._rules.values()),
            is_fenced=self._is_fenced,
        )

    def _moment_of(self, look: Look) -> Moment:
        at, why = look.at.astimezone(UTC), blinding(look)
        self._people.watch(look, at, is_blind=why is not None)
        return Moment(look, at, self._scene, self._people, self._context, why)

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
        return True

    def _begun_anew(self, look: Look) -> list[Violation]:
        """Where the clock was set back for good, all is forgotten: what stood, ended.

        Nobody would ever tell its end: the new clocks know nothing of it.
        """
        if self._last_at is None or look.at > self._last_at:
            return []
        over = [ended(v) for v in self.standing() if v.life in LASTING]
        self._start_afresh()
        return over

    def _guarded(self, code: RuleCode, work: Callable[[], T], otherwise: T) -> T:
        def disable(error: Exception) -> T:
            self._disabled[code] = DisabledRule(code, type(error).__name__)
            return otherwise

        return guard(_BOUNDARY, code, work, disable)

    def _start_afresh(self) -> None:
        """Forget all clocks; whatever stands there now may have stood before."""
        self._rules = build_rules(self._settings)
        self._people = _people_of(self._rules, self._scene)
        for rule in self._rules.values():
            rule.doubt_continuity()

    def _restore(self, raw: bytes | None) -> None:
        if raw is None:
            return
        try:
            saved = parse(raw)
        except RuleError as error:
            self._log.error("clocks.damaged", reason=str(error))
            self._start_afresh()
            return
        self._last_at, states = saved.last_at, saved.rules
        if saved.people is not None and self._people.is_watching:
            try:
                self._people.restore(saved.people)
            except RuleError as error:
                self._log.error("clocks.damaged", reason=str(error))
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
        people = self._people.state() if self._people.is_watching else None
        if self._states == before and people == self._saved_people:
            return True
        self._saved_people = people
        state = dump(Saved(self._last_at, self._states, people))
        if self._store.save(self._key, self._epoch, state):
            return True
        self._is_fenced = True
        self._log.warning("lease.lost", lease_epoch=self._epoch)
        return False


def _people_of(rules: Mapping[RuleCode, Rule], scene: ViewScene) -> People:
    """Nobody yet; followed only where a rule on a whole zone asks for people."""
    asked = [rule.inputs for rule in rules.values()]
    compositions = [c for inputs in asked for c in inputs.compositions.values()]
    clauses = [clause for one in compositions for clause in one.everything]
    return People(
        scene,
        is_watching=any(inputs.row.place is PlaceKind.ZONE for inputs in asked),
        gear_classes=frozenset().union(*(c.params.remembered for c in clauses)),
    )
