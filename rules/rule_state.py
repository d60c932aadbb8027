"""What a rule on standing things remembers, to and from canonical JSON."""

from typing import Literal

from msgspec import Struct

from base.ids import ZoneName
from rules.clause import ClauseTrace
from rules.life import Course
from rules.newcomer import Newcomer
from rules.place import SlotId
from rules.slot import Slot
from rules.state_text import Time, read, text_of
from rules.violation import Severity


class Kept(Struct):
    """The violation of one slot: its life, and what was last sent of it.

    Attributes:
        zone: The slot's zone.
        slot: The slot's name.
        course: Its life.
        revision: Of the last one sent; 0 before any.
        at: When that was.
        model: The network it was judged with.
        continuity_known: As sent last.
        clauses: As sent last.
        now: As judged last, where a clause has turned since; else empty.
        severity: As sent last; None before any.
    """

    zone: ZoneName
    slot: SlotId
    course: Course = Course()
    revision: int = 0
    at: Time | None = None
    model: str = ""
    continuity_known: bool = True
    clauses: tuple[ClauseTrace, ...] = ()
    now: tuple[ClauseTrace, ...] = ()
    severity: Severity | None = None


class RuleState(Struct):
    """All a rule on standing things remembers."""

    version: Literal[1]
    doubtful_until: Time | None
    slots: list[Slot]
    newcomers: list[Newcomer]
    kept: list[Kept] = []


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
    return read(raw, RuleState, "a saved state")
