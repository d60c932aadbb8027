"""Verdicts as people send them, as cases read them."""

from alerts.alert import AlertId
from api.review_view import (
    AskOnsite,
    BlindAnswer,
    BlindConfirm,
    ConfirmClue,
    ConfirmEvidence,
    Defer,
    Merge,
    Reject,
    TakenTicks,
    TakenVerdict,
)
from cases.life import Act
from cases.verdict import Ticks, Verdict


def _ticks(taken: TakenTicks) -> Ticks:
    return Ticks(taken.true, taken.clear, taken.complete, taken.accurate)


def verdict_from(body: TakenVerdict) -> Verdict:
    """A first, senior or supervisor's verdict."""
    comment = body.comment
    match body:
        case ConfirmClue():
            return Verdict(
                Act.CONFIRM_CLUE,
                comment,
                leniency=body.leniency,
                education=body.education,
            )
        case ConfirmEvidence():
            return Verdict(
                Act.CONFIRM_EVIDENCE,
                comment,
                ticks=_ticks(body.ticks),
                clip_reached=body.clip_reached,
                leniency=body.leniency,
                education=body.education,
            )
        case Reject():
            return Verdict(Act.REJECT, comment, reason=body.reason)
        case Merge():
            return Verdict(Act.MERGE, comment, into=AlertId(body.into))
        case Defer():
            return Verdict(Act.DEFER, comment, until=body.until)
        case AskOnsite():
            return Verdict(Act.ASK_ONSITE, comment, officer=body.officer)
        case _:
            return Verdict(Act.UNSURE, comment)


def blind_verdict_from(body: BlindAnswer) -> Verdict:
    """What a second look says."""
    if isinstance(body, BlindConfirm):
        return Verdict(
            Act.AGREE,
            body.comment,
            ticks=_ticks(body.ticks),
            clip_reached=body.clip_reached,
        )
    comment = body.comment or body.reason.value
    return Verdict(Act.DISAGREE, comment, reason=body.reason)
