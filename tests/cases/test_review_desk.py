"""Claims, verdicts, undo, leases: what two people at two desks can do to each other."""

import threading
from datetime import timedelta
from functools import partial

import pytest

from alerts.alert import AlertId
from alerts.errors import NotFoundError
from alerts.tables import AlertRow, EventRow
from cases.errors import (
    CaseError,
    ClaimedError,
    IllegalStepError,
    LeaseLostError,
    TooLateError,
)
from cases.leases import run_out
from cases.life import Act, Lane
from cases.review import LEASE_S, UNDO_S
from cases.tables import ReviewRow
from cases.verdict import Reason, Verdict
from identity.person import LOCAL
from identity.right import Role
from rules.violation import Life, Phase, Severity
from tests.api.stored import staged
from tests.cases.conftest import (
    CLUE,
    LI,
    NOW,
    PERMITTED,
    WANG,
    ZHAO,
    Bureau,
    agreed,
    confirmed,
    person,
    run_together,
)


def _queue(bureau: Bureau) -> list[AlertId]:
    head = bureau.desk.queue.head(Lane.REVIEW, WANG, None, 50)
    return [review.alert for review in head.reviews]


def test_the_queue_is_ordered_by_severity_deadline_and_age(bureau: Bureau) -> None:
    """S1 first, then what is due first, then what is oldest."""
    older, newer = bureau.alert(1), bureau.alert(2)
    bureau.clock.advance(60)
    late = bureau.alert(3)
    grave = bureau.alert(4, severity=Severity.S1)

    assert _queue(bureau) == [grave, older, newer, late]


def test_an_alert_in_its_grace_is_not_in_the_queue(bureau: Bureau) -> None:
    """It enters when the grace is over; one that left is void and asks nobody."""
    stays, leaves = (bureau.alert(n, phase=Phase.GRACE) for n in (1, 2))
    assert _queue(bureau) == []

    bureau.follow(stays, phase="due")
    bureau.follow(leaves, life=Life.CLEARED.value)

    assert _queue(bureau) == [stays]
    assert bureau.state(leaves) == "void"


def test_life_danger_waits_for_no_grace(bureau: Bureau) -> None:
    """S1 is in the queue at once, and an alert that becomes S1 too."""
    grave = bureau.alert(1, severity=Severity.S1, phase=Phase.GRACE)
    other = bureau.alert(2, phase=Phase.GRACE)

    bureau.follow(other, severity="S1")

    assert set(_queue(bureau)) == {grave, other}


def test_danger_to_life_that_was_dismissed_or_put_off_is_looked_at_again(
    bureau: Bureau,
) -> None:
    """It is there again: on record, in the queue, with S1's minute; 60 s from now."""
    ids = [bureau.alert(n, severity=Severity.S1) for n in (1, 2, 3, 4)]
    dismissed, put_off, confirmed_one, street = ids
    until = NOW + timedelta(hours=5)
    bureau.desk.reviews.give(dismissed, WANG, PERMITTED)
    bureau.desk.reviews.give(put_off, WANG, Verdict(Act.DEFER, until=until))
    bureau.desk.reviews.give(confirmed_one, WANG, CLUE)
    bureau.desk.reviews.give(street, WANG, PERMITTED)
    for alert in ids:
        bureau.desk.reviews.acknowledge(alert, WANG)
        bureau.follow(alert, life="cleared")
    bureau.clock.advance(3600)

    for alert in (dismissed, put_off, confirmed_one):
        bureau.follow(alert, life="reopened")
    bureau.follow(street, life="reopened", severity="S3")

    assert set(_queue(bureau)) == {dismissed, put_off}
    assert [bureau.state(one) for one in ids[2:]] == ["confirmed", "rejected"]
    review, given = bureau.desk.reviews.get(dismissed)
    assert review.deadline == bureau.clock.utc_now() + timedelta(seconds=60)
    assert [one.undone_at for one in given] == [None]
    again = [
        e for e in bureau.trail() if e.action in {"review.reopened", "review.woken"}
    ]
    assert {e.subject for e in again} == {f"alert/{dismissed}", f"alert/{put_off}"}
    sounding = {one.alert for one in bureau.desk.alarms.sounding()}
    assert sounding == {dismissed, put_off, confirmed_one}


def test_of_two_who_claim_at_once_one_gets_it(bureau: Bureau) -> None:
    """Ten at the same time: one lease, nine are told whose it is."""
    alert = bureau.alert()
    got: list[str] = []
    told: list[str] = []
    together = threading.Barrier(10)

    def claim(n: int) -> None:
        together.wait()
        try:
            bureau.desk.reviews.claim(alert, person(f"p{n}"))
        except ClaimedError as error:
            told.append(str(error))
        else:
            got.append(f"p{n}")

    threads = [threading.Thread(target=claim, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 1
    assert len(told) == 9
    assert all(text.startswith(got[0]) for text in told)


def test_a_lease_is_renewed_while_open_and_runs_out_as_a_skip(bureau: Bureau) -> None:
    """90 s, again with each renewal; then it is anybody's and the skip on record."""
    alert = bureau.alert()
    bureau.desk.reviews.claim(alert, WANG)
    bureau.clock.advance(LEASE_S - 1)
    bureau.desk.reviews.claim(alert, WANG)
    bureau.clock.advance(LEASE_S - 1)
    with pytest.raises(ClaimedError):
        bureau.desk.reviews.claim(alert, LI)

    bureau.clock.advance(2)
    run_out(bureau.database, bureau.clock)

    review = bureau.desk.reviews.claim(alert, LI)
    assert (review.skips, review.claim and review.claim.by) == (1, "li")
    skipped = [e for e in bureau.trail() if e.action == "review.skipped"]
    assert [entry.actor for entry in skipped] == ["wang"]


def test_a_verdict_on_what_another_holds_is_refused(bureau: Bureau) -> None:
    """Two people never work on one item."""
    alert = bureau.alert()
    bureau.desk.reviews.claim(alert, WANG)

    with pytest.raises(ClaimedError, match="wang works on it"):
        bureau.desk.reviews.give(alert, LI, CLUE)


def test_laying_back_frees_it_at_once(bureau: Bureau) -> None:
    """Only for whom it holds."""
    alert = bureau.alert()
    bureau.desk.reviews.claim(alert, WANG)
    bureau.desk.reviews.release(alert, LI)
    with pytest.raises(ClaimedError):
        bureau.desk.reviews.claim(alert, LI)

    bureau.desk.reviews.release(alert, WANG)

    bureau.desk.reviews.claim(alert, LI)


def test_a_verdict_is_given_once(bureau: Bureau) -> None:
    """The second one is told that there is nothing to decide any more."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, CLUE)

    with pytest.raises(IllegalStepError):
        bureau.desk.reviews.give(alert, LI, PERMITTED)


def test_undo_takes_ones_own_verdict_back_within_ten_seconds(bureau: Bureau) -> None:
    """The review is the person's again; the verdict stays on record as taken back."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, CLUE)
    bureau.clock.advance(UNDO_S)
    with pytest.raises(TooLateError):
        bureau.desk.reviews.undo(alert, LI, "")

    review = bureau.desk.reviews.undo(alert, WANG, "wrong key")

    assert (review.state, review.claim and review.claim.by) == ("queued", "wang")
    (given,) = bureau.desk.reviews.get(alert)[1]
    assert given.undone_at is not None
    assert (
        bureau.desk.tasks.list_tasks(None, frozenset(), alert)[0].state == "cancelled"
    )


def test_after_ten_seconds_a_verdict_stands(bureau: Bureau) -> None:
    """So that what follows from it may follow."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, PERMITTED)
    bureau.clock.advance(UNDO_S + 0.1)

    with pytest.raises(TooLateError):
        bureau.desk.reviews.undo(alert, WANG, "")


def test_undo_waits_for_nobody_who_has_gone_on(bureau: Bureau) -> None:
    """Once a second officer looks, the first verdict cannot vanish below them."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, confirmed())
    bureau.desk.blind.take(LI, None)

    with pytest.raises(TooLateError, match="second officer"):
        bureau.desk.reviews.undo(alert, WANG, "")
    assert bureau.state(alert) == "second"


def test_unsure_goes_to_a_senior_and_to_no_one_else(bureau: Bureau) -> None:
    """The senior's list has it; a reviewer cannot take it back."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, Verdict(Act.UNSURE, "号牌看不清"))

    with pytest.raises(IllegalStepError):
        bureau.desk.reviews.claim(alert, LI)
    head = bureau.desk.queue.head(Lane.SENIOR, ZHAO, None, 10)
    assert [review.alert for review in head.reviews] == [alert]
    bureau.desk.reviews.give(alert, ZHAO, PERMITTED)
    assert bureau.state(alert) == "rejected"


def test_deferred_ones_come_back_by_themselves(bureau: Bureau) -> None:
    """At the time named, with a new deadline; never later than a day."""
    alert = bureau.alert()
    later = Verdict(Act.DEFER, until=NOW + timedelta(minutes=10))
    too_late = Verdict(Act.DEFER, until=NOW + timedelta(hours=25))
    with pytest.raises(CaseError, match="24 hours"):
        bureau.desk.reviews.give(alert, WANG, too_late)
    bureau.desk.reviews.give(alert, WANG, later)
    assert _queue(bureau) == []

    bureau.clock.advance(601)
    run_out(bureau.database, bureau.clock)

    assert _queue(bureau) == [alert]


def test_what_a_senior_put_off_comes_back_to_seniors(bureau: Bureau) -> None:
    """Waking must not hand a reviewer what went past reviewers; a new deadline."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, Verdict(Act.UNSURE, "号牌看不清"))
    later = Verdict(Act.DEFER, until=NOW + timedelta(minutes=10))
    bureau.desk.reviews.give(alert, ZHAO, later)
    bureau.clock.advance(601)
    run_out(bureau.database, bureau.clock)

    assert bureau.state(alert) == "senior"
    with pytest.raises(IllegalStepError):
        bureau.desk.reviews.claim(alert, WANG)
    review = bureau.desk.reviews.claim(alert, ZHAO)
    assert review.deadline is not None
    assert review.deadline > bureau.clock.utc_now()
    assert review.wake_at is None


def test_merging_needs_another_alert_that_stands(bureau: Bureau) -> None:
    """Not itself, not one that is merged away, not one that was dismissed."""
    one, two, three = (bureau.alert(n) for n in (1, 2, 3))
    with pytest.raises(CaseError):
        bureau.desk.reviews.give(one, WANG, Verdict(Act.MERGE, into=one))
    bureau.desk.reviews.give(one, WANG, Verdict(Act.MERGE, into=two))

    with pytest.raises(CaseError, match="merged itself"):
        bureau.desk.reviews.give(three, WANG, Verdict(Act.MERGE, into=one))
    rejected, void = bureau.alert(4), bureau.alert(5, phase=Phase.GRACE)
    bureau.desk.reviews.give(rejected, WANG, PERMITTED)
    bureau.follow(void, life=Life.CLEARED.value)
    for dismissed in (rejected, void):
        with pytest.raises(CaseError, match="dismissed"):
            bureau.desk.reviews.give(three, WANG, Verdict(Act.MERGE, into=dismissed))
    assert bureau.state(three) == "queued"
    assert bureau.desk.reviews.get(one)[0].merged_into == two


def test_nobody_in_particular_gives_no_verdict(bureau: Bureau) -> None:
    """Before anybody has a name, no alert goes further."""
    with pytest.raises(CaseError):
        bureau.desk.reviews.give(bureau.alert(), LOCAL, CLUE)


def test_every_step_is_on_the_trail_with_who_role_certificate_and_why(
    bureau: Bureau,
) -> None:
    """The chain holds, and says what a court would ask."""
    alert = bureau.alert()
    bureau.desk.reviews.claim(alert, WANG)
    verdict = Verdict(Act.REJECT, "标线与标志不一致", reason=Reason.CONTRADICTORY_SIGNS)
    bureau.desk.reviews.give(alert, WANG, verdict)
    bureau.desk.reviews.undo(alert, WANG, "再看一次")

    trail = [e for e in bureau.trail() if e.subject == f"alert/{alert}"]

    actions = ["review.queued", "review.claimed", "verdict.given", "verdict.undone"]
    assert [entry.action for entry in trail] == actions
    given = trail[2]
    assert given.actor == "wang"
    assert isinstance(given.detail, dict)
    assert given.detail["roles"] == ["reviewer"]
    assert given.detail["certificate"] == "33040200123"
    assert given.detail["reason"] == "contradictory_signs"
    assert given.detail["comment"] == "标线与标志不一致"
    assert given.at == NOW


def test_a_rule_put_down_is_queued_last_and_says_so_but_never_life_danger(
    bureau: Bureau,
) -> None:
    """S4 in the queue while the alert itself keeps its severity."""
    bureau.intake.downgraded = frozenset({"SW-01", "CS-09"})
    street = bureau.alert(1, severity=Severity.S2)
    danger = bureau.alert(2, severity=Severity.S1, code="CS-09")

    review = bureau.desk.reviews.get(street)[0]

    assert (review.severity, review.is_downgraded) == (Severity.S4, True)
    assert bureau.desk.reviews.get(danger)[0].severity is Severity.S1


def test_events_tell_the_state_and_never_what_was_said(bureau: Bureau) -> None:
    """Clients follow the queue live; a second officer is not swayed by it."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, person("sun", Role.SENIOR), confirmed())
    bureau.trail()

    with bureau.database.reading() as session:
        told = [
            row.detail
            for row in session.query(EventRow)
            if row.kind == "review.changed"
        ]
    assert [one["state"] for one in told if isinstance(one, dict)][-1] == "second"
    assert "sun" not in str(told[-1])


def test_alerts_stored_before_there_were_reviews_get_theirs(bureau: Bureau) -> None:
    """A database of an older version is taken over whole."""
    ids = bureau.alerts([staged(n, phase=Phase.DUE) for n in range(30)])

    assert len(_queue(bureau)) == len(ids)


def test_review_of_what_joins_a_group_goes_unless_somebody_has_it(
    bureau: Bureau,
) -> None:
    """Untouched it goes with its alert; claimed or decided it stays."""
    fresh, claimed, decided = bureau.alerts(
        [staged(n, phase=Phase.DUE) for n in range(1, 4)]
    )
    bureau.desk.reviews.claim(claimed, WANG)
    bureau.desk.reviews.claim(decided, LI)
    bureau.desk.reviews.give(decided, LI, PERMITTED)

    def joins(alert: AlertId) -> bool:
        with bureau.database.transaction() as session:
            row = session.get(AlertRow, alert)
            assert row is not None
            return bureau.intake.may_join(session, row, bureau.clock.utc_now())

    assert joins(fresh)
    assert not joins(claimed)
    assert not joins(decided)
    with bureau.database.reading() as session:
        assert session.get(ReviewRow, fresh) is None
        assert session.get(ReviewRow, claimed) is not None
    assert "review.joined" in [entry.action for entry in bureau.trail()]


def _merged_at_once(bureau: Bureau, one: AlertId, two: AlertId) -> list[str]:
    """Each merged into the other at the same time; what was refused."""
    together, refused = threading.Barrier(2), []

    def merge(alert: AlertId, into: AlertId) -> None:
        together.wait()
        try:
            bureau.desk.reviews.give(alert, WANG, Verdict(Act.MERGE, into=into))
        except CaseError as error:
            refused.append(str(error))

    run_together([partial(merge, one, two), partial(merge, two, one)])
    return refused


def test_two_merged_into_each_other_at_once_leave_one_standing(bureau: Bureau) -> None:
    """Else both would be gone, each standing for the other."""
    for n in range(0, 20, 2):
        one, two = bureau.alert(n), bureau.alert(n + 1)

        refused = _merged_at_once(bureau, one, two)

        assert sorted([bureau.state(one), bureau.state(two)]) == ["merged", "queued"]
        assert refused == ["that one is merged itself: merge into where it went"]


def _undone_and_seconded(bureau: Bureau, alert: AlertId) -> set[str]:
    """The first takes back what the second looks at, at the same time."""
    together, told = threading.Barrier(2), set()

    def undo() -> None:
        together.wait()
        try:
            bureau.desk.reviews.undo(alert, WANG, "")
            told.add("undone")
        except TooLateError:
            told.add("stands")

    def look() -> None:
        together.wait()
        try:
            held = bureau.desk.blind.take(LI, None)
            bureau.desk.blind.answer(held.id, LI, agreed())
            told.add("seconded")
        except (NotFoundError, LeaseLostError):
            told.add("nothing to see")

    run_together([undo, look])
    return told


def test_an_undo_and_a_second_officer_at_once_agree_on_what_happened(
    bureau: Bureau,
) -> None:
    """Either it was taken back and nobody looks, or somebody looks and it stands."""
    ends = {"queued": {"undone", "nothing to see"}, "evidence": {"stands", "seconded"}}
    for n in range(12):
        alert = bureau.alert(n)
        bureau.desk.reviews.give(alert, WANG, confirmed())

        told = _undone_and_seconded(bureau, alert)

        assert told == ends[bureau.state(alert)]


def test_a_verdict_past_anothers_lease_leaves_the_skip_on_record(
    bureau: Bureau,
) -> None:
    """The second between the lease and the clock's turn loses nobody's trace."""
    alert = bureau.alert()
    bureau.desk.reviews.claim(alert, WANG)
    bureau.clock.advance(LEASE_S + 0.5)

    bureau.desk.reviews.give(alert, LI, CLUE)

    done = [(e.actor, e.action) for e in bureau.trail() if "review" in e.action]
    assert ("wang", "review.skipped") in done
    assert bureau.desk.reviews.get(alert)[0].skips == 1


def test_legal_review_settles_and_does_not_work_the_queue(bureau: Bureau) -> None:
    """法制审核 decides what two officers disagree on, and nothing before."""
    legal = person("fang", Role.LEGAL)
    alert, other = bureau.alert(1), bureau.alert(2)
    bureau.desk.reviews.give(alert, WANG, confirmed())
    look = bureau.desk.blind.take(LI, None)
    bureau.desk.blind.answer(look.id, LI, Verdict(Act.DISAGREE, "x", Reason.OTHER))

    with pytest.raises(IllegalStepError, match="only a reviewer"):
        bureau.desk.reviews.claim(other, legal)
    bureau.desk.reviews.claim(alert, legal)
    bureau.desk.reviews.give(alert, legal, PERMITTED)

    assert bureau.state(alert) == "rejected"
