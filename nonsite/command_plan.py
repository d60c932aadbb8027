"""`nonsite plan`: what a site costs on this machine, measured, and how much it holds.

Each camera's own stream is read for some seconds, all side by side; then decoding and
looking are timed as CPU seconds, so that a busy machine does not change the answer
much. What was measured stays in the data folder, where `nonsite run` reads it.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track

from base.clock import Clock, SystemClock
from base.errors import ConfigError
from base.ids import CameraId
from detector.threads import use_one_thread
from models.catalogue import SHIPPED_DIR
from nonsite.command_run import DATA
from nonsite.data_folder import DataFolder
from nonsite.lines import Networks, resolver_of
from nonsite.planning.capacity import CameraCost, Demand
from nonsite.planning.measure import camera_cost, machine_of
from nonsite.planning.plan_file import write_plan
from nonsite.planning.tables import answer, cost_table
from nonsite.settings import logins_from_environment, read_settings
from sites.load import read_site
from sites.recordings import with_absolute_paths
from sites.schema import Site
from streams.collected import Collected, collect
from streams.errors import FeedError
from streams.faults import REMEDIES
from streams.settings import Profile

AT_ONCE = 16
"""Feeds read at the same time."""
WATCH_S = 12.0
"""Media time read of a feed at most, seconds."""
WITHIN_S = 50.0
"""No further camera is measured after this long."""
READ_WITHIN_S = 25.0
"""No further feeds are opened after this long: a slow one takes 22 s."""

Found = Collected | FeedError


def plan(
    site: Annotated[Path, typer.Argument(help="the site file")],
    data: Annotated[
        Path, typer.Option("--data", help="the folder `run` keeps its state in")
    ] = DATA,
    alerts_per_hour: Annotated[
        float, typer.Option(help="alerts a camera raises, for the disk", min=0.01)
    ] = 6.0,
) -> None:
    """Measure what this site costs on this machine and how many such cameras fit."""
    use_one_thread()
    clock = SystemClock()
    console = Console(highlight=False)
    content = with_absolute_paths(read_site(site), site.absolute().parent)
    if not content.cameras:
        raise ConfigError((f"{site}: cameras: there is none to be measured",))
    folder = DataFolder(data.absolute())
    folder.make()
    began_s = clock.monotonic_s()
    costs = _measured(content, console, clock)
    if not costs:
        raise typer.Exit(1)
    machine = machine_of(folder.root, clock)
    evidence = content.evidence
    clip_s = evidence.clip_before_s + evidence.clip_after_s
    console.print(cost_table(costs))
    demand = Demand(clip_s, alerts_per_hour)
    for line in answer(machine, demand, costs, len(content.cameras)):
        console.print(line)
    path = write_plan(folder.root, content, costs)
    took_s = clock.monotonic_s() - began_s
    console.print(f"measured in {took_s:.0f} s; kept in {escape(str(path))}")


def _measured(site: Site, console: Console, clock: Clock) -> list[CameraCost]:
    """The cameras that could be measured in time, in the order of the site file."""
    own = read_settings().models_dir
    networks = Networks((SHIPPED_DIR,) if own is None else (SHIPPED_DIR, own))
    until_s = clock.monotonic_s() + WITHIN_S
    names = [CameraId(name) for name in site.cameras]
    costs = []
    seen = track(
        _streams(site, names, clock),
        "measuring",
        total=len(names),
        console=console,
        transient=True,
    )
    for camera, found in zip(names, seen, strict=False):
        if isinstance(found, FeedError):
            _tell(console, camera, found)
        else:
            try:
                costs.append(camera_cost(site, camera, networks, found))
            except FeedError as error:
                _tell(console, camera, error)
        if clock.monotonic_s() > until_s:
            break
    return costs


def _streams(site: Site, names: list[CameraId], clock: Clock) -> Iterator[Found]:
    """Some seconds of each feed; a group is read whole before one of it is timed."""
    until_s = clock.monotonic_s() + READ_WITHIN_S
    for start in range(0, len(names), AT_ONCE):
        if start and clock.monotonic_s() > until_s:
            return
        group = names[start : start + AT_ONCE]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(lambda name: _read(site, name, clock), group))
        yield from found


def _read(site: Site, camera: CameraId, clock: Clock) -> Found:
    section = site.cameras[camera]
    try:
        resolver = resolver_of(section, Path(), logins_from_environment)
        address = resolver.resolve(Profile.LOOKS)
        return collect(address, section.feed.timeout_s, WATCH_S, clock)
    except FeedError as error:
        return error


def _tell(console: Console, camera: CameraId, error: FeedError) -> None:
    told, remedy = escape(str(error)), REMEDIES[error.fault]
    console.print(f"[red]✗[/] {camera}: {told}; {remedy}")
