"""Who looked at which evidence file, and why: on record before the bytes go out.

A player asks for a clip in dozens of ranges and a page shows a still again and again:
within `ONCE_S` the same person, file and reason are one view. A reason stated for an
alert stands for as long, so that it is not asked for with every picture of it.
"""

import threading
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from alerts.alert import AlertId
from alerts.audit import Act, Actor
from alerts.evidence_acts import EvidenceActs
from base.clock import Clock
from base.json_value import JsonValue

ONCE_S: Final = 900.0
REMEMBERED: Final = 10_000
STATED: Final = "evidence.stated"

_View = tuple[str, str, str, str]


class Ground(StrEnum):
    """What a look at evidence rests on."""

    STATED = "stated"
    CLAIM = "claim"
    QUEUE = "queue"
    SECOND_LOOK = "second_look"
    TASK = "task"
    MISS_AUDIT = "miss_audit"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Why:
    """Why somebody looks: the reason as the trail tells it, and what it rests on."""

    reason: str
    ground: Ground = Ground.STATED


class ViewBook:
    """Puts views on record; safe to use from any thread."""

    def __init__(self, acts: EvidenceActs, clock: Clock) -> None:
        self._acts, self._clock = acts, clock
        self._lock = threading.Lock()
        self._seen: dict[_View, float] = {}

    def note(
        self,
        actor: Actor,
        subject: str,
        name: str,
        why: Why,
        *,
        is_saved: bool = False,
    ) -> None:
        """Somebody is about to see the file `name` of `subject`, `pack/<id>`.

        Args:
            actor: Who.
            subject: Whose file.
            name: Which.
            why: The reason, and what it rests on.
            is_saved: It is given to be kept, not to be looked at.

        Raises:
            ReasonMissingError: No reason was given.
            StoreUnavailableError: The database is away; nothing may be shown.
        """
        reason = f"{why.ground} {is_saved} {why.reason.strip()}"
        view = (actor.name, subject, name, reason)
        now_s = self._clock.monotonic_s()
        with self._lock:
            at_s = self._seen.get(view)
        if at_s is not None and now_s - at_s < ONCE_S:
            return
        detail: dict[str, JsonValue] = {"file": name, "ground": why.ground.value}
        if is_saved:
            detail["saved"] = True
        self._acts.append(actor, Act("evidence.viewed", subject, why.reason, detail))
        with self._lock:
            self._seen.pop(view, None)
            self._seen[view] = now_s
            while len(self._seen) > REMEMBERED:
                del self._seen[next(iter(self._seen))]

    def state(self, actor: Actor, alert: AlertId, reason: str, purpose: str) -> None:
        """Somebody says why they are going to look at the evidence of an alert.

        Raises:
            ReasonMissingError: No reason was given.
            StoreUnavailableError: The database is away; nothing is shown.
        """
        detail: dict[str, JsonValue] = {"purpose": purpose}
        self._acts.append(actor, Act(STATED, f"alert/{alert}", reason, detail))

    def stated(self, name: str, alert: AlertId) -> str | None:
        """What the person `name` last said of the alert, while it stands; else None.

        It is read off the trail itself, so that every machine that serves knows it.

        Raises:
            StoreUnavailableError: The database is away.
        """
        since = self._clock.utc_now() - timedelta(seconds=ONCE_S)
        return self._acts.last_reason(Actor(name, ""), STATED, f"alert/{alert}", since)
