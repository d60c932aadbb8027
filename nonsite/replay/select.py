"""Which cases of a suite are played, by code, condition, tag and name."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from nonsite.replay.case import Condition
from nonsite.replay.load import LoadedCase


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for; of each kind any will do, an empty one asks for nothing.

    Attributes:
        codes: Catalogue codes that are expected, named absent, or set in `rules:`.
        conditions: What the recording shows.
        tags: Free words.
        names: Patterns of case names, `night*`.
    """

    codes: frozenset[str] = frozenset()
    conditions: frozenset[Condition] = frozenset()
    tags: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()

    def of(self, cases: Iterable[LoadedCase]) -> tuple[LoadedCase, ...]:
        """The cases that are asked for, in their order."""
        return tuple(case for case in cases if self._wants(case))

    def _wants(self, loaded: LoadedCase) -> bool:
        case = loaded.case
        return (
            (not self.codes or bool(self.codes & _codes(loaded)))
            and (not self.conditions or bool(self.conditions & set(case.conditions)))
            and (not self.tags or bool(self.tags & set(case.tags)))
            and (not self.names or any(fnmatchcase(loaded.name, n) for n in self.names))
        )


def _codes(loaded: LoadedCase) -> set[str]:
    case = loaded.case
    found = {want.code for want in case.expect} | set(case.rules)
    found |= {absent.code for absent in case.absent if absent.code is not None}
    for camera in loaded.site.cameras.values():
        found |= set(camera.rules)
    return found
