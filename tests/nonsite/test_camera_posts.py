"""Cameras put to work by a site: real feeds, networks, leases and clocks."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from alerts.alert import AlertFilter
from alerts.consumers import Consumers
from alerts.database import open_database
from alerts.embedded_valkey import EmbeddedValkey
from alerts.errors import ShelfTakenError
from alerts.migrate import migrate
from alerts.pack_shelf import Shelf
from alerts.redis_client import RedisClient
from alerts.repository import AlertRepository
from base.clock import SystemClock
from base.errors import StoppedError
from base.ids import ViewName
from nonsite.camera_posts import CameraPosts
from nonsite.overload import OverloadTimes
from rules.engine import DisabledRule
from rules.settings import RuleSection
from rules.violation import Life, Phase
from sites.inputs_section import Calendar, InputsSection
from sites.schema import Site
from streams.faults import FeedFault
from streams.feed_status import FeedState
from streams.look_plan import LookRequest
from streams.packet import Codec, EncodedPacket, VideoFormat
from tests.alerts.evidence_rig import jpeg
from tests.alerts.path_rig import parts_of
from tests.nonsite.posts_rig import (
    DOCK,
    GATE,
    NEW,
    OLD,
    OWN_CODE,
    SLOW,
    WITHIN_S,
    YARD,
    Worker,
    judge,
    site,
    site_with_a_car,
    with_camera,
    with_zone,
)
from tests.nonsite.service_process import wait_for


def test_a_site_puts_its_cameras_to_work(worker: Worker) -> None:
    """Each camera of the share has a lease, a line citing the revision and frames."""
    worker.posts.apply(site(), OLD, (DOCK, GATE))

    assert set(worker.posts.lines) == {DOCK, GATE}
    assert all(worker.leases_of(DOCK, GATE))
    assert worker.leases_of(YARD) == [0]
    assert wait_for(lambda: worker.is_live(DOCK) and worker.is_live(GATE), WITHIN_S)
    frames = worker.posts.mailbox.newest(worker.stop)
    assert {next(frames).camera for _ in range(4)} == {DOCK, GATE}
    assert worker.posts.ring_of(DOCK) is not None
    assert worker.posts.ring_of(YARD) is None


def test_unchanged_cameras_are_left_alone(worker: Worker) -> None:
    """Only the changed one gets another lease, line and feed."""
    worker.posts.apply(site(), OLD, (DOCK, GATE, YARD))
    before = dict(worker.posts.lines)
    rings = {camera: worker.posts.ring_of(camera) for camera in before}
    leases = worker.leases_of(DOCK, GATE, YARD)

    feed = {"kind": "file", "path": "clip.mp4", "loop": True, "ring_s": 30}
    changed = with_camera(site(), GATE, feed=feed)
    worker.posts.apply(changed, NEW, (DOCK, GATE, YARD))

    dock, gate, yard = worker.leases_of(DOCK, GATE, YARD)
    assert [dock, yard] == [leases[0], leases[2]]
    assert gate > leases[1]
    for camera in (DOCK, YARD):
        assert worker.posts.lines[camera] is before[camera]
        assert worker.posts.ring_of(camera) is rings[camera]
    assert worker.posts.lines[GATE] is not before[GATE]
    assert worker.posts.ring_of(GATE) is not rings[GATE]
    assert wait_for(lambda: worker.is_live(GATE), WITHIN_S)


def test_a_lease_that_is_refused_is_tried_again(
    worker: Worker, client: RedisClient
) -> None:
    """Whatever a broken Redis says: the camera is watched once it is mended."""
    key = f"nonsite:lease:{{{DOCK}}}"
    client.lpush(key, "no number")
    mend = threading.Timer(0.5, client.delete, (key,))
    mend.start()
    worker.posts.apply(site(), OLD, (DOCK,))
    mend.join()

    assert set(worker.posts.lines) == {DOCK}


RULES_ALONE: dict[str, Callable[[Site], Site]] = {
    "the site's rules": lambda s: s.model_copy(update={"rules": SLOW}),
    "the camera's rules": lambda s: with_camera(s, DOCK, rules=SLOW),
    "a zone's rules": lambda s: with_zone(s, rules=SLOW),
    "a zone's height": lambda s: with_zone(s, height_m=3.0),
    "a code of one's own": lambda s: s.model_copy(update={"codes": OWN_CODE}),
    "an input": lambda s: s.model_copy(
        update={"inputs": InputsSection(calendar=Calendar.NONE)}
    ),
    "the regime": lambda s: with_camera(s, DOCK, regime="municipal"),
    "the priority": lambda s: with_camera(s, DOCK, priority=9),
}


@pytest.mark.parametrize("what", RULES_ALONE)
def test_a_change_of_rules_leaves_the_feed_connected(worker: Worker, what: str) -> None:
    """Same feed, ring, looker and lease; the new rules cite the revision."""
    worker.posts.apply(site(), OLD, (DOCK,))
    assert wait_for(lambda: worker.is_live(DOCK), WITHIN_S)
    post, line = worker.posts._posts[DOCK], worker.posts.lines[DOCK]
    lease, since = worker.leases_of(DOCK), post.feed.status().since

    changed = RULES_ALONE[what](site())
    worker.posts.apply(changed, NEW, (DOCK,))

    assert worker.posts._posts[DOCK].feed is post.feed
    assert worker.posts.lines[DOCK] is line
    assert worker.leases_of(DOCK) == lease
    assert post.feed.status().since == since
    rules = line.engine._engines[ViewName("home")]._rules
    assert {rule.inputs.config for rule in rules.values()} == {NEW}


def test_changed_rules_are_asked_for_on_the_running_feed(worker: Worker) -> None:
    """A dwell of 60 s wants a look in 6 s; the plan of the feed says so."""
    worker.posts.apply(site(), OLD, (DOCK,))
    assert wait_for(lambda: worker.is_live(DOCK), WITHIN_S)
    plan = worker.posts._posts[DOCK].feed._plan
    assert plan.request.max_gap_s == pytest.approx(0.2)

    worker.posts.apply(with_camera(site(), DOCK, rules=SLOW), NEW, (DOCK,))

    assert wait_for(lambda: plan.request.max_gap_s == pytest.approx(6.0), WITHIN_S)


DRAWN_ANEW: dict[str, Callable[[Site], Site]] = {
    "its corners": lambda s: with_zone(s, points=((0.2, 0.1), (0.4, 0.1), (0.4, 0.3))),
    "its purpose": lambda s: with_zone(s, purpose="mask"),
}


@pytest.mark.parametrize("what", DRAWN_ANEW)
def test_a_zone_drawn_anew_leaves_the_feed_connected(worker: Worker, what: str) -> None:
    """Crops and masks follow the corners; feed, ring, clocks and lease go on."""
    worker.posts.apply(site(), OLD, (DOCK,))
    assert wait_for(lambda: worker.is_live(DOCK), WITHIN_S)
    feed, line = worker.posts._posts[DOCK].feed, worker.posts.lines[DOCK]
    ring, lease = worker.posts.ring_of(DOCK), worker.leases_of(DOCK)

    worker.posts.apply(DRAWN_ANEW[what](site()), NEW, (DOCK,))

    now = worker.posts.lines[DOCK]
    assert worker.posts._posts[DOCK].feed is feed
    assert worker.posts.ring_of(DOCK) is ring
    assert worker.leases_of(DOCK) == lease
    assert now.engine is line.engine
    assert now.looker.crop_plan((1920, 1080)) != line.looker.crop_plan((1920, 1080))


def test_another_network_is_another_line(worker: Worker) -> None:
    """What the old network remembers means nothing to the new one."""
    worker.posts.apply(site(), OLD, (DOCK,))
    before = worker.posts.lines[DOCK]

    worker.posts.apply(with_camera(site(), DOCK, detector={"crops": 1}), NEW, (DOCK,))

    assert worker.posts.lines[DOCK].engine is not before.engine


def test_the_same_site_again_changes_nothing(worker: Worker) -> None:
    """A revision that differs in words of no camera takes no lease."""
    worker.posts.apply(site(), OLD, (DOCK,))
    leases = worker.leases_of(DOCK)
    renamed = site().model_copy(update={"name": "Renamed"})

    worker.posts.apply(renamed, NEW, (DOCK,))

    assert worker.leases_of(DOCK) == leases


def test_a_removed_camera_is_ended(worker: Worker) -> None:
    """No line, no feed, no status, no frame of it; the other goes on."""
    worker.posts.apply(site(), OLD, (DOCK, GATE))
    assert wait_for(lambda: worker.is_live(DOCK) and worker.is_live(GATE), WITHIN_S)
    leases = worker.leases_of(GATE)

    worker.posts.apply(site(), NEW, (GATE,))

    assert set(worker.posts.lines) == {GATE}
    assert set(worker.posts.statuses()) == {GATE}
    assert worker.posts.ring_of(DOCK) is None
    frames = worker.posts.mailbox.newest(worker.stop)
    assert {next(frames).camera for _ in range(3)} == {GATE}
    assert worker.leases_of(GATE) == leases


def test_a_camera_that_went_leaves_its_shelf(worker: Worker, tmp_path: Path) -> None:
    """Another worker may have it from then on, and not before."""
    worker.posts.apply(site(), OLD, (DOCK,))
    other = Shelf(tmp_path / "shelf", 1 << 26, reserve_bytes=0)

    def is_free() -> bool:
        with suppress(ShelfTakenError):
            other.take_up(DOCK)
            return True
        return False

    claimed = tmp_path / "shelf" / "locks" / DOCK
    assert wait_for(claimed.exists, WITHIN_S)
    assert not is_free()
    worker.posts.apply(site(), OLD, ())

    assert wait_for(is_free, WITHIN_S)
    other.close()


@pytest.mark.parametrize("what", ["rule", "camera", "basis"])
def test_candidates_of_what_went_are_deleted(
    worker: Worker, tmp_path: Path, what: str
) -> None:
    """Pictures of what nobody judges any more stay on no disk."""
    wanted, looks = site_with_a_car()
    worker.posts.apply(wanted, OLD, (DOCK,))
    line, keeper = worker.posts.lines[DOCK], worker.posts._tools.keeper
    for look in looks[:10]:
        keeper.keep(look, lambda: jpeg(1), line.engine.judge(look))
    shelf = tmp_path / "shelf"
    assert wait_for(lambda: list(shelf.glob("camera-dock/*/*.jpg")), WITHIN_S)

    gone = {
        "rule": with_zone(wanted, rules={"SW-01": RuleSection(enabled=False)}),
        "camera": wanted.model_copy(update={"cameras": {}}),
        "basis": with_camera(wanted, DOCK, dossier=None),
    }[what]
    worker.posts.apply(gone, NEW, () if what == "camera" else (DOCK,))

    assert wait_for(lambda: not list(shelf.glob("camera-dock/*")), WITHIN_S)


def test_a_camera_gone_and_back_tells_what_still_stands(
    worker: Worker, client: RedisClient, tmp_path: Path
) -> None:
    """It ended with the dossier; renewed, it is reopened and told as due.

    A camera that went to another worker and came back goes on as if nothing was.
    """
    wanted, looks = site_with_a_car()
    worker.posts.apply(wanted, OLD, (DOCK,))
    (stood,) = judge(worker, looks[:45])
    worker.posts.apply(wanted, NEW, ())
    worker.posts.apply(wanted, NEW, (DOCK,))
    (still,) = worker.posts.lines[DOCK].engine.standing()
    assert (still.id, still.revision, still.life) == (
        stood.id,
        stood.revision,
        Life.OPEN,
    )
    worker.posts.apply(with_camera(wanted, DOCK, dossier=None), NEW, (DOCK,))
    worker.posts.apply(wanted, NEW, (DOCK,))
    assert {v.id for v in judge(worker, looks[45:])} == {stood.id}

    tools = worker.posts._tools
    database = open_database(f"sqlite:///{tmp_path}/nonsite.db")
    migrate(database)
    consumers = Consumers(4, parts_of(client, database))
    consumers.start()
    alerts = AlertRepository(database)
    assert wait_for(lambda: tools.inbox.lag().entries == 0, WITHIN_S)
    told = (Life.REOPENED, Phase.DUE)

    def stored() -> list[tuple[Life, Phase]]:
        page = alerts.list_alerts(AlertFilter())
        return [(alert.life, alert.phase) for alert in page.alerts]

    assert wait_for(lambda: stored() == [told], WITHIN_S), stored()
    consumers.stop()


def test_a_camera_that_cannot_be_built_stops_no_other(worker: Worker) -> None:
    """A network that is not there is that camera's trouble; put right, it works."""
    broken = with_camera(site(), DOCK, detector={"model": "nobodys_network"})

    worker.posts.apply(broken, OLD, (DOCK, GATE))
    assert set(worker.posts.lines) == {GATE}
    told = worker.posts.statuses()[DOCK]
    assert (told.state, told.fault) == (FeedState.WAITING, FeedFault.UNUSABLE)
    leases = worker.leases_of(GATE)

    worker.posts.apply(site(), NEW, (DOCK, GATE))
    assert set(worker.posts.lines) == {DOCK, GATE}
    assert worker.posts.statuses()[DOCK].fault is not FeedFault.UNUSABLE
    assert worker.leases_of(GATE) == leases


def test_a_camera_whose_change_fails_does_not_go_on_as_before(worker: Worker) -> None:
    """What the new site does not allow is not judged by the old one either."""
    worker.posts.apply(site(), OLD, (DOCK, GATE))
    broken = with_camera(site(), DOCK, detector={"model": "nobodys_network"})

    worker.posts.apply(broken, NEW, (DOCK, GATE))

    assert set(worker.posts.lines) == {GATE}
    assert worker.posts.statuses()[DOCK].fault is FeedFault.UNUSABLE


def test_a_camera_that_fails_ends_what_stood_and_is_tried_again(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its alerts do not stay open; the picture there, it is due, begins and goes on."""
    wanted, looks = site_with_a_car()
    worker.posts.apply(wanted, OLD, (DOCK,))
    (stood,) = judge(worker, looks[:45])
    picture = tmp_path / "home.png"
    home = wanted.cameras[DOCK].views["home"].model_copy(update={"reference": picture})
    broken = with_camera(wanted, DOCK, views={"home": home.model_dump()})

    worker.posts.apply(broken, NEW, (DOCK,))
    assert worker.posts.lines == {}
    assert worker.posts.statuses()[DOCK].fault is FeedFault.UNUSABLE
    assert not worker.posts.is_due_again()
    monkeypatch.setattr("nonsite.refused_cameras.AGAIN_S", 0.0)
    assert worker.posts.is_due_again()

    cv2.imwrite(str(picture), np.full((720, 1280, 3), 90, np.uint8))
    worker.posts.apply(broken, NEW, (DOCK,))
    (over,) = worker.posts.lines[DOCK].engine.standing()
    assert (over.id, over.life) == (stood.id, Life.CLEARED)
    assert not worker.posts.is_due_again()


def test_evidence_is_cut_from_the_main_stream(worker: Worker) -> None:
    """Clips come from the evidence stream's ring; from the other while it is down."""
    main = "tcp://127.0.0.1:9"
    feed = {"kind": "url", "looks": "tcp://127.0.0.1:9/sub", "evidence": main}
    worker.posts.apply(with_camera(site(), DOCK, feed=feed), OLD, (DOCK,))
    post = worker.posts._posts[DOCK]
    assert post.evidence_feed is not None
    assert worker.posts.ring_of(DOCK) is post.feed.ring

    assert worker.posts.ring_of(DOCK) is post.feed.ring

    now = SystemClock().utc_now()
    post.evidence_feed.ring.append(key_frame(now))
    post.feed.ring.append(key_frame(now + timedelta(seconds=2)))
    assert worker.posts.ring_of(DOCK) is post.evidence_feed.ring

    post.feed.ring.append(key_frame(now + timedelta(seconds=4)))
    assert worker.posts.ring_of(DOCK) is post.feed.ring

    post.evidence_feed.ring.append(key_frame(now + timedelta(seconds=5)))
    assert worker.posts.ring_of(DOCK) is post.evidence_feed.ring


def key_frame(at: datetime) -> EncodedPacket:
    """A packet of a stream's own."""
    video = VideoFormat(Codec.H264, b"", 256, 144)
    return EncodedPacket(
        b"key", video, is_keyframe=True, at=at, decode_at=at, duration_s=0.04
    )


def test_close_ends_every_feed(worker: Worker) -> None:
    """After it no feed hands on anything."""
    worker.posts.apply(site(), OLD, (DOCK, GATE))
    assert wait_for(lambda: worker.is_live(DOCK) and worker.is_live(GATE), WITHIN_S)

    worker.posts.close(5.0)

    states = {status.state for status in worker.posts.statuses().values()}
    assert states == {FeedState.ENDED}


def test_the_stop_ends_the_wait_for_a_lease(
    worker: Worker, valkey: EmbeddedValkey
) -> None:
    """A worker told to end while Valkey is away begins no camera."""
    valkey.stop()
    worker.stop.set()

    with pytest.raises(StoppedError):
        worker.posts.apply(site(), OLD, (DOCK,))
    assert worker.posts.lines == {}


def test_a_rule_that_broke_is_a_fault_of_its_camera(worker: Worker) -> None:
    """Whoever looks at the camera sees that one of its rules is no longer judged."""
    worker.posts.apply(site(), OLD, (DOCK,))
    assert FeedFault.RULE_BROKEN not in worker.posts.statuses()[DOCK].faults

    engine = worker.posts.lines[DOCK].engine._engines[ViewName("home")]
    engine._disabled["SW-01"] = DisabledRule("SW-01", "ZeroDivisionError")

    assert FeedFault.RULE_BROKEN in worker.posts.statuses()[DOCK].faults


def test_a_dead_evidence_stream_is_told(worker: Worker) -> None:
    """Looks go on over the sub stream; the fault of the main stream is shown."""
    feed = {
        "kind": "url",
        "looks": "tcp://127.0.0.1:9/sub",
        "evidence": "tcp://[::1]:9",
    }
    worker.posts.apply(with_camera(site(), DOCK, feed=feed), OLD, (DOCK,))

    assert wait_for(lambda: worker.posts.statuses()[DOCK].faults, WITHIN_S)


def test_overload_slows_the_least_important_camera_and_says_so(
    worker: Worker,
) -> None:
    """Nobody takes the frames, so looks are missed: one fault, of low priority."""
    quick = OverloadTimes(window_s=0.3, windows=2, calm_s=60.0)
    posts = CameraPosts(worker.posts._tools, quick)
    posts.apply(with_camera(site(), DOCK, priority=1), OLD, (DOCK, GATE))

    def slowed() -> bool:
        for line in posts.lines.values():
            line.ask(LookRequest(0.2), datetime.now(UTC))
        return FeedFault.OVERLOAD in posts.statuses()[DOCK].faults

    assert wait_for(slowed, WITHIN_S)
    assert FeedFault.OVERLOAD not in posts.statuses()[GATE].faults
    posts.close(5.0)


def test_without_a_valid_basis_a_feed_is_not_pulled(worker: Worker) -> None:
    """It is told as a fault with its remedy; the others work; renewed, it begins."""
    wanted = site()
    refused = with_camera(wanted, GATE, dossier=None)

    worker.posts.apply(refused, OLD, (DOCK, GATE))

    assert set(worker.posts.lines) == {DOCK}
    told = worker.posts.statuses()[GATE]
    assert (told.state, told.fault) == (FeedState.WAITING, FeedFault.NO_BASIS)

    worker.posts.apply(wanted, NEW, (DOCK, GATE))

    assert set(worker.posts.lines) == {DOCK, GATE}
    assert worker.posts.statuses()[GATE].fault is not FeedFault.NO_BASIS


def test_a_basis_that_was_taken_away_ends_the_feed(worker: Worker) -> None:
    """An expired access document stops what is being pulled."""
    wanted = site()
    worker.posts.apply(wanted, OLD, (DOCK,))
    dossier = wanted.cameras[DOCK].dossier
    assert dossier is not None
    access = dossier.access.model_copy(update={"expires_on": date(2021, 1, 1)})
    over = dossier.model_copy(update={"access": access})

    worker.posts.apply(with_camera(wanted, DOCK, dossier=over), NEW, (DOCK,))

    assert worker.posts.lines == {}
    assert worker.posts.ring_of(DOCK) is None
