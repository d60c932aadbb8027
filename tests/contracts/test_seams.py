"""What later work must not force us to redo: each seam with a second implementation."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from alerts.errors import StoreError
from alerts.message import ViolationMessage, decode, encode, shard_of
from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.look import Track
from detector.signature import Signature
from rules.clause import ClauseTrace, Truth, Why
from rules.clock_store import MemoryClockStore
from rules.place import Place, SlotId
from rules.violation import (
    TRANSITIONS,
    Life,
    violation_id,
)
from streams.look_plan import LookPlan, LookRequest
from streams.resolver import FeedAddress, FeedResolver
from streams.settings import Profile
from tests.alerts.violations import violation

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def _place(**changes: object) -> Place:
    place = Place(
        CameraId("dock_2"), ViewName("home"), ZoneName("kerb"), SlotId("x51y20")
    )
    return replace(place, **changes)  # type: ignore[arg-type]


def test_message_survives_the_wire() -> None:
    """A violation read back from a message equals the one sent, to the last field."""
    message = ViolationMessage(1, 7, 42, T0, violation())

    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    "junk",
    [b"", b"\xff\xfe", b"{}", b"[1]", b'{"version":2}', b"null", b"{" * 100_000],
)
def test_junk_message_is_a_store_error(junk: bytes) -> None:
    """A damaged entry is a named error, never a crash of the consumer."""
    with pytest.raises(StoreError):
        decode(junk)


def test_two_cameras_on_one_ground_share_place_and_shard() -> None:
    """The ground's name replaces camera, view, zone and slot in the place key."""
    one = _place(ground="square")
    two = _place(ground="square", camera=CameraId("gate"), slot=SlotId("x9y9"))

    assert one.key == two.key
    assert shard_of(one, 16) == shard_of(two, 16)


def test_violation_id_depends_on_place_code_and_start_alone() -> None:
    """The id is the same after a restart; another start is another violation."""
    later = T0 + timedelta(milliseconds=1)

    assert violation_id(_place(), "SW-01", T0) == violation_id(_place(), "SW-01", T0)
    assert violation_id(_place(), "SW-01", T0) != violation_id(_place(), "SW-01", later)


def test_every_life_has_its_transitions() -> None:
    """The table of legal steps covers every life, and the dead stay dead."""
    assert set(TRANSITIONS) == set(Life)
    assert TRANSITIONS[Life.DROPPED] == frozenset()


def test_unknown_clause_needs_a_reason() -> None:
    """Unknown without a reason, or a reason without unknown, cannot be built."""
    with pytest.raises(ValueError, match="reason"):
        ClauseTrace("ring_empty", Truth.UNKNOWN)
    with pytest.raises(ValueError, match="reason"):
        ClauseTrace("ring_empty", Truth.TRUE, why=Why.OCCLUDED)


def test_person_never_has_a_signature() -> None:
    """Privacy by construction: such a track cannot be made."""
    with pytest.raises(ValueError, match="never"):
        Track(Box(0, 0, 1, 1), "person", 0.9, 100, signature=Signature(bytes(192)))


def test_clock_store_fences_an_older_lease() -> None:
    """A worker whose camera was moved cannot overwrite the new worker's clocks."""
    store = MemoryClockStore()
    camera = CameraId("dock_2")

    assert store.save(camera, 2, b"new")
    assert not store.save(camera, 1, b"old")
    assert store.load(camera) == b"new"


class _Gateway:
    """A GB/T 28181 gateway as a resolver sees it: each play address is new."""

    def __init__(self) -> None:
        self.asked = 0

    def resolve(self, profile: Profile) -> FeedAddress:
        self.asked += 1
        url = f"rtsp://media/{profile.value}/{self.asked}?token=s3cret"
        return FeedAddress(SecretStr(url), is_live=True)


def test_gateway_is_a_resolver_and_its_token_never_shows() -> None:
    """A gateway's expiring address fits the port, and prints without its token."""
    gateway: FeedResolver = _Gateway()

    first, second = gateway.resolve(Profile.LOOKS), gateway.resolve(Profile.LOOKS)

    assert str(first) == "rtsp://media/looks/1"
    assert str(second) == "rtsp://media/looks/2"


@pytest.mark.parametrize(
    ("key_interval_s", "max_gap_s", "suffices"),
    [
        pytest.param(2.0, 6.0, True, id="keys every 2 s serve a gap of 6 s"),
        pytest.param(2.0, 0.5, False, id="a work zone needs more than keys"),
        pytest.param(10.0, 6.0, False, id="a long GOP does not serve it"),
        pytest.param(None, 6.0, True, id="unmeasured keys are trusted at first"),
    ],
)
def test_look_plan_trusts_keys_only_while_they_serve(
    key_interval_s: float | None, max_gap_s: float, suffices: bool
) -> None:
    """Key frames serve the look gap or everything is decoded."""
    plan = LookPlan(LookRequest(max_gap_s))

    assert plan.keys_suffice(key_interval_s) is suffices


def test_look_plan_keeps_the_gap_on_media_time() -> None:
    """With keys every 2 s and a gap of 6 s each third key is looked at."""
    plan = LookPlan(LookRequest(6.0))
    looked = []
    for n in range(10):
        at = T0 + timedelta(seconds=2 * n)
        if plan.is_due(at, step_s=2.0):
            plan.looked(at)
            looked.append(2 * n)

    assert looked == [0, 6, 12, 18]
