"""The state of a feed over its connections."""

from base.clock import ManualClock
from streams.faults import FeedFault
from streams.feed_life import FeedLife
from streams.feed_status import TRANSITIONS, FeedState
from streams.intake import Intake, IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from tests.streams.conftest import CAMERA, START


def a_life() -> tuple[FeedLife, ManualClock]:
    clock = ManualClock(START)
    request = LookRequest(1.0)
    intake = Intake(CAMERA, LookPlan(request), IntakeOptions(request))
    return FeedLife(clock, intake), clock


def test_a_fault_stays_until_the_next_success() -> None:
    """While a lost feed connects again it still tells what it was lost by."""
    life, clock = a_life()
    life.connected()
    life.lost(FeedFault.STALLED, 4.0)
    clock.advance(1.5)
    waiting = life.status(0)
    life.connecting()
    connecting = life.status(0)
    life.connected()
    live = life.status(0)

    assert (waiting.fault, waiting.retry_in_s) == (FeedFault.STALLED, 2.5)
    assert (connecting.state, connecting.fault) == (
        FeedState.CONNECTING,
        FeedFault.STALLED,
    )
    assert (live.state, live.fault, live.retry_in_s) == (FeedState.LIVE, None, None)
    assert live.reconnects == 1


def test_since_is_when_the_state_began() -> None:
    """A state that goes on keeps its beginning."""
    life, clock = a_life()
    life.connecting()
    clock.advance(5)
    life.connected()
    began = life.status(0).since
    clock.advance(60)

    assert life.status(0).since == began == clock.utc_now().replace(minute=0, second=5)


def test_an_ended_feed_stays_ended() -> None:
    """After the end nothing changes the state or its fault."""
    life, _ = a_life()
    life.lost(FeedFault.REFUSED, 1.0)
    life.ended(None)
    life.connecting()
    life.connected()

    assert life.status(0).state is FeedState.ENDED


def test_every_state_has_its_changes() -> None:
    """The table of changes names every state; only the end has none."""
    assert set(TRANSITIONS) == set(FeedState)
    assert [s for s, after in TRANSITIONS.items() if not after] == [FeedState.ENDED]


def test_drops_are_looks_missed() -> None:
    """A frame replaced in the mailbox is a look missed."""
    life, _ = a_life()

    assert life.status(7).looks_missed == life.status(7).dropped == 7
