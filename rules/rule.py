"""The interface both kinds of rule keep; the engine knows nothing else of a rule.

A rule instance belongs to one camera, is used by one thread, and must give the same
violations for the same looks, whatever the host's clock, zone or speed.
"""

from typing import Protocol

from rules.moment import Moment
from rules.rule_inputs import RuleInputs
from rules.violation import Violation
from streams.look_plan import LookRequest


class Rule(Protocol):
    """One catalogue code on one view of a camera."""

    @property
    def inputs(self) -> RuleInputs:
        """What it was built from: code, zones, compositions."""
        ...

    @property
    def crowded(self) -> int:
        """How often a zone held more than the rule can remember."""
        ...

    def needs(self, moment: Moment | None) -> LookRequest:
        """What it tolerates from now on, given the newest look (None before any)."""
        ...

    def judge(self, moment: Moment) -> tuple[Violation, ...]:
        """New revisions this look causes: candidates, openings, changes, ends."""
        ...

    def remembered(self) -> tuple[Violation, ...]:
        """Every violation it remembers, candidates included."""
        ...

    def end(self) -> tuple[Violation, ...]:
        """Nobody judges it any more: what stood, ended, and remembered as ended."""
        ...

    def doubt_continuity(self) -> None:
        """Its memory was lost: what it finds next may have been there before."""
        ...

    def state(self) -> bytes:
        """Everything it remembers, as canonical JSON."""
        ...

    def restore(self, state: bytes) -> None:
        """Take up a state made by `state()`.

        Raises:
            RuleError: The state is damaged or of an unknown version; the rule starts
                afresh and the engine says so.
        """
        ...
