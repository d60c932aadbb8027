"""`nonsite plan`: what a site costs on this machine, measured, and how much it holds.

Each camera's own stream is read for a few looks; decoding and looking are timed as CPU
seconds, so that a busy machine does not change the answer much.
"""

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from base.clock import SystemClock, cpu_s
from base.ids import CameraId
from detector.threads import use_one_thread
from models.catalogue import SHIPPED_DIR
from nonsite.lines import CameraPlan, Networks, engine_of, looker_of, resolver_of
from nonsite.settings import logins_from_environment, read_settings
from rules.clock_store import MemoryClockStore
from sites.load import read_site
from sites.recordings import with_absolute_paths
from sites.revision import RevisionId
from sites.schema import Site
from streams.errors import FeedError
from streams.faults import REMEDIES, FeedFault
from streams.intake import IntakeOptions
from streams.look_plan import LookPlan
from streams.playback import play
from streams.settings import Profile

LOOKS = 4
"""Looks timed a camera; the first, which opens the decoder, is left out."""

USABLE = 0.7
"""Share of a core that may be planned: the rest is bursts, evidence and the web."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one camera takes."""

    camera: CameraId
    crops: int
    smallest_person_px: float
    decode_ms: float
    look_ms: float
    gap_s: float

    @property
    def cores(self) -> float:
        """Share of one core, at rest."""
        return (self.decode_ms + self.look_ms) / 1000 / self.gap_s


def plan(site: Annotated[Path, typer.Argument(help="the site file")]) -> None:
    """Measure what this site costs on this machine and how many such cameras fit."""
    use_one_thread()
    console = Console(highlight=False)
    content = with_absolute_paths(read_site(site), site.absolute().parent)
    own = read_settings().models_dir
    networks = Networks((SHIPPED_DIR,) if own is None else (SHIPPED_DIR, own))
    costs = []
    for name in content.cameras:
        with console.status(f"measuring {name} …"):
            try:
                costs.append(_measure(content, CameraId(name), networks))
            except FeedError as error:
                told, remedy = escape(str(error)), REMEDIES[error.fault]
                console.print(f"[red]✗[/] {name}: {told}; {remedy}")
    if not costs:
        raise typer.Exit(1)
    console.print(_table(costs))
    total = sum(cost.cores for cost in costs)
    cores = os.cpu_count() or 1
    holds = int(cores * USABLE / (total / len(costs)))
    console.print(
        f"this site takes {total:.3f} of {cores} cores at rest; cameras of this kind "
        f"this machine holds at {USABLE:.0%} use: {holds}, a further core: "
        f"{int(USABLE / (total / len(costs)))} more"
    )


def _measure(site: Site, camera: CameraId, networks: Networks) -> Cost:
    section = site.cameras[camera]
    made = CameraPlan(camera, section, site, RevisionId(""), lease_epoch=0)
    looker, engine = looker_of(made, networks), engine_of(made, MemoryClockStore())
    resting = engine.needs(None)
    address = resolver_of(section, Path(), logins_from_environment).resolve(
        Profile.LOOKS
    )
    frames = play(
        address,
        camera,
        SystemClock().utc_now(),
        LookPlan(resting),
        IntakeOptions(resting),
    )
    first = next(frames, None)
    if first is None:
        raise FeedError(FeedFault.EMPTY, "no picture came")
    looker.look(first)
    decode_s = look_s = 0.0
    looks = 0
    mark = cpu_s()
    for frame in islice(frames, LOOKS):
        decode_s += cpu_s() - mark
        mark = cpu_s()
        looker.look(frame)
        look_s += cpu_s() - mark
        mark = cpu_s()
        looks += 1
    if not looks:
        raise FeedError(
            FeedFault.ENDED, "too short: its second look was to be measured"
        )
    crop_plan = looker.crop_plan((first.width_px, first.height_px))
    return Cost(
        camera=camera,
        crops=len(crop_plan.crops),
        smallest_person_px=crop_plan.smallest_person_px,
        decode_ms=decode_s / looks * 1000,
        look_ms=look_s / looks * 1000,
        gap_s=resting.max_gap_s,
    )


def _table(costs: list[Cost]) -> Table:
    table = Table(
        "camera", "crops", "smallest person", "decode", "look", "gap", "of a core"
    )
    for cost in costs:
        table.add_row(
            cost.camera,
            str(cost.crops),
            f"{cost.smallest_person_px:.0f} px",
            f"{cost.decode_ms:.0f} ms",
            f"{cost.look_ms:.0f} ms",
            f"{cost.gap_s:g} s",
            f"{cost.cores:.3f}",
        )
    return table
