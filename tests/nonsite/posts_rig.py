"""A worker's cameras for tests: a site of three, real feeds, leases and clocks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from alerts.evidence_keeper import EvidenceKeeper
from alerts.inbox import Inbox, InboxSettings
from alerts.lease import Leases
from alerts.live import LiveWriter
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.pack_maker import MakerParts
from alerts.pack_scene import scenes_of
from alerts.pack_shelf import Shelf
from alerts.redis_client import RedisClient
from alerts.redis_clock_store import RedisClockStore
from base.clock import SystemClock
from base.ids import CameraId
from base.shutdown import StopSignal
from detector.background_store import MemoryBackgroundStore
from detector.look import Look
from nonsite.bulletin import Bulletin
from nonsite.camera_posts import CameraPosts, PostTools
from nonsite.clock_keeper import ClockKeeper
from nonsite.lines import Networks
from nonsite.ring_cutter import RingCutter
from rules.catalogue import shipped_catalogue
from rules.settings import RuleSection, ZoneSection
from rules.violation import RAISED, Violation
from sites.load import parse_site
from sites.revision import RevisionId
from sites.schema import CameraSection, Site
from streams.feed_status import FeedState
from tests.scenes.actor import parked
from tests.scenes.noise import measured
from tests.scenes.street import on_street, pavement
from tests.sites.dossiers import DOSSIER_YAML
from tests.streams.footage import Recipe, write

DOCK, GATE, YARD = CameraId("dock"), CameraId("gate"), CameraId("yard")
OLD, NEW = RevisionId("a" * 64), RevisionId("b" * 64)
WITHIN_S = 15.0

CAMERA = (
    """
    dossier: """
    + DOSSIER_YAML
    + """
    feed: {kind: file, path: clip.mp4, loop: true}
    rules: {SW-01: {dwell_s: 2}}
    views:
      home:
        zones:
          kerb: {purpose: pavement, points: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]}
"""
)
"""A dwell of 2 s, so that a look is due every 0.2 s."""


def site() -> Site:
    """Three cameras alike."""
    cameras = "".join(f"  {camera}:{CAMERA}" for camera in (DOCK, GATE, YARD))
    return parse_site(f"version: 1\nname: Three\ncameras:\n{cameras}".encode())


def with_camera(base: Site, camera: CameraId, **changes: object) -> Site:
    """The site with one camera changed."""
    changed = CameraSection.model_validate(base.cameras[camera].model_dump() | changes)
    return base.model_copy(update={"cameras": base.cameras | {camera: changed}})


def with_zone(base: Site, **changes: object) -> Site:
    """The site with the first camera's zone changed."""
    zone = ZoneSection.model_validate(ZONE.model_dump() | changes)
    home = {"zones": {"kerb": zone.model_dump()}}
    return with_camera(base, DOCK, views={"home": home})


ZONE = site().cameras[DOCK].views["home"].zones["kerb"]
SLOW = {"SW-01": RuleSection(dwell_s=60)}
OWN_CODE = {"NH-01": shipped_catalogue().rules["SW-01"]}


@dataclass
class Worker:
    """What a worker process holds, without its judging thread."""

    posts: CameraPosts
    leases: Leases
    stop: StopSignal

    def leases_of(self, *cameras: CameraId) -> list[int]:
        """The newest lease of each camera."""
        return [self.leases.current(camera) for camera in cameras]

    def is_live(self, camera: CameraId) -> bool:
        """Whether the camera's feed gives pictures."""
        status = self.posts.statuses().get(camera)
        return status is not None and status.state is FeedState.LIVE


def working(client: RedisClient, tmp_path: Path) -> Iterator[Worker]:
    """A worker over a real Valkey, ended afterwards."""
    write(tmp_path / "clip.mp4", Recipe(seconds=4, gop=10))
    clock, stop, leases = SystemClock(), StopSignal(), Leases(client)
    inbox = Inbox(InboxSettings(tmp_path / "spool"), client, clock)
    clocks = ClockKeeper(RedisClockStore(client), stop)
    parts = MakerParts(
        shelf=Shelf(tmp_path / "shelf", 1 << 26, reserve_bytes=0),
        store=MemoryEvidenceStore(),
        sink=inbox,
        scene_of=scenes_of(site()),
        clock=clock,
        made_by="nonsite test",
    )
    rings = RingCutter(lambda camera: posts.ring_of(camera))  # noqa: PLW0108 - made later
    keeper = EvidenceKeeper(parts, rings, site().evidence)
    writer = LiveWriter(client, clock)
    tools = PostTools(
        networks=Networks(),
        leases=leases,
        inbox=inbox,
        clocks=clocks,
        keeper=keeper,
        bulletin=lambda: board,
        clock=clock,
        stop=stop,
        base_dir=tmp_path,
        backgrounds=MemoryBackgroundStore(),
    )
    posts = CameraPosts(tools)
    board = Bulletin(writer, posts.statuses, lambda: ("worker_0", 0), clock)
    inbox.start()
    clocks.start()
    yield Worker(posts, leases, stop)
    stop.set()
    posts.close(5.0)
    keeper.close()
    clocks.close()
    inbox.close()


def site_with_a_car() -> tuple[Site, list[Look]]:
    """A car on the first camera's pavement for 380 s, told after one minute."""
    quick = {"SW-01": RuleSection(dwell_s=60, grace_s=60)}
    scene = on_street([parked(0, 400, 3.5, 16)], measured())
    looks = [replace(look, camera=DOCK) for look in scene.looks(380)]
    return with_zone(site(), points=pavement().points, rules=quick), looks


def judge(worker: Worker, looks: list[Look]) -> list[Violation]:
    """What these looks of the first camera raise, put on the spool."""
    raised, tools = list[Violation](), worker.posts._tools
    for look in looks:
        for violation in worker.posts.lines[DOCK].engine.judge(look):
            if violation.life in RAISED:
                raised.append(violation)
                tools.inbox.raise_alert(violation)
        tools.release_clocks()
    return raised
