"""Which rules cannot see: for want of a class the model lacks, or of an input."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from base.ids import ZoneName
from rules.clause import Why
from rules.clause_kind import Wants
from rules.composition import BoundClause
from rules.context import Context, NoCalendar, NoRegister, NoWeather
from rules.permit import NoPermitBook
from rules.rule import Rule
from rules.settings import Purpose, RuleCode
from rules.view_scene import ViewScene

WANTING: Mapping[Wants, Why] = {
    Wants.PERMITS: Why.NO_PERMIT_FEED,
    Wants.CALENDAR: Why.NO_CALENDAR,
    Wants.WEATHER: Why.NO_WEATHER_FEED,
    Wants.REGISTER: Why.NO_REGISTER,
    Wants.RING: Why.NOT_DRAWN,
    Wants.REFERENCE: Why.NO_REFERENCE,
}
"""Why a clause is unknown while an input is wanting."""
FOR_SOME = frozenset({Why.NO_REFERENCE, Why.NO_CALENDAR})
"""What only some places or permits need: an opening may be told by who is inside, and
most permits hold on every day."""


@dataclass(frozen=True, slots=True)
class Blind:
    """A rule that cannot see in a zone: which class or input is wanting.

    Attributes:
        code: The rule.
        zone: Where.
        why: What is wanting.
        clause: Which of its clauses stays unknown.
        holds_back: Whether it can never become true; false where that clause may be
            unknown, or may be told in another way.
    """

    code: RuleCode
    zone: ZoneName
    why: Why
    clause: str = ""
    holds_back: bool = True


@dataclass(frozen=True, slots=True)
class Able:
    """What a camera has.

    Attributes:
        classes: What its model can name.
        scene: Its view.
        context: Its registries.
        has_reference: Whether its view has a reference picture.
        day: The local day its calendar must know; None: not asked.
    """

    classes: frozenset[str]
    scene: ViewScene
    context: Context
    has_reference: bool = True
    day: date | None = None

    def lacks(self, wanted: Wants, zone: ZoneName) -> bool:
        """Whether an input is wanting in a zone."""
        absent: Mapping[Wants, bool] = {
            Wants.PERMITS: isinstance(self.context.permits, NoPermitBook),
            Wants.CALENDAR: self._lacks_calendar(),
            Wants.WEATHER: isinstance(self.context.weather, NoWeather),
            Wants.REGISTER: isinstance(self.context.register, NoRegister),
            Wants.REFERENCE: not self.has_reference,
            Wants.RING: not self.scene.related(zone, Purpose.ATTENDANT_RING),
        }
        return absent.get(wanted, False)

    def _lacks_calendar(self) -> bool:
        """Whether permits bound to working days or holidays could not be read."""
        permits, calendar = self.context.permits, self.context.calendar
        if isinstance(permits, NoPermitBook):
            return False  # no permit, no window
        if isinstance(calendar, NoCalendar):
            return True
        return self.day is not None and calendar.kind(self.day) is None


def blind(rule: Rule, able: Able) -> tuple[Blind, ...]:
    """Where `rule` can never become true, and the first clause that is to blame."""
    inputs = rule.inputs
    found = []
    for zone, composition in inputs.compositions.items():
        needed = [c for c in composition.clauses if not c.may_be_unknown]
        told = ((c, why) for c in needed for why in _whys(c, able, zone))
        first = next(((c, why) for c, why in told if why not in FOR_SOME), None)
        if first is not None:
            found.append(Blind(inputs.code, zone, first[1], first[0].name))
    return tuple(found)


def wanted(rule: Rule, able: Able) -> tuple[Blind, ...]:
    """Every clause of `rule` that cannot be told, zone by zone, and why."""
    inputs, found = rule.inputs, []
    for zone, composition in inputs.compositions.items():
        for n, clause in enumerate(composition.everything):
            is_step = n >= len(composition.clauses)
            for why in _whys(clause, able, zone):
                is_soft = is_step or clause.may_be_unknown or why in FOR_SOME
                blind = Blind(inputs.code, zone, why, clause.name, not is_soft)
                found.append(blind)
    return tuple(found)


def _whys(clause: BoundClause, able: Able, zone: ZoneName) -> tuple[Why, ...]:
    """What a clause lacks in a zone: a class first, for then nothing else helps."""
    classes = clause.kind.classes | clause.params.named
    if classes and not classes & able.classes:
        return (Why.NO_SUCH_CLASS,)
    lacking = (w for w in sorted(clause.kind.wants) if able.lacks(w, zone))
    return tuple(WANTING[wanted] for wanted in lacking)
