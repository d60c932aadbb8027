"""Every kind of clause there is, by name: what a catalogue row may be composed of."""

from collections.abc import Mapping

from rules.clause_kind import AnyKind
from rules.context_clauses import CONTEXT_CLAUSES
from rules.goods_clauses import GOODS_CLAUSES
from rules.opening_clauses import OPENING_CLAUSES
from rules.people_clauses import PEOPLE_CLAUSES
from rules.standing_clauses import STANDING_CLAUSES

CLAUSES: Mapping[str, AnyKind] = {
    **STANDING_CLAUSES,
    **GOODS_CLAUSES,
    **PEOPLE_CLAUSES,
    **OPENING_CLAUSES,
    **CONTEXT_CLAUSES,
}
