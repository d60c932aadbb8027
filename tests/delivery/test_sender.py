"""S1 reaches everyone at once; who does not answer is gone past; nothing is lost."""

import statistics
import time
from datetime import timedelta
from itertools import pairwise

import pytest
from pydantic import SecretStr

from alerts.acknowledgement import Alarms, begin_alarm
from alerts.alert import EventKind
from alerts.database import Database
from alerts.outbox import Outbox, OutboxState
from alerts.tables import AlertRow, EventIntakeRow, OutboxRow
from base.clock import ManualClock, SystemClock
from delivery.attempt import Outcome
from delivery.book import DeliveryBook
from delivery.escalator import Escalator
from delivery.sender import HELD_S, Sender
from delivery.teller import Teller, pause_s
from rules.violation import Life, Severity
from tests.alerts.path_rig import until
from tests.delivery.conftest import KEY, Post, heard, ladder, webhook
from tests.delivery.receiver import Receiver, closed_port


def _rows(database: Database) -> dict[str, tuple[str, int]]:
    with database.reading() as session:
        rows = session.query(OutboxRow).order_by(OutboxRow.id)
        return {row.recipient: (row.state, row.attempts) for row in rows}


def _let_go(sender: Sender) -> None:
    """Wait for exchanges that were under way at the stop."""
    for lane in sender._lanes.values():
        lane.join(20.0)


def _first_told(hook: Receiver) -> dict[str, float]:
    """When it was told of each alarm first; at the top it is told again."""
    told: dict[str, float] = {}
    for one in hook.taken:
        told.setdefault(one.content["alert"], one.at)
    return told


def _take_all(post: Post) -> None:
    """One round of the sender, in this thread."""
    teller, outbox, now = Teller(post.parts()), Outbox(post.database), None
    now = post.clock.utc_now()
    for one in outbox.take(now, now + timedelta(seconds=HELD_S)):
        teller.tell(one)


def test_life_danger_goes_to_everyone_at_once(post: Post, hook: Receiver) -> None:
    """Desk, webhook and each person on duty, before any verdict; others to the desk."""
    post.section = {
        "channels": {
            "hook": webhook(hook.url),
            "phones": {"kind": "phone_page", "people": ["li", "wang"]},
        },
        "first": ["phones", "hook"],
    }
    alert = post.raise_s1(1)
    post.raise_s1(2, severity=Severity.S3)
    assert set(_rows(post.database)) == {"desk", "phones/li", "phones/wang", "hook"}

    _take_all(post)

    assert [one.content["alert"] for one in hook.taken] == [str(alert)]
    assert _rows(post.database)["hook"] == (OutboxState.SENT.value, 1)
    (sent,) = DeliveryBook(post.database).of_alert(alert)
    assert (sent.outcome, sent.status, sent.receipt) == (
        Outcome.SENT,
        200,
        '{"receipt": "r-1"}',
    )
    assert ("delivery", "delivery.sent") in post.trail()


def test_a_phone_page_has_it_once_it_was_opened(post: Post, clock: ManualClock) -> None:
    """Until then it is owed; opening is the receipt, of that person alone."""
    post.section = {
        "channels": {"phones": {"kind": "phone_page", "people": ["li", "wang"]}},
        "first": ["phones"],
    }
    alert = post.raise_s1()
    _take_all(post)
    assert _rows(post.database)["phones/li"][0] == OutboxState.OWED.value
    clock.advance(3)

    (owed,) = Teller(post.parts()).seen("li")

    assert owed.alert == alert
    assert _rows(post.database)["phones/li"][0] == OutboxState.SENT.value
    assert _rows(post.database)["phones/wang"][0] == OutboxState.OWED.value
    (seen,) = DeliveryBook(post.database).of_alert(alert)
    assert (seen.outcome, seen.recipient) == (Outcome.SEEN, "phones/li")
    assert Teller(post.parts()).seen("li") == ()


def test_a_failed_telling_is_tried_again_and_never_dropped(
    post: Post, hook: Receiver, clock: ManualClock
) -> None:
    """Growing pauses; after its time it is a dead letter everybody can see."""
    hook.status = 503
    post.section = {
        "channels": {"hook": webhook(hook.url)},
        "first": ["hook"],
        "give_up_after_s": 600,
    }
    alert = post.raise_s1()
    tries = []
    for _ in range(1200):
        before = len(hook.taken)
        _take_all(post)
        if len(hook.taken) > before:
            tries.append(clock.monotonic_s())
        clock.advance(1)

    gaps = [b - a for a, b in pairwise(tries)]
    assert gaps[0] <= 2
    assert max(gaps) <= 91
    assert statistics.mean(gaps[:3]) < statistics.mean(gaps[-3:])
    assert 600 <= tries[-1] <= 700
    (letter,) = Outbox(post.database).dead_letters()
    assert (letter.telling.alert, letter.fault) == (alert, "it answered 503")
    assert len({one.headers["idempotency-key"] for one in hook.taken}) == 1
    assert ("delivery", "delivery.given_up") in post.trail()

    hook.status = 200
    deed = heard("admin", alert)
    Outbox(post.database).revive(letter.telling.id, deed, clock.utc_now())
    _take_all(post)
    assert _rows(post.database)["hook"][0] == OutboxState.SENT.value
    assert Outbox(post.database).dead_letters() == ()


def test_a_gateway_that_asks_for_time_is_given_it(
    post: Post, hook: Receiver, clock: ManualClock
) -> None:
    """429 with Retry-After: not knocked at before, and not lost (scenario 19)."""
    hook.status, hook.headers = 429, {"Retry-After": "30"}
    post.section = {"channels": {"hook": webhook(hook.url)}, "first": ["hook"]}
    post.raise_s1()
    for _ in range(29):
        _take_all(post)
        clock.advance(1)
    assert len(hook.taken) == 1
    hook.status = 200
    clock.advance(2)
    _take_all(post)

    assert len(hook.taken) == 2
    assert _rows(post.database)["hook"][0] == OutboxState.SENT.value


def test_pauses_grow_to_a_minute_and_differ() -> None:
    """Nobody comes back at the same moment as everybody else."""
    assert [pause_s(n, 0.5) for n in (1, 2, 3, 7, 40)] == [1, 2, 4, 60, 60]
    assert (pause_s(1, 0.0), pause_s(1, 1.0)) == (0.5, 1.5)


def test_what_was_acknowledged_is_not_told_any_more(
    post: Post, hook: Receiver, clock: ManualClock
) -> None:
    """Whoever comes late is not woken for what somebody has in hand."""
    post.section = {"channels": {"hook": webhook(hook.url)}, "first": ["hook"]}
    alert = post.raise_s1()
    Alarms(post.database).acknowledge(alert, heard("wang", alert), clock.utc_now())

    _take_all(post)

    assert hook.taken == []
    assert _rows(post.database)["hook"][0] == OutboxState.MOOT.value


def test_a_channel_that_went_and_a_missing_key_are_dead_letters_or_tried(
    post: Post, hook: Receiver, clock: ManualClock
) -> None:
    """Said with the name of what is missing, never with a secret."""
    post.section = {"channels": {"hook": webhook(hook.url)}, "first": ["hook"]}
    post.key = lambda _: SecretStr("short")
    post.raise_s1()
    _take_all(post)
    (owed,) = [
        one
        for one in Outbox(post.database).owed(clock.utc_now() + timedelta(days=1))
        if one.recipient == "hook"
    ]
    assert owed.attempts == 1
    post.section = {}
    clock.advance(5)
    _take_all(post)

    (letter,) = Outbox(post.database).dead_letters()
    assert letter.fault == "the site has no channel hook any more"


def test_unanswered_for_sixty_seconds_it_goes_one_step_up(
    post: Post, clock: ManualClock
) -> None:
    """Not at 59.9 s, once at 60 s, the next step at 120 s; at the top again."""
    url = f"http://127.0.0.1:{closed_port()}/"
    post.section = {
        "channels": {name: webhook(url) for name in ("first", "chief", "district")},
        "first": ["first"],
        "ladder": [["chief"], ["district"]],
    }
    alert = post.raise_s1()
    escalator = Escalator(post.database, post.site, clock)
    taken = []
    for seconds in (59.9, 0.1, 0.1, 59.8, 0.1):
        clock.advance(seconds)
        taken.append(escalator.escalate())

    assert taken == [0, 1, 0, 0, 1]
    assert set(_rows(post.database)) == {"desk", "first", "chief", "district"}
    with post.database.reading() as session:
        kind = EventKind.ALARM_CHANGED.value
        told = session.query(EventIntakeRow).filter_by(kind=kind, alert_id=alert)
        climbed = [one.detail["is_escalated"] for one in told]  # type: ignore[index, call-overload]
        assert climbed == [False, True, True]
    assert post.trail().count(("delivery", "alarm.escalated")) == 2


def test_at_the_top_the_last_step_is_taken_until_somebody_hears_it(
    post: Post, hook: Receiver, clock: ManualClock
) -> None:
    """Another message each time, also after the danger cleared and the service slept.

    Who has not got the last one yet is not owed another.
    """
    url = f"http://127.0.0.1:{closed_port()}/"
    post.section = {
        "channels": {"chief": webhook(hook.url), "dead": webhook(url)},
        "ladder": [["chief", "dead"]],
    }
    alert = post.raise_s1()
    escalator = Escalator(post.database, post.site, clock)
    with post.database.transaction() as session:
        row = session.get(AlertRow, alert)
        assert row is not None
        row.life = Life.CLEARED.value
    taken = []
    for seconds in (60, 60, 3600, 30, 30):
        clock.advance(seconds)
        taken.append(escalator.escalate())
        _take_all(post)

    assert taken == [1, 1, 1, 0, 1]
    assert [one.content["kind"] for one in hook.taken] == ["alert.unanswered"] * 4
    assert {one.content["life"] for one in hook.taken} == {"cleared"}
    assert len({one.headers["idempotency-key"] for one in hook.taken}) == 4
    with post.database.reading() as session:
        assert session.query(OutboxRow).filter_by(recipient="dead").count() == 2
    Alarms(post.database).acknowledge(alert, heard("wang", alert), clock.utc_now())
    clock.advance(600)
    assert escalator.escalate() == 0


def test_an_alarm_that_begins_again_climbs_from_the_first_step(
    post: Post, clock: ManualClock
) -> None:
    """The steps taken for the first one are no answer to the second."""
    post.section = {
        "channels": {"chief": webhook(f"http://127.0.0.1:{closed_port()}/")},
        "ladder": [["chief"]],
    }
    alert = post.raise_s1()
    escalator = Escalator(post.database, post.site, clock)
    clock.advance(60)
    assert escalator.escalate() == 1
    Alarms(post.database).acknowledge(alert, heard("wang", alert), clock.utc_now())
    with post.database.transaction() as session:
        row = session.get(AlertRow, alert)
        assert row is not None
        row.revision += 1
        begin_alarm(session, row, clock.utc_now())
    assert escalator.escalate() == 0
    clock.advance(60)

    assert escalator.escalate() == 1
    with post.database.reading() as session:
        told = session.query(OutboxRow).filter_by(recipient="chief")
        assert [row.alert_revision for row in told] == [1, 2]


def test_an_acknowledged_alarm_climbs_no_further(
    post: Post, clock: ManualClock
) -> None:
    """The first who hears it stops the ladder; a site without one has one step."""
    one, other = post.raise_s1(1), post.raise_s1(2)
    Alarms(post.database).acknowledge(one, heard("wang", one), clock.utc_now())
    clock.advance(600)

    assert Escalator(post.database, post.site, clock).escalate() == 1
    assert Alarms(post.database).of(other) is None


def test_what_is_owed_to_the_desk_is_never_sent(post: Post) -> None:
    """It is there already: owed after the last round, it is no channel gone missing."""
    post.section = {"channels": {}, "first": []}
    post.raise_s1()

    _take_all(post)

    assert _rows(post.database) == {"desk": (OutboxState.OWED.value, 0)}


@pytest.mark.parametrize("dead", ["hangs", "refuses"])
def test_escalation_does_not_wait_for_a_dead_channel(
    database: Database, hook: Receiver, second_hook: Receiver, dead: str
) -> None:
    """20 alarms pass a first channel that hangs or refuses; none before it is due.

    How late each is at most is measured by `benchmarks/escalation.py`.
    """
    hook.hangs = True
    first = hook.url if dead == "hangs" else f"http://127.0.0.1:{closed_port()}/"
    post = Post(database, SystemClock())
    post.section = ladder(first, second_hook.url, timeout_s=30, after_s=2)
    sender = Sender(post.parts())
    raised = {}
    sender.start()
    try:
        for n in range(20):
            alert = post.raise_s1(n)
            raised[str(alert)] = time.time()
        until(lambda: len(_first_told(second_hook)) >= 20)
        ended = DeliveryBook(database).last_of_each_channel()
    finally:
        hook.ending.set()  # whatever hangs lets go, so that no thread outlives the test
        sender.stop()
        _let_go(sender)

    assert {one.content["kind"] for one in second_hook.taken} == {"alert.unanswered"}
    told = _first_told(second_hook)
    assert all(at - raised[alert] > 1.9 for alert, at in told.items())
    assert dead == "refuses" or "first" not in ended


def test_stopping_leaves_nothing_untold(
    database: Database, hook: Receiver, second_hook: Receiver
) -> None:
    """A stop in the middle of a hanging channel is quick; the next process tells it."""
    hook.hangs = True
    post = Post(database, SystemClock())
    post.section = {
        "channels": {"hook": webhook(hook.url, timeout_s=10)},
        "first": ["hook"],
    }
    alert = post.raise_s1()
    sender = Sender(post.parts())
    sender.start()
    until(lambda: Outbox(database).owed(post.clock.utc_now()) == ())
    began = time.monotonic()
    sender.stop()
    assert time.monotonic() - began < 3
    hook.ending.set()
    _let_go(sender)

    post.section = {
        "channels": {"hook": webhook(second_hook.url)},
        "first": ["hook"],
    }
    sender = Sender(post.parts())
    sender.start()
    try:
        until(lambda: len(second_hook.taken) == 1)
    finally:
        sender.stop()
    assert second_hook.taken[0].content["alert"] == str(alert)


def test_no_secret_reaches_the_log(
    post: Post, hook: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the key nor the address is told, whatever fails."""
    hook.status = 500
    post.section = {"channels": {"hook": webhook(hook.url)}, "first": ["hook"]}
    post.raise_s1()
    _take_all(post)

    told = "".join(capsys.readouterr())
    assert "delivery.failed" in told
    assert KEY not in told
    assert hook.url not in told
