"""Every kind of clause there is, by name: what a catalogue row may be composed of."""

from collections.abc import Mapping

from rules.clause_kind import AnyKind
from rules.people_clauses import PEOPLE_CLAUSES
from rules.standing_clauses import STANDING_CLAUSES

CLAUSES: Mapping[str, AnyKind] = {**STANDING_CLAUSES, **PEOPLE_CLAUSES}
