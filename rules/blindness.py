"""Which rules cannot see: for want of a class the model lacks, or of an input."""

from collections.abc import Mapping
from dataclasses import dataclass

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
    """

    classes: frozenset[str]
    scene: ViewScene
    context: Context
    has_reference: bool = True

    def lacks(self, wanted: Wants, zone: ZoneName) -> bool:
        """Whether an input is wanting in a zone."""
        absent: Mapping[Wants, bool] = {
            Wants.PERMITS: isinstance(self.context.permits, NoPermitBook),
            Wants.CALENDAR: isinstance(self.context.calendar, NoCalendar),
            Wants.WEATHER: isinstance(self.context.weather, NoWeather),
            Wants.REGISTER: isinstance(self.context.register, NoRegister),
            Wants.REFERENCE: not self.has_reference,
            Wants.RING: not self.scene.related(zone, Purpose.ATTENDANT_RING),
        }
        return absent.get(wanted, False)


def blind(rule: Rule, able: Able) -> tuple[Blind, ...]:
    """Where `rule` can never become true, and the first clause that is to blame."""
    inputs = rule.inputs
    found = []
    for zone, composition in inputs.compositions.items():
        needed = [c for c in composition.clauses if not c.may_be_unknown]
        told = ((clause, _why(clause, able, zone)) for clause in needed)
        first = next(((c, why) for c, why in told if why is not None), None)
        if first is not None:
            found.append(Blind(inputs.code, zone, first[1], first[0].name))
    return tuple(found)


def wanted(rule: Rule, able: Able) -> tuple[Blind, ...]:
    """Every clause of `rule` that cannot be told, zone by zone, and why."""
    inputs, found = rule.inputs, []
    for zone, composition in inputs.compositions.items():
        for clause in composition.clauses:
            why = _why(clause, able, zone)
            if why is not None:
                is_soft = clause.may_be_unknown or why is Why.NO_REFERENCE
                blind = Blind(inputs.code, zone, why, clause.name, not is_soft)
                found.append(blind)
    return tuple(found)


def _why(clause: BoundClause, able: Able, zone: ZoneName) -> Why | None:
    classes = clause.kind.classes | clause.params.named
    if classes and not classes & able.classes:
        return Why.NO_SUCH_CLASS
    for wanted in sorted(clause.kind.wants):
        if able.lacks(wanted, zone):
            return WANTING[wanted]
    return None
