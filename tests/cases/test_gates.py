"""Each legal gate of 行政处罚法 that applies here, by the article's number."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.errors import NotFoundError
from alerts.evidence_mode import REASONS_ZH, ClueReason
from cases import gates
from cases.errors import GateError, IllegalStepError
from cases.life import Act, Lane
from cases.tables import ReviewRow, SecondLookRow
from cases.task import TaskKind
from cases.task_book import NewTask
from cases.verdict import COMMENT_NEEDED, Leniency, Reason, Ticks, Verdict
from identity.right import Role
from tests.api.stored import T0
from tests.cases.conftest import (
    ALL,
    CLUE,
    LI,
    PERMITTED,
    WANG,
    ZHAO,
    Bureau,
    agreed,
    confirmed,
    person,
)


def _refused(bureau: Bureau, who: object, verdict: Verdict, gate: str) -> None:
    alert = bureau.alert()
    with pytest.raises(GateError) as caught:
        bureau.desk.reviews.give(alert, who, verdict)  # type: ignore[arg-type]

    assert caught.value.gate == gate
    assert bureau.state(alert) == "queued"


@pytest.mark.parametrize("missing", ["true", "clear", "complete", "accurate"])
def test_art41_para2_all_four_ticks_are_wanted(bureau: Bureau, missing: str) -> None:
    """真实 清晰 完整 准确: one missing, and it is no evidence."""
    ticks = replace(ALL, **{missing: False})

    _refused(bureau, WANG, confirmed(ticks=ticks), "ticks")


def test_art41_para2_what_was_not_seen_is_not_reviewed(bureau: Bureau) -> None:
    """The clip must have been watched up to where the rule became true."""
    before = T0 + timedelta(seconds=1) - timedelta(milliseconds=1)

    _refused(bureau, WANG, confirmed(reached=before), "clip")


def test_art41_para1_an_unreviewed_or_unpublished_device_gives_clues_only(
    bureau: Bureau,
) -> None:
    """Each reason is named; as a clue the same alert may be confirmed."""
    bureau.clue_reasons.append("设置地点未向社会公布")
    alert = bureau.alert()

    with pytest.raises(GateError, match="未向社会公布"):
        bureau.desk.reviews.give(alert, WANG, confirmed())

    bureau.desk.reviews.give(alert, WANG, CLUE)
    assert bureau.state(alert) == "confirmed"


def test_art42_without_certificate_no_evidence_scenario_14(bureau: Bureau) -> None:
    """An uncertified user confirms as evidence: refused; as a clue they may."""
    uncertified = person("chen", certificate="")

    alert = bureau.alert()

    with pytest.raises(GateError) as caught:
        bureau.desk.reviews.give(alert, uncertified, confirmed())

    assert caught.value.gate == "certificate"
    assert bureau.state(alert) == "queued"
    bureau.desk.reviews.give(alert, uncertified, CLUE)
    assert bureau.state(alert) == "confirmed"


def test_art42_two_officers_scenario_13(bureau: Bureau) -> None:
    """A confirms; A is never offered the second look; B is, and makes the evidence."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, confirmed())
    assert bureau.state(alert) == "second"

    assert bureau.desk.queue.head(Lane.REVIEW, WANG, None, 10).blind == 0
    assert bureau.desk.queue.head(Lane.REVIEW, LI, None, 10).blind == 1
    with pytest.raises(Exception, match="nothing waits"):
        bureau.desk.blind.take(WANG, None)
    look = bureau.desk.blind.take(LI, None)
    bureau.desk.blind.answer(look.id, LI, agreed())

    assert bureau.state(alert) == "evidence"
    given = bureau.desk.reviews.get(alert)[1]
    assert [one.by for one in given] == ["wang", "li"]


def test_art42_the_second_officer_holds_a_certificate_too(bureau: Bureau) -> None:
    """A second look is not even offered to somebody without."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, confirmed())

    with pytest.raises(Exception, match="nothing waits"):
        bureau.desk.blind.take(person("chen", certificate=""), None)
    assert bureau.state(alert) == "second"


def test_art42_disagreement_goes_to_a_third_who_settles(bureau: Bureau) -> None:
    """The supervisor is neither of the two, and must be one who may settle."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, confirmed())
    look = bureau.desk.blind.take(LI, None)
    refusal = Verdict(Act.DISAGREE, "车内有人", reason=Reason.NOT_A_VIOLATION)
    bureau.desk.blind.answer(look.id, LI, refusal)
    assert bureau.state(alert) == "supervisor"

    first_as_senior = person("wang", Role.SENIOR)
    with pytest.raises(IllegalStepError):
        bureau.desk.reviews.give(alert, person("sun"), confirmed())
    with pytest.raises(GateError, match="second officer"):
        bureau.desk.reviews.give(alert, first_as_senior, confirmed())
    bureau.desk.reviews.give(alert, ZHAO, confirmed())

    assert bureau.state(alert) == "evidence"


def test_art42_nobody_who_spoke_in_an_earlier_round_is_the_second(
    bureau: Bureau,
) -> None:
    """A review that went back to the queue: the first officer, and who disagreed."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, confirmed())
    look = bureau.desk.blind.take(LI, None)
    refusal = Verdict(Act.DISAGREE, "车内有人", reason=Reason.NOT_A_VIOLATION)
    bureau.desk.blind.answer(look.id, LI, refusal)
    with bureau.database.transaction() as session:
        # as reviews stood that came back from on site to the open queue
        session.get_one(ReviewRow, alert).state = "queued"
    bureau.desk.reviews.give(alert, person("sun"), confirmed())

    for spoke in (WANG, LI):
        with pytest.raises(NotFoundError):
            bureau.desk.blind.take(spoke, None)
    held = bureau.desk.blind.take(person("qian"), None)
    with bureau.database.transaction() as session:
        session.get_one(SecondLookRow, held.id).claimed_by = "wang"
    with pytest.raises(GateError, match="second officer"):
        bureau.desk.blind.answer(held.id, WANG, agreed())


def test_art33_para1_a_first_offence_is_looked_up(bureau: Bureau) -> None:
    """With a confirmed one at the same place, 初次 is refused."""
    earlier, now = bureau.alert(1), bureau.alert(2)
    _same_place(bureau, earlier, now)
    bureau.desk.reviews.give(earlier, WANG, CLUE)
    first = Verdict(Act.CONFIRM_CLUE, leniency=Leniency.FIRST, education="已当面告知")

    with pytest.raises(GateError, match="not the first"):
        bureau.desk.reviews.give(now, WANG, first)


def _same_place(bureau: Bureau, *alerts: object) -> None:
    with bureau.database.transaction() as session:
        for alert in alerts:
            row = session.get(ReviewRow, alert)
            assert row is not None
            row.place_key = "one place"


@pytest.mark.parametrize("kind", [Leniency.MINOR, Leniency.FIRST, Leniency.NO_FAULT])
def test_art33_para3_where_nothing_follows_the_party_is_taught(
    bureau: Bureau, kind: Leniency
) -> None:
    """不予 without 教育 is refused; with it, it passes."""
    lenient = Verdict(Act.CONFIRM_CLUE, leniency=kind)
    _refused(bureau, WANG, lenient, "education")

    taught = bureau.alert(2)
    bureau.desk.reviews.give(taught, WANG, replace(lenient, education="已当面告知"))
    assert bureau.state(taught) == "confirmed"


def test_art40_unclear_facts_are_a_reason_to_reject(bureau: Bureau) -> None:
    """Confidence is no substitute: 事实不清 ends it, with a comment."""
    alert = bureau.alert()
    unclear = Verdict(Act.REJECT, "夜间看不清", reason=Reason.FACTS_UNCLEAR)

    bureau.desk.reviews.give(alert, WANG, unclear)

    assert bureau.state(alert) == "rejected"


def test_zhejiang_art30_auxiliaries_triage_and_decide_nothing(bureau: Bureau) -> None:
    """协辅 may be unsure, defer, ask for a look on site; not confirm, not reject."""
    helper = person("aux", Role.AUXILIARY)
    alert = bureau.alert()

    for verdict in (CLUE, PERMITTED, confirmed()):
        with pytest.raises(IllegalStepError):
            bureau.desk.reviews.give(alert, helper, verdict)
    bureau.desk.reviews.give(alert, helper, Verdict(Act.UNSURE, "车内似有人"))

    assert bureau.state(alert) == "senior"


def test_art41_para2_what_was_changed_after_sealing_is_nothing(bureau: Bureau) -> None:
    """Changed bytes: neither evidence nor a clue; it can still be rejected."""
    bureau.clue_reasons.append(REASONS_ZH[ClueReason.INTEGRITY_BROKEN])

    _refused(bureau, WANG, CLUE, "locked")
    other = bureau.alert(2)
    with pytest.raises(GateError):
        bureau.desk.reviews.give(other, WANG, confirmed())
    bureau.desk.reviews.give(other, WANG, PERMITTED)
    assert bureau.state(other) == "rejected"


def test_art41_para2_nobody_is_sent_to_handle_what_nobody_confirmed(
    bureau: Bureau,
) -> None:
    """To look, at any time; to handle, once a named person has confirmed it."""
    alert = bureau.alert()
    handle = NewTask(alert, TaskKind.HANDLE, "na", "请劝离")
    with pytest.raises(GateError) as caught:
        bureau.desk.tasks.add(handle, WANG)
    assert caught.value.gate == "verdict"
    bureau.desk.tasks.add(replace(handle, kind=TaskKind.CHECK), WANG)

    bureau.desk.reviews.give(alert, WANG, CLUE)

    assert bureau.desk.tasks.add(handle, WANG).kind is TaskKind.HANDLE


GATE_TESTS: dict[Callable[..., None], tuple[Callable[..., None], ...]] = {
    gates.art41_four_ticks: (test_art41_para2_all_four_ticks_are_wanted,),
    gates.art41_clip_seen: (test_art41_para2_what_was_not_seen_is_not_reviewed,),
    gates.art41_device_and_record: (
        test_art41_para1_an_unreviewed_or_unpublished_device_gives_clues_only,
    ),
    gates.art41_not_locked: (
        test_art41_para2_what_was_changed_after_sealing_is_nothing,
    ),
    gates.art41_handled_after_a_verdict: (
        test_art41_para2_nobody_is_sent_to_handle_what_nobody_confirmed,
    ),
    gates.art42_certificate: (
        test_art42_without_certificate_no_evidence_scenario_14,
        test_art42_the_second_officer_holds_a_certificate_too,
    ),
    gates.art42_another_officer: (
        test_art42_two_officers_scenario_13,
        test_art42_disagreement_goes_to_a_third_who_settles,
    ),
    gates.art33_first_offence_has_history: (
        test_art33_para1_a_first_offence_is_looked_up,
    ),
    gates.art33_education: (
        test_art33_para3_where_nothing_follows_the_party_is_taught,
    ),
}


def test_every_gate_has_a_test_named_after_its_article() -> None:
    """A gate that is added without one fails here."""
    known = {it for name, it in vars(gates).items() if name.startswith("art")}

    assert set(GATE_TESTS) == known
    for gate, proofs in GATE_TESTS.items():
        article = gate.__name__.partition("_")[0]
        for proof in proofs:
            assert proof.__name__.startswith(f"test_{article}_")


@pytest.mark.parametrize("reason", sorted(COMMENT_NEEDED))
def test_reasons_that_say_too_little_want_a_comment(
    bureau: Bureau, reason: Reason
) -> None:
    """An engineer, or a court, will ask."""
    _refused(bureau, WANG, Verdict(Act.REJECT, "  ", reason=reason), "comment")


def test_a_rejection_names_its_reason(bureau: Bureau) -> None:
    """There is no other way to say no."""
    _refused(bureau, WANG, Verdict(Act.REJECT), "reason")


def test_no_ticks_at_all_is_all_four_missing(bureau: Bureau) -> None:
    """The message names them."""
    alert = bureau.alert()

    with pytest.raises(GateError, match="真实 清晰 完整 准确"):
        bureau.desk.reviews.give(alert, WANG, confirmed(ticks=None))
    with pytest.raises(GateError, match="真实 清晰 完整 准确"):
        bureau.desk.reviews.give(alert, WANG, confirmed(ticks=Ticks()))
