"""From a camera's section of the site file to the objects of its line."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from base.ids import CameraId, ViewName, ZoneName
from detector.background_store import BackgroundStore
from detector.coverage import ZoneArea
from detector.heads import HeadClassifier
from detector.looker import Looker, LookerSettings
from detector.network import Network, open_network
from detector.presets import PresetLooker, ViewChooser
from detector.reference import read_reference
from detector.senses import Senses
from models.catalogue import DEFAULT_DETECTOR, SHIPPED_DIR, find
from nonsite.worker import Aftermath, CameraLine
from rules.build import CameraRules
from rules.catalogue import with_codes
from rules.clock_store import ClockStore
from rules.engine import RuleEngine
from rules.ground_settings import plane_of
from rules.settings import Purpose, RuleCode, RuleSection, ZoneSection
from rules.view_engines import Engines, States, ViewEngines
from sites.input_files import context_of
from sites.revision import RevisionId
from sites.schema import CameraSection, Site, ViewSection
from streams.look_plan import LookRequest
from streams.resolver import FeedResolver, FileResolver, Logins, UrlResolver
from streams.settings import FileFeed

HEADS = "nonsite_head"

Ask = Callable[[LookRequest, datetime], None]


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """One camera as configured.

    Attributes:
        id: Its name in the site file.
        section: Its section.
        site: The whole site, for rules set for all cameras.
        config: The revision in force.
        lease_epoch: Grows each time the camera gets a new worker.
    """

    id: CameraId
    section: CameraSection
    site: Site
    config: RevisionId
    lease_epoch: int


def resolver_of(section: CameraSection, base_dir: Path, logins: Logins) -> FeedResolver:
    """The resolver for a camera's kind of feed."""
    if isinstance(section.feed, FileFeed):
        return FileResolver(section.feed, base_dir)
    return UrlResolver(section.feed, logins)


def home_view(section: CameraSection) -> tuple[ViewName, ViewSection]:
    """The view a fixed camera has: its only one, or `home`."""
    if not section.views:
        return ViewName("home"), ViewSection()
    if "home" in section.views:
        return ViewName("home"), section.views["home"]
    name, view = next(iter(section.views.items()))
    return ViewName(name), view


class Networks:
    """Opens each network once a process and shares it between cameras."""

    def __init__(self, folders: tuple[Path, ...] = (SHIPPED_DIR,)) -> None:
        self._folders = folders
        self._open: dict[str, Network] = {}
        self._heads: HeadClassifier | None = None

    def get(self, name: str | None) -> Network:
        """The network `name`, or the embedded one.

        Raises:
            ModelError: No such network, or its files are unusable.
        """
        name = name or DEFAULT_DETECTOR
        if name not in self._open:
            _, path = find(name, self._folders)
            self._open[name] = open_network(path)
        return self._open[name]

    def heads(self) -> HeadClassifier:
        """The embedded head classifier.

        Raises:
            ModelError: Its files are unusable.
        """
        if self._heads is None:
            _, path = find(HEADS, self._folders)
            self._heads = HeadClassifier(path)
        return self._heads


WORK_ZONES = frozenset(
    {Purpose.OPENING, Purpose.WORK_AREA, Purpose.HEIGHT_ZONE, Purpose.EDGE}
)
"""Where it matters what a person wears on the head; elsewhere nobody looks."""

GROUND_ZONES = frozenset(
    {Purpose.PAVEMENT, Purpose.BLIND_PATH, Purpose.FIRE_LANE, Purpose.SHOPFRONT}
)
"""Where things left standing matter."""

FALL_ZONES = frozenset({Purpose.HEIGHT_ZONE, Purpose.DROP_ZONE})
"""Where things may fall; watched only while a rule asks for every picture."""


def senses_of(view: ViewSection) -> Senses:
    """What the zones of a view need of its pixels."""
    zones = view.zones.values()
    return Senses(
        regions=tuple(z.points for z in zones if z.purpose in GROUND_ZONES),
        bodies=any(z.purpose in WORK_ZONES for z in zones),
        openings=_areas(view, frozenset({Purpose.OPENING})),
        falling=_areas(view, FALL_ZONES),
        masks=tuple(z.points for z in zones if z.purpose is Purpose.MASK),
    )


def _areas(view: ViewSection, purposes: frozenset[Purpose]) -> tuple[ZoneArea, ...]:
    return tuple(
        ZoneArea(ZoneName(name), zone.points)
        for name, zone in view.zones.items()
        if zone.purpose in purposes
    )


def watched_views(section: CameraSection) -> dict[ViewName, ViewSection]:
    """The views of a camera that are looked at.

    A turning camera is recognised by reference pictures: views without one cannot be.
    With fewer than two of them it is taken for a fixed camera with its home view.
    """
    known = {
        ViewName(name): view
        for name, view in section.views.items()
        if view.reference is not None
    }
    if len(known) > 1:
        return known
    name, view = home_view(section)
    return {name: view}


def looker_of(
    plan: CameraPlan,
    networks: Networks,
    backgrounds: BackgroundStore | None = None,
    before: Looker | PresetLooker | None = None,
) -> Looker | PresetLooker:
    """Frames in, looks out, for one camera.

    Args:
        plan: The camera as configured.
        networks: Where its networks come from.
        backgrounds: Where the backgrounds of its views are kept.
        before: What looked at it with the same network until now; its ids go on.

    Raises:
        ConfigError: A reference picture cannot be read.
        ModelError: A network cannot be used.
    """
    views = watched_views(plan.section)
    settings = {
        name: _looker_settings(plan, name, view) for name, view in views.items()
    }
    network = networks.get(plan.section.detector.model)
    lookers = {}
    for name, view in views.items():
        needs_heads = any(zone.purpose in WORK_ZONES for zone in view.zones.values())
        heads = networks.heads() if needs_heads else None
        lookers[name] = Looker(settings[name], network, heads, backgrounds)
        if before is not None and name in before.by_view:
            lookers[name].carry_on(before.by_view[name])
    if len(lookers) == 1:
        return next(iter(lookers.values()))
    references = {
        name: one.reference
        for name, one in settings.items()
        if one.reference is not None
    }
    return PresetLooker(lookers, ViewChooser(references))


def _looker_settings(
    plan: CameraPlan, name: ViewName, view: ViewSection
) -> LookerSettings:
    reference = None
    if view.reference is not None:
        where = f"cameras.{plan.id}.views.{name}.reference"
        reference = read_reference(view.reference, where)
    zones = {ZoneName(zone_name): zone for zone_name, zone in view.zones.items()}
    return LookerSettings(
        camera=plan.id,
        view=name,
        zones=tuple(
            ZoneArea(zone_name, zone.points)
            for zone_name, zone in zones.items()
            if zone.purpose is not Purpose.MASK
        ),
        masks=tuple(z.points for z in zones.values() if z.purpose is Purpose.MASK),
        section=plan.section.detector,
        worker_epoch=plan.lease_epoch,
        senses=senses_of(view),
        reference=reference,
    )


def _permitted(plan: CameraPlan, view: ViewSection) -> dict[ZoneName, ZoneSection]:
    """The view's zones; codes outside the camera's permitted purposes are off there.

    A recording has no dossier: what may be judged on a camera says nothing of a replay.
    """
    dossier = plan.section.dossier
    off: dict[RuleCode, RuleSection] = {}
    if dossier is not None:
        off = {
            code: RuleSection(enabled=False)
            for code in with_codes(plan.site.codes).rules
            if not dossier.permits(code)
        }
    return {
        ZoneName(name): zone.model_copy(update={"rules": zone.rules | off})
        for name, zone in view.zones.items()
    }


def engine_of(plan: CameraPlan, clocks: ClockStore) -> ViewEngines:
    """Looks in, violations out, for one camera."""
    return ViewEngines(engines_of(plan, clocks))


def engines_of(
    plan: CameraPlan, clocks: ClockStore, states: States | None = None
) -> Engines:
    """The rules of each watched view.

    Args:
        plan: The camera as configured.
        clocks: Where the clocks are kept.
        states: What the engines before remember; None: what was saved last.

    Raises:
        RuleError: A rule cannot be used; says which.
    """
    context, known = context_of(plan.site.inputs), states or {}
    return {
        one.view: RuleEngine(
            one, clocks, plan.lease_epoch, context, known.get(one.view)
        )
        for one in rules_of(plan)
    }


def rules_of(plan: CameraPlan) -> tuple[CameraRules, ...]:
    """What the rules of each watched view of one camera are built from."""
    views = watched_views(plan.section)
    return tuple(_rules_of(plan, name, view) for name, view in views.items())


def _rules_of(plan: CameraPlan, name: ViewName, view: ViewSection) -> CameraRules:
    return CameraRules(
        camera=plan.id,
        view=name,
        zones=_permitted(plan, view),
        site_rules=plan.site.rules,
        camera_rules=plan.section.rules,
        regime=plan.section.regime,
        config=plan.config,
        catalogue=with_codes(plan.site.codes),
        ground=None if view.ground_plane is None else plane_of(view.ground_plane),
    )


def line_of(
    plan: CameraPlan,
    networks: Networks,
    clocks: ClockStore,
    aftermath: Aftermath,
    backgrounds: BackgroundStore | None = None,
) -> CameraLine:
    """The line of one camera, without a feed yet: see `CameraLine.ask`."""
    return CameraLine(
        looker=looker_of(plan, networks, backgrounds),
        engine=engine_of(plan, clocks),
        ask=lambda _request, _at: None,
        aftermath=aftermath,
    )


def asking(line: CameraLine, ask: Ask) -> CameraLine:
    """The same line, telling `ask` what its rules need."""
    return replace(line, ask=ask)
