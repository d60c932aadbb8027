"""A data folder with the van of the sample in it, made by the line on media time.

What the service does live, without waiting for it: the recording is pulled, judged,
raised through a real Valkey into SQL, its evidence cut, sealed and stored.
"""

from contextlib import ExitStack
from functools import partial
from pathlib import Path

from alerts.database import Database, open_database
from alerts.embedded_valkey import EmbeddedValkey
from alerts.evidence_keeper import EvidenceKeeper
from alerts.migrate import migrate
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import PackState
from alerts.pack_maker import MakerParts
from alerts.pack_scene import scenes_of
from alerts.pack_shelf import Shelf
from alerts.redis_client import open_redis
from alerts.revisions import SqlRevisionStore
from base.clock import SystemClock
from base.ids import CameraId
from cases.intake import ReviewIntake, adopt
from detector.look import Look
from nonsite.data_folder import DataFolder
from nonsite.lines import CameraPlan, Networks, asking, line_of, resolver_of
from nonsite.ring_cutter import RingCutter
from nonsite.worker import judge_frame
from rules.clock_store import MemoryClockStore
from rules.violation import Violation
from sites.load import read_site
from sites.recordings import with_absolute_paths
from sites.revision import Revision, revision_of
from streams.frame import Frame
from streams.intake import IntakeOptions
from streams.look_plan import LookPlan
from streams.playback import Playback, play
from streams.settings import Profile
from streams.still import jpeg
from tests.alerts.path_rig import Line, make_line, until

CAMERA = CameraId("campus")
MEDIA_S = 34.0
"""Ten seconds until the van is an alert, twenty of its clip, and a little."""


class _Aftermath:
    """Keeps evidence of each look, at once."""

    def __init__(self, keeper: EvidenceKeeper) -> None:
        self._keeper = keeper

    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        self._keeper.keep(look, partial(jpeg, frame.image), judged)


def fill(root: Path, site_file: Path, networks: Networks) -> None:
    """Fill a data folder with what the first camera of a site raises."""
    data, clock = DataFolder(root), SystemClock()
    data.make()
    content = with_absolute_paths(read_site(site_file), site_file.parent)
    revision = revision_of(content, clock.utc_now(), "test", str(site_file))
    with ExitStack() as ending:
        valkey = EmbeddedValkey(data.valkey, clock)
        valkey.start()
        ending.callback(valkey.stop)
        client = open_redis(valkey.url)
        ending.callback(client.close)
        database = open_database(f"sqlite:///{data.database}")
        ending.callback(database.close)
        migrate(database)
        SqlRevisionStore(database, clock).apply(revision)
        line = make_line(client, database, data.spool(0), clock)
        line.inbox.set_lease(CAMERA, 1)
        line.start()
        ending.callback(line.stop)
        _watch(data, revision, networks, line)
        until(lambda: line.settled() and _is_complete(line))
        adopt(database, ReviewIntake(), clock)


def _watch(
    data: DataFolder, revision: Revision, networks: Networks, told: Line
) -> None:
    site, clock = revision.site, SystemClock()
    playing: list[Playback] = []
    parts = MakerParts(
        shelf=Shelf(data.candidates, 1 << 30, reserve_bytes=0),
        store=ObstoreEvidenceStore(str(data.evidence), reserve_bytes=0),
        sink=told.inbox,
        scene_of=scenes_of(site),
        clock=clock,
        made_by="nonsite",
    )
    cutter = RingCutter(lambda _camera: playing[0].ring)
    keeper = EvidenceKeeper(parts, cutter, site.evidence, is_inline=True)
    section = site.cameras[CAMERA]
    plan = CameraPlan(CAMERA, section, site, revision.id, 1)
    line = line_of(plan, networks, MemoryClockStore(), _Aftermath(keeper))
    look_plan = LookPlan(line.engine.needs(None))
    line = asking(line, lambda request, _at: look_plan.ask(request))
    address = resolver_of(section, data.root, lambda _name: None).resolve(Profile.LOOKS)
    start = clock.utc_now()
    options = IntakeOptions(look_plan.request)
    playing.append(play(address, CAMERA, start, look_plan, options))
    for frame in playing[0]:
        judge_frame(line, frame, told.inbox)
        if (frame.at - start).total_seconds() > MEDIA_S:
            break
    keeper.close()


def _is_complete(line: Line) -> bool:
    found = [line.alerts.get_alert(alert) for alert in line.ids()]
    return bool(found) and all(a.evidence is PackState.COMPLETE for a in found)


def opened(root: Path) -> Database:
    """The database of a filled folder."""
    return open_database(f"sqlite:///{DataFolder(root).database}")
