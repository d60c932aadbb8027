"""A stream worker: its cameras, one line for all, new revisions, a clean end."""

import threading
from pathlib import Path

import structlog

from alerts.commands import CommandReceiver
from alerts.errors import StoreError
from alerts.evidence_keeper import EvidenceKeeper
from alerts.inbox import Inbox, InboxSettings
from alerts.lease import Leases
from alerts.live import LiveWriter
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack_maker import MakerParts
from alerts.pack_scene import Scene, scenes_of
from alerts.pack_shelf import Shelf
from alerts.redis_client import open_redis
from alerts.redis_clock_store import RedisClockStore
from base.clock import Clock, beijing_day
from base.errors import StoppedError
from base.guard import Boundary, guard
from base.ids import CameraId
from base.log import RepeatCounter
from base.shutdown import StopSignal
from nonsite.background_folder import FolderBackgroundStore
from nonsite.bulletin import Bulletin
from nonsite.camera_posts import CameraPosts, PostTools
from nonsite.clock_keeper import ClockKeeper
from nonsite.feed_jobs import FeedJobs
from nonsite.lines import Networks
from nonsite.program import made_by
from nonsite.ring_cutter import RingCutter, clip_picture_at
from nonsite.shares import shares
from nonsite.watch_spec import WatchSpec
from nonsite.worker import run_line
from rules.violation import Violation
from sites.revision import RevisionId
from sites.schema import Site
from streams.ring import PacketRing

FEEDS_STOP_S = 0.8
KEEPER_STOP_S = 0.8
"""Together with the rest the whole process ends within 3 s."""

SHELF_BYTES = 2_000_000_000
COMMANDS_EVERY_S = 1.0

_log = structlog.get_logger()


class Watcher:
    """The objects of one worker process.

    Raises:
        NonsiteError: Spool, shelf or evidence store cannot be used.
    """

    def __init__(self, spec: WatchSpec, clock: Clock, stop: StopSignal) -> None:
        self._spec, self._clock, self._stop = spec, clock, stop
        self._site = Site.model_validate_json(spec.site)
        self._config, self._applied_on = spec.config, beijing_day(clock.utc_now())
        self._client = open_redis(spec.redis_url.get_secret_value())
        self._inbox = self._open_inbox(spec.data.spool(spec.worker))
        left = spec.data.left_spools(spec.workers) if spec.worker == 0 else ()
        self._left_inboxes = [self._open_inbox(folder) for folder in left]
        self._clocks = ClockKeeper(RedisClockStore(self._client), stop)
        self._keeper = self._make_keeper()
        tools = self._tools()
        self._release_clocks = tools.release_clocks
        self._posts = CameraPosts(tools)
        live = LiveWriter(self._client, clock)
        name = f"worker_{spec.worker}"
        receiver = CommandReceiver(self._client, name, clock)
        ring_of = self._posts.ring_of
        self._jobs = FeedJobs(receiver, self._client, ring_of, clock, stop)
        self._failure: Exception | None = None
        self._bulletin = Bulletin(live, self._posts.statuses, self._lag, clock)

    def run(self) -> None:
        """Watch until the stop; everything is ended when this returns.

        Raises:
            Exception: What kept it from following the site's revisions.
        """
        for inbox in (self._inbox, *self._left_inboxes):
            inbox.start()
        self._clocks.start()
        self._bulletin.start()
        self._jobs.start()
        boss = threading.Thread(target=self._follow, name="revisions", daemon=True)
        boss.start()
        try:
            frames = self._posts.mailbox.newest(self._stop)
            run_line(frames, self._posts.lines, self._inbox)
        finally:
            self._close()
        if self._failure is not None:
            raise self._failure

    def _open_inbox(self, folder: Path) -> Inbox:
        settings = InboxSettings(
            folder=folder,
            shards=self._spec.shards,
            cooldown_s=self._site.evidence.cooldown_s,
            flood_alerts=self._site.evidence.flood_alerts,
        )
        return Inbox(settings, self._client, self._clock)

    def _lag(self) -> tuple[str, int]:
        inboxes = (self._inbox, *self._left_inboxes)
        entries = sum(inbox.lag().entries for inbox in inboxes)
        return f"worker_{self._spec.worker}", entries

    def _tools(self) -> PostTools:
        return PostTools(
            networks=Networks(self._spec.models),
            leases=Leases(self._client),
            inbox=self._inbox,
            clocks=self._clocks,
            keeper=self._keeper,
            bulletin=lambda: self._bulletin,
            clock=self._clock,
            stop=self._stop,
            base_dir=self._spec.base_dir,
            backgrounds=FolderBackgroundStore(self._spec.data.backgrounds),
        )

    def _make_keeper(self) -> EvidenceKeeper:
        parts = MakerParts(
            shelf=Shelf(self._spec.data.candidates, SHELF_BYTES),
            store=ObstoreEvidenceStore(self._spec.evidence),
            sink=self._inbox,
            scene_of=self._scene,
            clock=self._clock,
            made_by=made_by(),
            picture_at=clip_picture_at,
        )
        return EvidenceKeeper(parts, RingCutter(self._ring_of), self._site.evidence)

    def _scene(self, violation: Violation) -> Scene:
        return scenes_of(self._site)(violation)

    def _ring_of(self, camera: CameraId) -> PacketRing | None:
        return self._posts.ring_of(camera)

    def _follow(self) -> None:
        """Follow the site's revisions; a worker that cannot is started anew."""
        guard(Boundary.FEED_SUPERVISOR, "revisions", self._follow_all, self._fail)

    def _fail(self, error: Exception) -> None:
        self._failure = error
        self._stop.set()

    def _follow_all(self) -> None:
        """Put the site to work, then each revision told later."""
        receiver = CommandReceiver(
            self._client, f"worker_{self._spec.worker}", self._clock
        )
        repeats = RepeatCounter(self._clock, every_s=10.0)
        is_listening = False
        wanted: RevisionId | None = None
        try:
            self._apply(self._site, self._spec.config)
            while not self._stop.wait(COMMANDS_EVERY_S):
                is_new_day = beijing_day(self._clock.utc_now()) != self._applied_on
                if is_new_day or self._posts.is_due_again():
                    # a dossier may have begun or expired over night
                    self._apply(self._site, self._config)
                try:
                    if not is_listening:
                        receiver.begin()
                        wanted = self._later_revision()
                        is_listening = True
                    for command in receiver.receive():
                        wanted = RevisionId(command.revision)
                    if wanted is not None:
                        self._take_up(wanted)
                        wanted = None
                except StoreError as error:
                    if repeats.admit("deaf") is not None:
                        _log.warning("commands.unheard", reason=str(error))
        except StoppedError:
            return

    def _later_revision(self) -> RevisionId | None:
        """What was put in force since the spec was made: a restart must not undo it."""
        from nonsite.lazy_revisions import later_revision  # noqa: PLC0415 - see there

        url = self._spec.database_url.get_secret_value()
        later = later_revision(url, self._clock, self._spec.config)
        return None if later is None else later.id

    def _take_up(self, revision: RevisionId) -> None:
        from nonsite.lazy_revisions import revision_of  # noqa: PLC0415 - see there

        url = self._spec.database_url.get_secret_value()
        found = revision_of(url, self._clock, revision)
        if found is None:
            _log.error("revision.unknown", revision=revision)
            return
        self._site = found.site
        section = found.site.evidence
        self._inbox.set_limits(section.cooldown_s, section.flood_alerts)
        self._keeper.set_section(section)
        self._apply(found.site, revision)
        _log.info("revision.applied", revision=revision)

    def _apply(self, site: Site, config: RevisionId) -> None:
        self._config = config
        self._applied_on = beijing_day(self._clock.utc_now())
        share = shares(site.cameras, self._spec.workers)[self._spec.worker]
        self._posts.apply(site, config, share)
        if self._spec.worker == 0:
            self._keeper.clear_out(self._posts.lawful(site))

    def _close(self) -> None:
        """End in the order of the line: what is behind still takes what comes."""
        self._posts.close(FEEDS_STOP_S)
        self._release_clocks()
        self._keeper.close(KEEPER_STOP_S)
        self._clocks.close()
        self._bulletin.close()
        for inbox in (self._inbox, *self._left_inboxes):
            inbox.close()
