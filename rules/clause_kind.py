"""A kind of clause: its name, typed parameters, words, and the function that judges it.

A catalogue row names kinds and gives parameters; a bureau composes a new code from the
kinds there are without writing Python. A kind judges a standing thing's slot, a whole
zone, or both; it is a pure function of what the look and the memory of the view show.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from rules.clause import Outcome
from rules.moment import Area, Moment, Stand


class Params(BaseModel):
    """Parameters of a kind; subclasses add typed fields, each with a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def named(self) -> frozenset[str]:
        """Classes the parameters name: one of them the model must know."""
        return frozenset()

    @property
    def remembered(self) -> frozenset[str]:
        """Those of them the past of which is asked: when each was last seen."""
        return frozenset()


class Wants(StrEnum):
    """What a clause cannot be told without, besides classes of the model."""

    PERMITS = "permits"
    CALENDAR = "calendar"
    WEATHER = "weather"
    REGISTER = "register"
    REGIONS = "regions"
    REFERENCE = "reference"
    HEADS = "heads"
    POSTURE = "posture"
    EVERY_FRAME = "every_frame"
    RING = "ring"


P = TypeVar("P", bound=Params)


@dataclass(frozen=True, slots=True)
class Words:
    """A clause in words.

    Attributes:
        zh: Title, Chinese.
        en: Title, English.
        number: Word for its number, Chinese; empty where the title says it.
        unit: Unit of its number, Chinese; `%` shows a share in per cent.
    """

    zh: str
    en: str
    number: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ClauseKind(Generic[P]):
    """One kind.

    Attributes:
        words: How it is told.
        params: Type of its parameters.
        on_slot: Judges a standing thing's place; None: it cannot.
        on_zone: Judges a whole zone; None: it cannot.
        classes: One of these the model must know; empty: none needed.
        wants: Inputs it cannot be told without.
        of_place: Whether its answer for a slot is one of where it stands alone: it is
            asked again only when the slot's place, or whether it is raised, changes.
        lasts: Once true of a raised slot it stays true at every look that shows the
            thing there, judged by the same network.
    """

    words: Words
    params: type[P]
    on_slot: Callable[[Stand, Moment, P], Outcome] | None = None
    on_zone: Callable[[Area, Moment, P], Outcome] | None = None
    classes: frozenset[str] = frozenset()
    wants: frozenset[Wants] = field(default_factory=frozenset)
    of_place: bool = False
    lasts: bool = False


AnyKind: TypeAlias = ClauseKind[Any]
"""A kind whatever its parameters: they are checked when a row is bound."""
