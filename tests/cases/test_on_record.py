"""Every step of a review, whoever takes it: who, role, certificate, when, why."""

from datetime import timedelta
from typing import Any

import pytest

from alerts.audit import AuditEntry
from cases.leases import run_out
from cases.life import TRANSITIONS, Act, ReviewState
from cases.review import LEASE_S, UNDO_S
from cases.review_rows import BY_ITSELF, SYSTEM
from cases.task import Result, TaskAct, TaskKind
from cases.task_book import NewTask, Step
from cases.verdict import Reason, Verdict
from identity.identity import open_identity
from identity.right import Role
from rules.violation import Life, Phase, Severity
from tests.api.named import Named, add
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
)
from tests.identity.named import cheap_hashes

NA = person("na", Role.OFFICER)
UNSURE = Verdict(Act.UNSURE, "车内似有人")
ONSITE = Verdict(Act.ASK_ONSITE, "看不清", officer="na")
LATER = Verdict(Act.DEFER, until=NOW + timedelta(minutes=10))
NO = Verdict(Act.DISAGREE, "车内有人", reason=Reason.NOT_A_VIOLATION)


def _detail(entry: AuditEntry) -> dict[str, Any]:
    assert isinstance(entry.detail, dict)
    return entry.detail


def _all_steps(bureau: Bureau) -> None:
    """A morning in which every act of the table happens."""
    desk = bureau.desk
    waits = bureau.alert(1, phase=Phase.GRACE)
    bureau.follow(waits, life=Life.CLEARED.value)
    bureau.follow(waits, life=Life.OPEN.value)
    bureau.follow(waits, phase=Phase.DUE.value)
    doubted, merged, looked_at, settled, evidence, asleep = (
        bureau.alert(n) for n in range(2, 8)
    )
    desk.reviews.give(doubted, WANG, UNSURE)
    desk.reviews.give(doubted, ZHAO, CLUE)
    desk.reviews.give(merged, WANG, Verdict(Act.MERGE, into=doubted))
    desk.reviews.give(waits, WANG, PERMITTED)
    for alert, said in ((settled, NO), (evidence, agreed())):
        desk.reviews.give(alert, WANG, confirmed())
        desk.blind.answer(desk.blind.take(LI, None).id, LI, said)
    desk.reviews.give(settled, ZHAO, PERMITTED)
    desk.reviews.give(looked_at, WANG, ONSITE)
    desk.reviews.give(asleep, WANG, LATER)
    bureau.clock.advance(601)
    run_out(bureau.database, bureau.clock)
    found = Step(TaskAct.RESULT, "key-fnd1", result=Result.FOUND)
    (task,) = (one for one in desk.tasks.mine(NA, None) if one.kind == TaskKind.CHECK)
    for step in (
        Step(TaskAct.ACKNOWLEDGE, "key-ack1"),
        Step(TaskAct.ARRIVE, "key-arr1"),
        found,
    ):
        desk.tasks.move(task.id, NA, step)


def test_every_act_of_the_table_is_on_the_trail(bureau: Bureau) -> None:
    """Verdicts with name, roles, certificate; steps of the service with a reason."""
    _all_steps(bureau)

    trail = [e for e in bureau.trail() if e.subject.startswith("alert/")]
    given = [e for e in trail if e.action == "verdict.given"]
    acts = {Act(_detail(entry)["act"]) for entry in given}
    taken = {entry.action for entry in trail if entry.actor == SYSTEM}
    acts |= {act for act, (action, _) in BY_ITSELF.items() if action in taken}
    known = {act for steps in TRANSITIONS.values() for act in steps}
    assert acts == known
    for entry in given:
        detail = _detail(entry)
        assert detail["roles"] in (["reviewer"], ["senior"])
        assert detail["certificate"] == "33040200123"
        assert ReviewState(detail["before"]) in TRANSITIONS
        assert (
            TRANSITIONS[ReviewState(detail["before"])][Act(detail["act"])]
            == (detail["state"])
        )
    for entry in trail:
        if entry.actor == SYSTEM:
            assert _detail(entry)["why"], entry


def test_every_deed_of_a_person_names_roles_and_certificate(bureau: Bureau) -> None:
    """On the road, at the change of shift, over a link: the same."""
    _all_steps(bureau)
    desk, alert = bureau.desk, bureau.alert(20, severity=Severity.S1)
    desk.reviews.claim(alert, WANG)
    desk.reviews.release(alert, WANG)
    desk.reviews.acknowledge(alert, ZHAO)
    desk.reviews.give(alert, WANG, confirmed())
    look = desk.blind.take(LI, None)
    desk.blind.release(look.id, LI)
    bureau.clock.advance(UNDO_S)
    task = desk.tasks.add(NewTask(alert, TaskKind.CHECK, "na", ""), WANG)
    desk.links.make_link(task.id, WANG)
    desk.tasks.add_photo(task.id, NA, (b"\xff\xd8 \xff\xd9", "image/jpeg"), "key-pho1")
    desk.tasks.cancel(task.id, WANG)
    handover = desk.shifts.hand_over(WANG, LI, "", {})
    desk.shifts.sign(handover.id, LI)
    desk.shifts.heard(desk.shifts.begin_siren_test(WANG).id, LI)
    desk.leads.add(person("contact", Role.CONTACT), "南湖路", "占道")

    trail = [entry for entry in bureau.trail() if entry.actor != SYSTEM]
    silent = [
        entry.action
        for entry in trail
        if not _detail(entry).get("roles") or not _detail(entry).get("certificate")
    ]
    assert silent == []
    assert {entry.action for entry in trail} >= {
        "alarm.acknowledged",
        "lead.sent",
        "link.made",
        "look.answered",
        "look.claimed",
        "look.released",
        "photo.added",
        "review.claimed",
        "review.released",
        "shift.signed_in",
        "shift.signed_out",
        "siren.heard",
        "siren.tested",
        "task.acknowledge",
        "task.arrive",
        "task.cancel",
        "task.made",
        "task.result",
    }


def test_a_lease_that_ran_out_names_whose_it_was(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Skipping is the holder's, with roles and certificate, though the clock did it."""
    cheap_hashes(monkeypatch)
    identity = open_identity(bureau.database, bureau.clock)
    wang = add(identity, Named("wang", certificate="33040200123"))
    bureau.desk.reviews.claim(bureau.alert(), wang)
    bureau.clock.advance(LEASE_S + 1)
    run_out(bureau.database, bureau.clock)

    (skipped,) = (e for e in bureau.trail() if e.action == "review.skipped")
    assert skipped.actor == "wang"
    assert _detail(skipped)["roles"] == ["reviewer"]
    assert _detail(skipped)["certificate"] == "33040200123"


def test_a_rule_put_down_is_taken_up_again_when_life_is_in_danger(
    bureau: Bureau,
) -> None:
    """An alert of a downgraded rule that becomes S1 is no S4, and the trail says so."""
    bureau.intake.downgraded = frozenset({"CS-05"})
    alert = bureau.alert(1, code="CS-05", severity=Severity.S2)
    assert bureau.desk.reviews.get(alert)[0].severity is Severity.S4

    bureau.follow(alert, severity=Severity.S1.value)

    review = bureau.desk.reviews.get(alert)[0]
    assert (review.severity, review.is_downgraded) == (Severity.S1, False)
    assert review.deadline is not None
    assert review.deadline <= NOW + timedelta(seconds=60)
    assert "review.raised" in {entry.action for entry in bureau.trail()}
