"""What a rule on standing things remembers, to and from canonical JSON.

Read back it is checked like any input: it may come from another machine, an older
version, or a store somebody edited.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from base.ids import ZoneName
from rules.clause import ClauseTrace
from rules.errors import RuleError
from rules.life import Course
from rules.newcomer import Newcomer
from rules.place import SlotId
from rules.slot import Slot
from rules.state_text import text_of
from rules.violation import Severity


@dataclass(slots=True)
class Kept:
    """The violation of one slot: its life, and what was last sent of it.

    Attributes:
        zone: The slot's zone.
        slot: The slot's name.
        course: Its life.
        revision: Of the last one sent; 0 before any.
        at: When that was.
        model: The network it was judged with.
        continuity_known: As sent last.
        clauses: As judged last.
        severity: As sent last; None before any.
    """

    zone: ZoneName
    slot: SlotId
    course: Course = field(default_factory=Course)
    revision: int = 0
    at: AwareDatetime | None = None
    model: str = ""
    continuity_known: bool = True
    clauses: tuple[ClauseTrace, ...] = ()
    severity: Severity | None = None


@dataclass(slots=True)
class RuleState:
    """All a rule on standing things remembers."""

    version: Literal[1]
    doubtful_until: AwareDatetime | None
    slots: list[Slot]
    newcomers: list[Newcomer]
    kept: list[Kept] = field(default_factory=list)


_ADAPTER = TypeAdapter(RuleState)


def dump(state: RuleState, kept: bytes) -> bytes:
    """Equal states give equal bytes.

    Args:
        state: The state; its own `kept` is not looked at.
        kept: Its text: lives change rarely, so that it is made apart.
    """
    slots, newcomers = text_of(state.slots), text_of(state.newcomers)
    doubtful = text_of(state.doubtful_until)
    # last_at is for readers of an older version, which want the key
    return (
        b'{"version":1,"last_at":null,"doubtful_until":%b,"slots":%b,"newcomers":%b,'
        b'"kept":%b}' % (doubtful, slots, newcomers, kept)
    )


def parse(raw: bytes) -> RuleState:
    """A state back.

    Raises:
        RuleError: It is damaged or of another version.
    """
    try:
        state = _ADAPTER.validate_json(raw)
    except (ValidationError, ValueError, RecursionError) as error:
        first = str(error).splitlines()[0]
        raise RuleError(f"a saved state cannot be read: {first}") from error
    for slot in state.slots:
        _need_aware(slot.first_seen, slot.last_seen, slot.before, slot.last_look)
    for newcomer in state.newcomers:
        _need_aware(newcomer.since, newcomer.last)
    return state


def _need_aware(*times: datetime) -> None:
    if any(time.tzinfo is None for time in times):
        raise RuleError("a saved state has times without a zone")
