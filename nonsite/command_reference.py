"""`nonsite reference`: takes the picture a view is compared with from its own feed.

Openings are compared with it, and the views of a turning camera are told apart by it.
In: the stored site and the camera's feed. Out: a JPEG in the data folder and a new
revision that names it, in force. Refused while somebody stands before an opening: what
is taken for closed must be seen closed.
"""

import getpass
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from alerts.audit import Act, Actor
from alerts.command import ApplyRevision
from alerts.commands import CommandSender
from alerts.database import Database
from alerts.drafts import Drafts
from alerts.errors import StoreUnavailableError
from alerts.evidence_acts import EvidenceActs
from alerts.redis_client import open_redis
from alerts.revisions import SqlRevisionStore, Why
from base.clock import beijing_day
from base.errors import ConfigError
from base.ids import CameraId
from base.json_value import JsonValue
from detector.box import Box
from detector.look import Track
from detector.masks import blackened
from models.catalogue import SHIPPED_DIR
from nonsite.command_run import DATA, DataOption
from nonsite.lines import CameraPlan, Networks, looker_of, resolver_of
from nonsite.parts import Parts, neighbour_redis, opened
from nonsite.settings import logins_from_environment
from nonsite.stored_site import database_of
from rules.settings import Purpose, ZoneSection
from sites.dossier_section import basis_problem
from sites.revision import Revision, RevisionId, revision_of
from sites.schema import CameraSection, Site, ViewSection
from streams.frame import Frame, ImageBGR
from streams.probe import probe_with_picture
from streams.settings import Profile
from streams.still import jpeg

NO_REASON = "taken anew"
QUALITY = 97
"""Of the JPEG: what is compared with it are single grey levels."""


def reference(  # noqa: PLR0913, PLR0917  # size: each parameter is an option of the command line
    camera: Annotated[str, typer.Argument(help="the camera's name")],
    view: Annotated[str, typer.Option(help="the preset it shows now")] = "home",
    data: DataOption = DATA,
    reason: Annotated[str, typer.Option(help="why; stands in the audit trail")] = "",
    by: Annotated[
        str | None, typer.Option(help="who takes it; left out: who is logged in")
    ] = None,
    role: Annotated[str, typer.Option(help="in which role")] = "command line",
    job: Annotated[UUID | None, typer.Option(hidden=True)] = None,
) -> None:
    """Take the reference picture of a view now, openings closed and nobody there."""
    actor = Actor(by or getpass.getuser(), role)
    with opened(data, "apply") as parts:
        database = database_of(parts)
        revision = SqlRevisionStore(database, parts.clock).current()
        if revision is None:
            raise ConfigError((f"--data {data}: no site is in force there",))
        site = revision.site
        section, drawn = _named(site, camera, view)
        now = parts.clock.utc_now()
        picture = _picture(section, parts, now)
        bare = section.model_copy(
            update={"views": {view: drawn.model_copy(update={"reference": None})}}
        )
        plan = CameraPlan(CameraId(camera), bare, site, RevisionId(""), 0)
        _refuse_people(plan, drawn, picture, parts)
        path = _kept(parts, f"{camera}_{view}_{now:%Y%m%dT%H%M%S}", picture, drawn)
        changed = _with_reference(site, camera, view, path)
        new = _put_in_force(
            database,
            parts,
            revision_of(changed, now, actor.name, reason.strip() or NO_REASON),
            revision.id,
        )
        where = f"camera/{camera}/{view}"
        act = Act("reference.taken", where, new.note, _facts(path, drawn, new, job))
        EvidenceActs(database, parts.clock).append(actor, act)
        parts.done("reference", str(path))
        client = open_redis(neighbour_redis(parts).get_secret_value())
        try:
            CommandSender(client, parts.clock).tell(ApplyRevision(revision=new.id))
        except StoreUnavailableError:
            parts.done("told", "nobody: no worker runs; in force at the next start")
        typer.echo(path.name)


def _put_in_force(
    database: Database, parts: Parts, new: Revision, base: RevisionId
) -> Revision:
    """Let it stand, unless something else than `base` is in force meanwhile.

    Raises:
        OvertakenError: Somebody has changed the site: take it again.
    """
    drafts = Drafts(database, parts.clock)
    drafts.keep(new)
    drafts.apply(new.id, base, Why(new.author, new.note))
    parts.done("site", f"{new.id[:12]} (new), cameras: {len(new.site.cameras)}")
    return new


def _facts(
    path: Path, before: ViewSection, new: Revision, job: UUID | None
) -> dict[str, JsonValue]:
    """What the trail says: which bytes, in the place of which, for which job."""
    old = before.reference
    facts: dict[str, JsonValue] = {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "file": path.name,
        "replaced": None if old is None else old.name,
        "revision": new.id,
    }
    return facts if job is None else {**facts, "job": str(job)}


def _named(site: Site, camera: str, view: str) -> tuple[CameraSection, ViewSection]:
    section = site.cameras.get(camera)
    if section is None:
        has = ", ".join(site.cameras) or "none"
        raise ConfigError((f"{camera}: no such camera; the site has {has}",))
    if view not in section.views:
        has = ", ".join(section.views) or "none"
        raise ConfigError((f"cameras.{camera}.views.{view}: not drawn; it has {has}",))
    return section, section.views[view]


def _picture(section: CameraSection, parts: Parts, now: datetime) -> ImageBGR:
    """The first key frame of the feed.

    Raises:
        ConfigError: The camera has no valid basis: its feed is not pulled.
        FeedError: The feed does not give one.
    """
    problem = basis_problem(section.dossier, beijing_day(now))
    if problem is not None:
        raise ConfigError((f"the feed is not pulled: {problem.value}",))
    resolver = resolver_of(section, parts.data.root, logins_from_environment)
    address = resolver.resolve(Profile.LOOKS)
    return probe_with_picture(address, section.feed.timeout_s, 0.0)[1]


def _refuse_people(
    plan: CameraPlan, drawn: ViewSection, picture: ImageBGR, parts: Parts
) -> None:
    """Nothing the network can name may stand before an opening.

    Raises:
        ConfigError: Something does; names the opening.
    """
    own = parts.settings.models_dir
    networks = Networks((SHIPPED_DIR,) if own is None else (SHIPPED_DIR, own))
    frame = Frame(plan.id, parts.clock.utc_now(), picture, is_keyframe=True)
    look = looker_of(plan, networks).look(frame)
    for name, zone in drawn.zones.items():
        if zone.purpose is not Purpose.OPENING:
            continue
        there = [track for track in look.tracks if _is_before(track, zone)]
        if there:
            where = f"cameras.{plan.id}.views.{look.view}.zones.{name}"
            what = f"{where}: a {there[0].label} stands before it; try again later"
            raise ConfigError((what,))


def _is_before(track: Track, zone: ZoneSection) -> bool:
    xs, ys = zip(*zone.points, strict=True)
    return track.box.overlap(Box(min(xs), min(ys), max(xs), max(ys))) > 0


def _kept(parts: Parts, name: str, picture: ImageBGR, drawn: ViewSection) -> Path:
    """The picture as a file, privacy masks black, for this user alone."""
    masks = [z.points for z in drawn.zones.values() if z.purpose is Purpose.MASK]
    folder = parts.data.references
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{name}.jpg"
    path.write_bytes(jpeg(blackened(picture, masks), QUALITY))
    return path.resolve()


def _with_reference(site: Site, camera: str, view: str, path: Path) -> Site:
    section = site.cameras[camera]
    drawn = section.views[view].model_copy(update={"reference": path})
    changed = section.model_copy(update={"views": {**section.views, view: drawn}})
    return site.model_copy(update={"cameras": {**site.cameras, camera: changed}})
