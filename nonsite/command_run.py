"""`nonsite run`: the whole service as one process tree.

Workers are started before SQL and HTTP are even imported: both load at the same time,
which halves the time to the first look.
"""

import importlib
from pathlib import Path
from typing import Annotated

import typer

from nonsite.capacity_gate import Beyond, check_capacity
from nonsite.fleet import Fleet
from nonsite.parts import opened, read_revision, redis_of, watch_specs
from nonsite.site_at_start import revision_at_start

SiteArgument = Annotated[Path, typer.Argument(help="the site file")]
DataOption = Annotated[Path, typer.Option("--data", help="folder for all state")]
HostOption = Annotated[str, typer.Option(help="a loopback address")]
PortOption = Annotated[int, typer.Option(min=0, max=65535)]
WorkersOption = Annotated[
    int, typer.Option(min=1, max=64, help="processes that share the cameras")
]
BeyondOption = Annotated[
    Beyond, typer.Option(help="a site larger than `nonsite plan` found room for")
]

SITE = Path("samples/site.yaml")
DATA = Path("data")


def run(  # size: each parameter is an option of the command line
    site: SiteArgument = SITE,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8600,
    data: DataOption = DATA,
    workers: WorkersOption = 1,
    beyond_plan: BeyondOption = Beyond.WARN,
) -> None:
    """Everything in one place: workers, alerts and API; no service to install."""
    with opened(data, "run") as parts:
        revision = revision_at_start(parts, read_revision(parts, site))
        check_capacity(parts, revision.site, beyond_plan)
        redis_url = redis_of(parts)
        fleet = Fleet(watch_specs(parts, revision, redis_url, workers), parts.clock)
        fleet.start()
        parts.ending.callback(fleet.stop)
        web_of = importlib.import_module("nonsite.web").Web
        web = web_of(parts, redis_url, (host, port), {"workers": fleet.check})
        web.put_in_force(revision)
        web.start()
        parts.ending.callback(fleet.stop)  # ended first, so that its last words count
        parts.done("workers", str(workers))
        web.announce()
        web.serve()
        parts.console.print("ending …")
    parts.console.print("ended")
