"""The legal gates of 行政处罚法 that stand before a verdict, each by its article.

A gate either lets pass or says what is missing. Nothing here decides a matter: it only
keeps the service from calling something evidence that the law would not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from alerts.evidence_mode import REASONS_ZH, ClueReason
from cases.errors import GateError
from cases.life import Act, ReviewState
from cases.task import TaskKind
from cases.verdict import Leniency, Verdict
from identity.person import Person


@dataclass(frozen=True, slots=True)
class Standing:
    """What a gate looks at, besides the verdict.

    Attributes:
        person: Who gives the verdict.
        opened_at: Media time the rule became true.
        clue_reasons: Why the evidence is a clue and no more; empty: it may stand.
        others: Who confirmed or refused before: never the second officer.
        confirmed_before: Confirmed alerts at the same place within the window.
    """

    person: Person
    opened_at: datetime
    clue_reasons: tuple[str, ...]
    others: frozenset[str]
    confirmed_before: int


Gate = Callable[[Standing, Verdict], None]


def art41_four_ticks(standing: Standing, verdict: Verdict) -> None:
    """Art. 41 ¶2: 真实 清晰 完整 准确 are looked at, each for itself."""
    del standing
    missing = ("真实", "清晰", "完整", "准确")
    if verdict.ticks is not None:
        missing = verdict.ticks.missing  # type: ignore[assignment]
    if missing:
        raise GateError("ticks", f"not ticked: {' '.join(missing)}")


def art41_clip_seen(standing: Standing, verdict: Verdict) -> None:
    """Art. 41 ¶2: unreviewed is no evidence: the clip was seen up to the act."""
    reached = verdict.clip_reached
    if reached is None or reached < standing.opened_at:
        raise GateError("clip", "watch the clip up to where the rule became true")


def art41_device_and_record(standing: Standing, verdict: Verdict) -> None:
    """Art. 41 ¶1: reviewed device, published place, whole record; else a clue."""
    del verdict
    if standing.clue_reasons:
        why = "；".join(standing.clue_reasons)
        raise GateError("clue_only", f"只能作为线索：{why}")


def art41_not_locked(standing: Standing, verdict: Verdict) -> None:
    """Art. 41 ¶2: what was changed after it was sealed is neither clue nor evidence."""
    del verdict
    broken = REASONS_ZH[ClueReason.INTEGRITY_BROKEN]
    if broken in standing.clue_reasons:
        raise GateError("locked", broken)


def art42_certificate(standing: Standing, verdict: Verdict) -> None:
    """Art. 42: who confirms evidence holds an officer certificate (执法证)."""
    del verdict
    if not standing.person.is_certified:
        msg = f"{standing.person.name} holds no officer certificate"
        raise GateError("certificate", msg)


def art42_another_officer(standing: Standing, verdict: Verdict) -> None:
    """Art. 42: at least two officers: nobody confirms what they confirmed."""
    del verdict
    if standing.person.name in standing.others:
        msg = "a second officer confirms, not the one who did before"
        raise GateError("another_officer", msg)


def art33_first_offence_has_history(standing: Standing, verdict: Verdict) -> None:
    """Art. 33 ¶1: 初次 is asked of the history, not felt."""
    if verdict.leniency is Leniency.FIRST and standing.confirmed_before:
        found = standing.confirmed_before
        raise GateError("first_offence", f"not the first: {found} confirmed before")


def art33_education(standing: Standing, verdict: Verdict) -> None:
    """Art. 33 ¶3: where nothing follows, the party is told and taught."""
    del standing
    if verdict.leniency is not Leniency.NONE and not verdict.education.strip():
        raise GateError("education", "say what the party was told (art. 33)")


HANDLED = frozenset({ReviewState.CONFIRMED, ReviewState.EVIDENCE})


def art41_handled_after_a_verdict(state: ReviewState, kind: TaskKind) -> None:
    """Art. 41 ¶2: nothing follows from what no named person confirmed.

    Sending somebody to look is part of finding out, and open at any time.

    Raises:
        GateError: Somebody shall handle what has no verdict that it is there.
    """
    if kind is TaskKind.HANDLE and state not in HANDLED:
        raise GateError("verdict", "confirm it first; until then send to check")


CONFIRMING: tuple[Gate, ...] = (
    art41_not_locked,
    art33_first_offence_has_history,
    art33_education,
)
EVIDENCE: tuple[Gate, ...] = (
    art42_certificate,
    art42_another_officer,
    art41_device_and_record,
    art41_four_ticks,
    art41_clip_seen,
)

GATES: dict[Act, tuple[Gate, ...]] = {
    Act.CONFIRM_CLUE: CONFIRMING,
    Act.CONFIRM_EVIDENCE: (*EVIDENCE, *CONFIRMING),
    Act.AGREE: EVIDENCE,
    Act.DISAGREE: (art42_certificate, art42_another_officer),
}
"""Which gates stand before which act; the others have none."""


def pass_gates(standing: Standing, verdict: Verdict) -> None:
    """Ask every gate of the act, in order.

    Raises:
        GateError: The first that is closed.
    """
    for gate in GATES.get(verdict.act, ()):
        gate(standing, verdict)
