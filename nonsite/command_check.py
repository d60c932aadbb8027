"""`nonsite check`: what a site file gives before it runs: feeds, costs, blind rules."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from base.clock import SystemClock, beijing_day
from base.ids import CameraId, ViewName
from detector.crops import CropPlan
from detector.network import Network
from models.catalogue import SHIPPED_DIR
from nonsite.lines import (
    CameraPlan,
    Networks,
    engine_of,
    looker_of,
    resolver_of,
)
from nonsite.settings import logins_from_environment, read_settings
from nonsite.wanting import tell_wanted, unwatched_views, with_reference
from rules.blindness import Blind
from rules.catalogue import shipped_catalogue
from rules.clock_store import MemoryClockStore
from rules.settings import RuleCode
from sites.dossier_section import BasisProblem, EvidenceGap, basis_problem
from sites.load import read_site
from sites.recordings import with_absolute_paths
from sites.revision import RevisionId
from sites.schema import Site
from streams.errors import FeedError
from streams.faults import REMEDIES, FeedFault
from streams.probe import Probe, probe
from streams.settings import Profile, UrlFeed

AT_ONCE = 16
"""Feeds probed at the same time."""

UNKNOWN_SIZE_PX = (1920, 1080)
"""What a crop plan is told for when the feed could not be reached."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one camera."""

    camera: CameraId
    found: Probe | FeedError | None
    gap_s: float
    plan: CropPlan
    ms_per_crop: float
    wanted: Mapping[ViewName, tuple[Blind, ...]]
    unwatched: tuple[str, ...]
    basis: BasisProblem | None
    lacks: tuple[EvidenceGap, ...]
    not_permitted: tuple[RuleCode, ...]


def check(
    site: Annotated[Path, typer.Argument(help="the site file")],
    feeds: Annotated[bool, typer.Option(help="also connect to each feed")] = True,
) -> None:
    """Validate a site: configuration, models, feeds; what each camera cannot see."""
    console = Console(highlight=False)
    content = with_absolute_paths(read_site(site), site.absolute().parent)
    told = f"{site}: {content.name}, {len(content.cameras)} cameras"
    console.print(told, markup=False)
    own = read_settings().models_dir
    networks = Networks((SHIPPED_DIR,) if own is None else (SHIPPED_DIR, own))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [CameraId(name) for name in content.cameras]
        found = pool.map(lambda camera: _probe(content, camera, feeds=feeds), asked)
        with console.status("looking at the feeds …"):
            probes = dict(zip(asked, found, strict=True))
    checked = [_check(content, camera, probes[camera], networks) for camera in asked]
    console.print(_table(checked))
    _tell_trouble(console, checked)
    if any(isinstance(one.found, FeedError) or one.basis for one in checked):
        raise typer.Exit(1)


def _probe(site: Site, camera: CameraId, *, feeds: bool) -> Probe | FeedError | None:
    section = site.cameras[camera]
    today = beijing_day(SystemClock().utc_now())
    if not feeds or basis_problem(section.dossier, today) is not None:
        return None
    timeout_s = section.feed.timeout_s
    try:
        resolver = resolver_of(section, Path(), logins_from_environment)
        if isinstance(section.feed, UrlFeed) and section.feed.evidence is not None:
            probe(resolver.resolve(Profile.EVIDENCE), timeout_s)
        return probe(resolver.resolve(Profile.LOOKS), timeout_s)
    except FeedError as error:
        return error


def _check(
    site: Site,
    camera: CameraId,
    found: Probe | FeedError | None,
    networks: Networks,
) -> Checked:
    section = site.cameras[camera]
    dossier, today = section.dossier, beijing_day(SystemClock().utc_now())
    plan = CameraPlan(camera, section, site, RevisionId(""), lease_epoch=0)
    network = networks.get(section.detector.model)
    engine = engine_of(plan, MemoryClockStore())
    size = found.size_px if isinstance(found, Probe) else UNKNOWN_SIZE_PX
    return Checked(
        camera=camera,
        found=found,
        gap_s=engine.needs(None).max_gap_s,
        plan=looker_of(plan, networks).crop_plan(size),
        ms_per_crop=_milliseconds(network),
        wanted=engine.wanted(
            frozenset(network.classes), with_reference(section), today
        ),
        unwatched=unwatched_views(section),
        basis=basis_problem(dossier, today),
        lacks=() if dossier is None else dossier.evidence_gaps(today),
        not_permitted=()
        if dossier is None
        else tuple(c for c in shipped_catalogue().rules if not dossier.permits(c)),
    )


def _milliseconds(network: Network, times: int = 5) -> float:
    """Fastest of a few runs on grey: what one crop costs on this machine."""
    clock = SystemClock()
    width, height = network.input_px
    grey = np.full((height, width, 3), 114, np.uint8)
    took = []
    for _ in range(times):
        began = clock.monotonic_s()
        network.detect([grey])
        took.append(clock.monotonic_s() - began)
    return min(took) * 1000


def _table(checked: list[Checked]) -> Table:
    table = Table(
        "camera", "feed", "look gap", "crops", "a look costs", "smallest person"
    )
    for one in checked:
        table.add_row(
            one.camera,
            _feed_words(one.found),
            f"{one.gap_s:g} s, {_decode_words(one)}",
            str(len(one.plan.crops)),
            f"{one.ms_per_crop * len(one.plan.crops):.0f} ms",
            f"{one.plan.smallest_person_px:.0f} px",
        )
    return table


def _feed_words(found: Probe | FeedError | None) -> str:
    if found is None:
        return "not asked"
    if isinstance(found, FeedError):
        return f"[red]{found.fault}[/]"
    width, height = found.size_px
    fps = "?" if found.fps is None else f"{found.fps:.3g}"
    keys = f"{found.key_interval_s:g} s" if found.key_interval_s else "unmeasured"
    return f"{found.codec.value} {width}×{height} {fps} fps, keys {keys}"


def _decode_words(one: Checked) -> str:
    if not isinstance(one.found, Probe) or one.found.key_interval_s is None:
        return "decoding unknown"
    suffice = one.found.key_interval_s <= one.gap_s
    return "key frames" if suffice else "every frame decoded"


def _tell_trouble(console: Console, checked: list[Checked]) -> None:
    for one in checked:
        if isinstance(one.found, FeedError):
            remedy = REMEDIES[one.found.fault]
            found = escape(str(one.found))
            console.print(f"[red]✗[/] {one.camera}: {found}; {remedy}")
        _tell_dossier(console, one)
        tell_wanted(console, one.camera, one.wanted)
        if one.unwatched:
            views = ", ".join(one.unwatched)
            console.print(
                f"[yellow]![/] {one.camera}: not watched: {views}; a camera with "
                "several views needs a reference picture for each (nonsite reference)"
            )
        if one.plan.zones_covered < 1:
            share = f"{one.plan.zones_covered:.0%}"
            console.print(
                f"[yellow]![/] {one.camera}: only {share} of its zones is seen"
            )


def _tell_dossier(console: Console, one: Checked) -> None:
    if one.basis is not None:
        remedy = REMEDIES[FeedFault.NO_BASIS]
        console.print(
            f"[red]✗[/] {one.camera}: not pulled ({one.basis.value}); {remedy}"
        )
    if one.lacks:
        lacks = ", ".join(gap.value for gap in one.lacks)
        console.print(
            f"[yellow]线索[/] {one.camera}: its alerts stay clues: dossier has {lacks}"
        )
    if one.not_permitted:
        codes = ", ".join(one.not_permitted)
        console.print(f"[dim]{one.camera}: outside its purposes, off: {codes}[/]")
