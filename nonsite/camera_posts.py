"""The cameras of one worker: line and feeds of each, begun, replaced, ended whole."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog

from alerts.errors import StoreError
from alerts.evidence_keeper import EvidenceKeeper
from alerts.inbox import Inbox
from alerts.lease import Leases
from base.clock import Clock
from base.errors import NonsiteError
from base.ids import CameraId
from base.shutdown import StopSignal
from detector.background_store import BackgroundStore
from detector.look import Look
from nonsite.bulletin import Bulletin
from nonsite.clock_keeper import ClockKeeper
from nonsite.lines import (
    CameraPlan,
    Networks,
    asking,
    engines_of,
    line_of,
    looker_of,
    resolver_of,
)
from nonsite.overload import Governor, OverloadTimes
from nonsite.refused_cameras import RefusedCameras
from nonsite.settings import logins_from_environment
from nonsite.worker import CameraLine
from rules.settings import ZoneSection
from rules.violation import LASTING, Violation, ended
from sites.revision import RevisionId
from sites.schema import CameraSection, Site, ViewSection
from streams.faults import FeedFault
from streams.feed import Feed, FeedContext, FeedOptions, stop_all
from streams.feed_status import FeedStatus
from streams.frame import Frame
from streams.look_plan import LookRequest
from streams.mailbox import Mailbox
from streams.ring import PacketRing
from streams.settings import Profile, UrlFeed
from streams.still import jpeg

RETRY_S = 1.0
SPREAD_S = 0.05
"""Per feed of the worker: 200 feeds start over 10 s."""

BEHIND = timedelta(seconds=3)
"""The evidence stream has nothing newer than so much before the other: it is down."""

NEVER = LookRequest(max_gap_s=10 * 365 * 86400.0)
"""The evidence stream is kept, not looked at."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PostTools:
    """What every camera of a worker shares."""

    networks: Networks
    leases: Leases
    inbox: Inbox
    clocks: ClockKeeper
    keeper: EvidenceKeeper
    bulletin: Callable[[], Bulletin]
    clock: Clock
    stop: StopSignal
    base_dir: Path
    backgrounds: BackgroundStore

    def release_clocks(self) -> None:
        """Let the clocks be written, if all they remember as raised is on disk.

        A process that ends while the spool takes no more is followed by one that judges
        again from before: what was held in memory is raised anew.
        """
        if self.inbox.spool_held():
            self.clocks.release()


@dataclass(frozen=True, slots=True)
class _Aftermath:
    """What follows a judged look."""

    tools: PostTools

    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        """Release the clocks, keep stills, show the look."""
        self.tools.release_clocks()
        self.tools.keeper.keep(look, partial(jpeg, frame.image), judged)
        self.tools.bulletin().show(frame, look, judged)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a camera's objects were built from: another basis, another build.

    Attributes:
        line: Of feed and network: all is built anew when it changes.
        looker: Of what is looked at: zones as drawn, masks, reference pictures.
        rules: Of the rules alone.
    """

    line: tuple[object, ...]
    looker: tuple[object, ...]
    rules: tuple[object, ...]

    @classmethod
    def of(cls, site: Site, section: CameraSection) -> "_Basis":
        """The basis of one camera as the site has it."""
        unruled = {
            name: view.model_copy(
                update={"zones": _unruled(view), "ground_plane": None}
            )
            for name, view in section.views.items()
        }
        told = dict.fromkeys(("title", "area", "position", "regime", "priority"))
        told |= {"views": None, "rules": None, "dossier": None}
        bare = section.model_copy(update=told)
        rules = (section, site.rules, site.codes, site.inputs)
        return cls((bare,), (unruled,), rules)


@dataclass(frozen=True, slots=True)
class _Post:
    """One camera at work."""

    feed: Feed
    evidence_feed: Feed | None
    basis: _Basis
    lease_epoch: int


class CameraPosts:
    """Lines and feeds by camera; changed by one thread, read by any.

    Attributes:
        lines: For `run_line`; replaced entry by entry.
        mailbox: Where the feeds put their frames.
    """

    def __init__(self, tools: PostTools, overload: OverloadTimes | None = None) -> None:
        self._tools = tools
        self._posts: dict[CameraId, _Post] = {}
        self._refused = RefusedCameras(tools.clock)
        self.lines: dict[CameraId, CameraLine] = {}
        self.mailbox = Mailbox()
        self._governor = Governor(
            self.mailbox.dropped_in_all, tools.clock, overload or OverloadTimes()
        )

    def apply(self, site: Site, config: RevisionId, mine: tuple[CameraId, ...]) -> None:
        """Make the cameras `mine` work as `site` says; unchanged ones are left alone.

        Where zones or rules alone changed, the feed stays connected and the clocks run
        on. A camera that cannot be built is told as a fault, the others go on. One
        whose dossier gives no valid basis today is not pulled: applied again on another
        day, it begins or ends.
        """
        mine = self._refused.with_basis(site, mine)
        for left in self._posts.keys() - set(mine):
            line = self.lines.get(left)
            self._end(left)
            is_over = not self._refused.has_basis(site, left)
            self._tools.keeper.give_up(left, is_over=is_over)
            if is_over:
                self._close(line)  # else another worker goes on with its clocks
        spread_s = len(mine) * SPREAD_S if not self._posts else 0.0
        for camera in mine:
            section = site.cameras[camera]
            post, basis = self._posts.get(camera), _Basis.of(site, section)
            if post is not None and post.basis == basis:
                continue
            self._tools.stop.check()
            line = self.lines.get(camera)
            try:
                if post is not None and post.basis.line == basis.line:
                    gone = self._change(camera, post, site, config)
                else:
                    stood = self._end(camera)
                    self._begin(camera, site, config, spread_s)
                    known = self.lines[camera].engine.remembered()
                    ids = {violation.id for violation in known}
                    gone = tuple(v for v in stood if v.id not in ids)
                self._clear(camera, gone)
                self._refused.is_at_work(camera)
            except NonsiteError as error:
                self._tools.stop.check()
                self._end(camera)
                self._close(line)
                self._refused.is_unusable(camera, error)

    def lawful(self, site: Site) -> frozenset[CameraId]:
        """The cameras some worker may watch today."""
        names = (CameraId(name) for name in site.cameras)
        return frozenset(n for n in names if self._refused.has_basis(site, n))

    def is_due_again(self) -> bool:
        """Whether the site should be applied again for cameras that could not begin."""
        return self._refused.are_due()

    def statuses(self) -> Mapping[CameraId, FeedStatus]:
        """How the feeds are doing; a broken rule is a fault of its camera."""
        told = {c: self._status(c, post) for c, post in list(self._posts.items())}
        return self._refused.statuses() | told

    def _status(self, camera: CameraId, post: _Post) -> FeedStatus:
        status, line = post.feed.status(), self.lines.get(camera)
        faults = set(status.faults)
        if line is not None and line.engine.health().disabled:
            faults.add(FeedFault.RULE_BROKEN)
        if self._governor.is_slowed(camera):
            faults.add(FeedFault.OVERLOAD)
        if post.evidence_feed is not None:
            # clips fall back to the small stream; people must know
            kept = post.evidence_feed.status().fault
            faults |= set() if kept is None else {kept}
        return replace(status, faults=frozenset(faults))

    def ring_of(self, camera: CameraId) -> PacketRing | None:
        """The ring clips are cut from: the evidence stream's where it keeps up."""
        post = self._posts.get(camera)
        if post is None:
            return None
        small, main = post.feed.ring, post.evidence_feed
        # the smaller picture is better than none, or than one from before an outage
        return small if main is None or _is_behind(main.ring, small) else main.ring

    def close(self, timeout_s: float) -> None:
        """End all feeds."""
        posts = list(self._posts.values())
        feeds = [post.feed for post in posts]
        feeds += [post.evidence_feed for post in posts if post.evidence_feed]
        stop_all(feeds, self._tools.clock, timeout_s)

    def _clear(self, camera: CameraId, gone: tuple[Violation, ...]) -> None:
        """Tell the end of what nobody judges now: its zone or rule went."""
        for violation in gone:
            if violation.life in LASTING:
                self._tools.inbox.raise_alert(ended(violation))
        self._tools.keeper.forget(camera, frozenset(v.id for v in gone))

    def _close(self, line: CameraLine | None) -> None:
        """Tell the end of what a line judged; a camera that is back goes on from it."""
        for violation in () if line is None else line.engine.end():
            self._tools.inbox.raise_alert(violation)
        self._tools.release_clocks()

    def _end(self, camera: CameraId) -> tuple[Violation, ...]:
        """End a camera; gives what its rules remembered when it was last judged."""
        post = self._posts.pop(camera, None)
        line = self.lines.pop(camera, None)
        if post is None:
            return ()
        feeds = [feed for feed in (post.feed, post.evidence_feed) if feed is not None]
        stop_all(feeds, self._tools.clock)
        self.mailbox.forget(camera)
        self._governor.forget(camera)
        _log.info("camera.ended", camera_id=camera)
        return () if line is None else line.engine.remembered()

    def _begin(
        self, camera: CameraId, site: Site, config: RevisionId, spread_s: float
    ) -> None:
        """Take the lease, build the line, start the feeds of one camera."""
        tools, section = self._tools, site.cameras[camera]
        epoch = self._take_lease(camera)
        tools.inbox.set_lease(camera, epoch)
        plan = CameraPlan(camera, section, site, config, epoch)
        after = _Aftermath(tools)
        line = line_of(plan, tools.networks, tools.clocks, after, tools.backgrounds)
        standing = line.engine.standing()
        known = frozenset(v.id for v in line.engine.remembered())
        tools.keeper.adopt(camera, standing, known)
        for violation in standing:
            tools.inbox.raise_alert(violation)
        looks = self._feed(plan, Profile.LOOKS, line.engine.needs(None), spread_s)
        kept = None
        if isinstance(section.feed, UrlFeed) and section.feed.evidence is not None:
            kept = self._feed(plan, Profile.EVIDENCE, NEVER, spread_s)
            kept.start()
        self._governor.set_priority(camera, section.priority)
        self.lines[camera] = asking(
            line, lambda asked, at: looks.ask(self._governor.grant(camera, asked), at)
        )
        self._posts[camera] = _Post(looks, kept, _Basis.of(site, section), epoch)
        looks.start()
        _log.info("camera.started", camera_id=camera, lease_epoch=epoch)

    def _change(
        self, camera: CameraId, post: _Post, site: Site, config: RevisionId
    ) -> tuple[Violation, ...]:
        """Look and judge otherwise from the next look on; gives what nobody judges now.

        A look that is being made meanwhile is judged by the new rules: it tells itself
        what it covers.
        """
        tools, section = self._tools, site.cameras[camera]
        plan = CameraPlan(camera, section, site, config, post.lease_epoch)
        line, basis = self.lines[camera], _Basis.of(site, section)
        if basis.looker != post.basis.looker:
            looker = looker_of(plan, tools.networks, tools.backgrounds, line.looker)
            line = replace(line, looker=looker)
        gone = line.engine.replace(
            lambda states: engines_of(plan, tools.clocks, states)
        )
        self.lines[camera] = line
        post.feed.rest(line.engine.needs(None))
        self._governor.set_priority(camera, section.priority)
        self._posts[camera] = replace(post, basis=basis)
        _log.info("camera.changed", camera_id=camera, config=config)
        return gone

    def _feed(
        self, plan: CameraPlan, profile: Profile, resting: LookRequest, spread_s: float
    ) -> Feed:
        feed, tools = plan.section.feed, self._tools
        options = FeedOptions(
            resting=resting,
            profile=profile,
            timeout_s=feed.timeout_s,
            ring_s=feed.ring_s,
            ring_bytes=round(feed.ring_mb * 1_000_000),
            start_spread_s=spread_s,
        )
        sink = self.mailbox if profile is Profile.LOOKS else Mailbox()
        resolver = resolver_of(plan.section, tools.base_dir, logins_from_environment)
        context = FeedContext(tools.clock, tools.stop, plan.lease_epoch)
        return Feed(plan.id, resolver, options, sink, context)

    def _take_lease(self, camera: CameraId) -> int:
        while True:
            self._tools.stop.check()
            try:
                return self._tools.leases.take(camera)
            except StoreError as error:
                _log.warning("lease.unavailable", reason=str(error))
                self._tools.stop.wait(RETRY_S)


def _is_behind(main: PacketRing, small: PacketRing) -> bool:
    """Whether the evidence stream is down: in media time, as clips are asked for."""
    newest, other = main.newest_at, small.newest_at
    if newest is None:
        return True
    return other is not None and other - newest > BEHIND


def _unruled(view: ViewSection) -> dict[str, ZoneSection]:
    """The zones of a view as a looker sees them: without what only rules read."""
    told = dict.fromkeys(("rules", "belongs_to", "height_m", "ground"))
    return {n: z.model_copy(update=told) for n, z in view.zones.items()}
