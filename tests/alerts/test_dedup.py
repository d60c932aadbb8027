"""The script decides once for each message, place and rule, on Valkey and on Redis."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.dedup import (
    Decision,
    Dedup,
    PackSubmission,
    Reason,
    Submission,
    Telling,
    Verdict,
    stream_key,
)
from alerts.errors import StoreError
from alerts.message import ViolationMessage, encode
from alerts.redis_client import RedisClient, open_redis
from rules.violation import Life, Phase, Severity, Violation, violation_id
from tests.alerts.violations import T0, message, place, violation

COOLDOWN_S = 300


class Desk:
    """Sends messages one after the other, as one spool would."""

    def __init__(self, client: RedisClient, shards: int = 1) -> None:
        self.client = client
        self.dedup = Dedup(client, shards)
        self.position = 0

    def send(self, told: ViolationMessage, spool: str = "a") -> Decision:
        self.position += 1
        return self.resend(told, self.position, spool)

    def resend(
        self, told: ViolationMessage, position: int, spool: str = "a"
    ) -> Decision:
        raw = encode(told)
        submission = Submission(spool, position, told, raw, COOLDOWN_S * 1000)
        return self.dedup.submit([submission])[0]

    def entries(self) -> int:
        return int(self.client.xlen(stream_key(0)))


@pytest.fixture
def desk(client: RedisClient) -> Desk:
    """A spool before one shard."""
    return Desk(client)


def again(told: Violation, at_s: float, **changes: object) -> Violation:
    """The next revision of a violation."""
    at = T0 + timedelta(seconds=at_s)
    return replace(told, revision=told.revision + 1, at=at, **changes)  # type: ignore[arg-type]


def test_first_message_opens_an_alert_and_is_told(desk: Desk) -> None:
    """The alert takes the violation's id."""
    told = violation()

    expected = Decision(Verdict.RAISED, told.id, Telling.OPENED, None)
    assert desk.send(message(told)) == expected
    assert desk.entries() == 1


def test_entry_sent_again_appends_nothing(desk: Desk) -> None:
    """The same place in the same spool is the same sending."""
    told = message(violation())
    desk.send(told)

    assert desk.resend(told, 1).verdict is Verdict.RESENT
    assert desk.entries() == 1


def test_entry_beyond_a_lost_one_appends_nothing(desk: Desk) -> None:
    """Redis says so where it knows less than the spool gave it."""
    desk.send(message(violation()))
    told = message(violation(place(slot="x9")))
    beyond = Submission("a", 3, told, encode(told), COOLDOWN_S * 1000, after=2)

    assert desk.dedup.submit([beyond])[0].verdict is Verdict.GAP
    assert desk.entries() == 1
    assert desk.resend(told, 2).verdict is Verdict.RAISED


def test_entry_of_another_spool_at_the_same_place_is_not_taken_for_it(
    desk: Desk,
) -> None:
    """Spools count for themselves."""
    desk.send(message(violation()))
    other = message(violation(place(slot="x9")))

    assert desk.resend(other, 1, "b").verdict is Verdict.RAISED


@pytest.mark.parametrize(
    ("epoch", "seq", "reason"),
    [
        pytest.param(2, 5, Reason.DUPLICATE, id="the same again"),
        pytest.param(2, 4, Reason.DUPLICATE, id="an earlier one"),
        pytest.param(1, 99, Reason.OLDER_LEASE, id="a replaced worker"),
    ],
)
def test_old_message_is_suppressed_with_its_reason(
    desk: Desk, epoch: int, seq: int, reason: Reason
) -> None:
    """What is not above the last (lease epoch, seq) changes nothing and is kept."""
    told = violation()
    desk.send(message(told, seq=5, epoch=2))

    decision = desk.send(message(again(told, 70), seq, epoch))
    assert decision == Decision(Verdict.SUPPRESSED, told.id, None, reason)
    assert desk.entries() == 2


def test_newer_lease_goes_on_with_a_fresh_count(desk: Desk) -> None:
    """A new worker of the camera begins at seq 1 and is heard."""
    told = violation()
    desk.send(message(told, seq=50, epoch=1))

    decision = desk.send(message(again(told, 70), seq=1, epoch=2))
    assert decision.verdict is Verdict.RAISED


def test_two_cameras_on_one_ground_are_one_alert(desk: Desk) -> None:
    """The second camera's violation joins the alert and is not told again."""
    first = violation(place("one", ground="square"))
    second = violation(place("two", "x7", ground="square"))
    desk.send(message(first))

    decision = desk.send(message(second))
    assert decision.alert == first.id
    assert decision.held is Reason.MERGED


def test_ground_is_free_when_its_last_source_has_cleared(desk: Desk) -> None:
    """While one camera sees it the alert goes on; afterwards a new one begins."""
    one = violation(place("one", ground="square"))
    two = violation(place("two", ground="square"))
    three = violation(place("three", ground="square"), at_s=9000)
    desk.send(message(one))
    desk.send(message(two))
    desk.send(message(again(one, 100, life=Life.CLEARED), 2))
    assert desk.send(message(three)).alert == one.id
    desk.send(message(again(two, 200, life=Life.CLEARED), 2))
    desk.send(message(again(three, 9100, life=Life.CLEARED), 2))

    four = violation(place("four", ground="square"), at_s=20000)
    assert desk.send(message(four)).alert == four.id


def test_another_code_at_the_same_place_is_another_alert(desk: Desk) -> None:
    """Merging is by place and rule."""
    told = violation()
    other = replace(
        told, code="SW-02", id=violation_id(told.place, "SW-02", told.first_seen)
    )
    desk.send(message(told))

    assert desk.send(message(other)).alert == other.id


def test_slot_that_began_anew_is_a_new_alert(desk: Desk) -> None:
    """Clocks were lost: the same slot under a new id does not join the old alert."""
    told = violation()
    later = T0 + timedelta(hours=2)
    anew = replace(
        again(told, 9000),
        id=violation_id(told.place, "SW-01", later),
        first_seen=later,
    )
    desk.send(message(told))

    assert desk.send(message(anew, seq=2)).alert == anew.id


def test_cooldown_limits_telling_by_media_time(desk: Desk) -> None:
    """A second car 100 s later is recorded and not told; 300 s later it is told."""
    first = violation()
    desk.send(message(first))
    desk.send(message(again(first, 90, life=Life.CLEARED), 2))

    def next_car(at_s: float) -> Decision:
        seen = T0 + timedelta(seconds=at_s - 60)
        car = replace(
            violation(at_s=at_s),
            id=violation_id(first.place, "SW-01", seen),
            first_seen=seen,
        )
        decision = desk.send(message(car))
        desk.send(message(again(car, at_s + 5, life=Life.CLEARED), 2))
        return decision

    assert next_car(160).held is Reason.COOLDOWN
    assert next_car(359).held is Reason.COOLDOWN
    assert next_car(360).held is None


def test_end_of_grace_passes_the_cooldown_once(desk: Desk) -> None:
    """Becoming due is told although the opening was told just before."""
    told = violation()
    desk.send(message(told))
    due = again(told, 120, phase=Phase.DUE)

    assert desk.send(message(due, 2)) == Decision(
        Verdict.RAISED, told.id, Telling.DUE, None
    )
    persisting = again(due, 130, life=Life.PERSISTING)
    decision = desk.send(message(persisting, 3))
    assert (decision.telling, decision.held) == (Telling.PERSISTING, Reason.COOLDOWN)


def test_danger_to_life_is_told_at_once(desk: Desk) -> None:
    """A rise to S1 passes the cooldown; its repetition does not."""
    told = violation()
    desk.send(message(told))
    grave = again(told, 62, severity=Severity.S1)

    assert desk.send(message(grave, 2)).telling is Telling.ESCALATED
    more = again(grave, 64, life=Life.PERSISTING)
    assert desk.send(message(more, 3)).held is Reason.COOLDOWN


def test_reopening_is_told_after_the_cooldown(desk: Desk) -> None:
    """The same violation that returns is told as reopened."""
    told = violation()
    desk.send(message(told))
    cleared = again(told, 400, life=Life.CLEARED)
    assert desk.send(message(cleared, 2)).telling is None

    decision = desk.send(message(again(cleared, 500, life=Life.REOPENED), 3))
    assert (decision.telling, decision.held) == (Telling.REOPENED, None)


def test_clock_far_ahead_does_not_silence_a_place(desk: Desk) -> None:
    """A camera that once said 2099 does not hold back what is told for decades."""
    wrong = violation(at_s=86400.0 * 365 * 70)
    desk.send(message(wrong))
    desk.send(message(again(wrong, 86400.0 * 365 * 70, life=Life.CLEARED), 2))
    seen = T0 + timedelta(seconds=5)
    right = replace(
        violation(), id=violation_id(wrong.place, "SW-01", seen), first_seen=seen
    )

    assert desk.send(message(right)).held is None


def test_pack_is_appended_once(desk: Desk) -> None:
    """Evidence travels by the same road and the same counting."""
    pack = PackSubmission("a", 1, violation().id, b"{}")

    assert desk.dedup.submit([pack])[0].verdict is Verdict.PACK
    assert desk.dedup.submit([pack])[0].verdict is Verdict.RESENT


def test_once_more_appends_what_is_known(desk: Desk) -> None:
    """After the stream was lost an entry can be appended again."""
    told = message(violation())
    desk.send(told)
    desk.client.delete(stream_key(0))
    lost = Submission("a", 1, told, encode(told), 0, again=True)

    assert desk.dedup.submit([lost])[0].verdict is Verdict.RAISED
    assert desk.entries() == 1


def test_forgotten_script_is_loaded_again(desk: Desk) -> None:
    """A server that was restarted does not know the script; nobody notices."""
    desk.send(message(violation()))
    desk.client.script_flush()

    decision = desk.send(message(violation(place(slot="x9"))))
    assert decision.verdict is Verdict.RAISED


def test_keys_of_a_submission_share_their_shard(client: RedisClient) -> None:
    """A cluster runs the script on one node: every key has the shard's tag."""
    desk = Desk(client, shards=8)
    for n in range(20):
        desk.send(message(violation(place(slot=f"x{n}"))))

    keys = [str(key) for key in client.keys("*")]
    assert all(key.startswith("b'nonsite:{") for key in keys)
    assert len({key.split("}")[0] for key in keys}) > 1


def test_finished_places_are_forgotten_in_time(desk: Desk) -> None:
    """Memory holds what is open; the rest expires after a week."""
    told = violation()
    desk.send(message(told))
    held = [key for key in desk.client.keys("*") if desk.client.ttl(key) >= 0]
    assert [str(key).strip("b'").split("}:")[1] for key in held] == ["flood:dock_2"]
    desk.send(message(again(told, 70, life=Life.CLEARED), 2))

    expiring = [key for key in desk.client.keys("*") if desk.client.ttl(key) > 0]
    assert len(expiring) == 3


def test_address_of_no_redis_is_named() -> None:
    """The error names what is wrong and never a password."""
    with pytest.raises(StoreError, match="redis://") as caught:
        open_redis("http://user:s3cret@host")

    assert "s3cret" not in str(caught.value)
