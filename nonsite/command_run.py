"""`nonsite run`, `serve` and `apply`: the service, whole or its web part."""

import threading
from pathlib import Path
from typing import Annotated

import typer

from alerts.command import ApplyRevision
from alerts.commands import CommandSender
from alerts.redis_client import open_redis
from api.server import bind
from nonsite.announcer import Announcer
from nonsite.fleet import Fleet
from nonsite.parts import (
    database_of,
    evidence_place,
    neighbour_redis,
    opened,
    put_in_force,
    read_revision,
    redis_of,
    watch_specs,
)
from nonsite.service import Service, ServiceParts

SiteArgument = Annotated[Path, typer.Argument(help="the site file")]
DataOption = Annotated[Path, typer.Option("--data", help="folder for all state")]
HostOption = Annotated[str, typer.Option(help="a loopback address")]
PortOption = Annotated[int, typer.Option(min=0, max=65535)]
WorkersOption = Annotated[
    int, typer.Option(min=1, max=64, help="processes that share the cameras")
]

SITE = Path("samples/site.yaml")
DATA = Path("data")


def run(
    site: SiteArgument = SITE,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8600,
    data: DataOption = DATA,
    workers: WorkersOption = 1,
) -> None:
    """Everything in one place: workers, alerts and API; no service to install."""
    with opened(data, "run") as parts:
        revision = read_revision(parts, site)
        listener = bind(host, port)
        parts.ending.callback(listener.close)
        redis_url = redis_of(parts)
        database = database_of(parts)
        put_in_force(parts, database, revision)
        service = Service(
            ServiceParts(
                database=database,
                client=open_redis(redis_url.get_secret_value()),
                evidence=evidence_place(parts),
                shards=parts.settings.shards,
                clock=parts.clock,
            )
        )
        service.start()
        parts.ending.callback(service.close)
        fleet = Fleet(watch_specs(parts, revision, redis_url, workers), parts.clock)
        fleet.start()
        parts.ending.callback(fleet.stop)
        parts.done("workers", str(workers))
        address = f"http://{host}:{listener.getsockname()[1]}"
        parts.done("ready", f"[bold]{address}[/]   Ctrl-C ends it")
        announcer = Announcer(database, redis_url, parts)
        threading.Thread(target=announcer.run, name="announcer", daemon=True).start()
        service.serve(listener, parts.stop)
        parts.console.print("ending …")
    parts.console.print("ended")


def serve(
    host: HostOption = "127.0.0.1",
    port: PortOption = 8600,
    data: DataOption = DATA,
) -> None:
    """API and consumers only; workers run elsewhere."""
    with opened(data, "serve") as parts:
        listener = bind(host, port)
        parts.ending.callback(listener.close)
        redis_url = redis_of(parts)
        service = Service(
            ServiceParts(
                database=database_of(parts),
                client=open_redis(redis_url.get_secret_value()),
                evidence=evidence_place(parts),
                shards=parts.settings.shards,
                clock=parts.clock,
            )
        )
        service.start()
        parts.ending.callback(service.close)
        address = f"http://{host}:{listener.getsockname()[1]}"
        parts.done("ready", f"[bold]{address}[/]   Ctrl-C ends it")
        service.serve(listener, parts.stop)


def apply(site: SiteArgument, data: DataOption = DATA) -> None:
    """Put a changed site file in force; running workers rebuild what changed."""
    with opened(data, "apply") as parts:
        revision = read_revision(parts, site)
        put_in_force(parts, database_of(parts), revision)
        client = open_redis(neighbour_redis(parts).get_secret_value())
        CommandSender(client, parts.clock).tell(ApplyRevision(revision=revision.id))
        parts.done("told", "the workers rebuild the cameras that changed")
