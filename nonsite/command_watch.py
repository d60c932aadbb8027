"""`nonsite watch`: stream workers only, in the foreground."""

from typing import Annotated

import typer

from alerts.errors import StoreUnavailableError
from base.errors import ConfigError
from nonsite.command_run import DATA, DataOption, SiteArgument, WorkersOption
from nonsite.parts import (
    neighbour_redis,
    opened,
    read_revision,
    watch_specs,
)
from nonsite.stored_site import database_of, put_in_force
from nonsite.worker_process import watch as watch_until


def watch(
    site: SiteArgument,
    data: DataOption = DATA,
    worker: Annotated[int, typer.Option(min=0, help="number of this worker")] = 0,
    workers: WorkersOption = 1,
) -> None:
    """Stream workers only; violations are spooled while the store is away."""
    if worker >= workers:
        raise ConfigError((f"--worker {worker} of {workers}: counted from 0",))
    with opened(data, f"watch_{worker}") as parts:
        revision = read_revision(parts, site)
        try:
            put_in_force(parts, database_of(parts), revision)
        except StoreUnavailableError as error:
            parts.console.print(
                f"not imported, the workers start all the same: {error}"
            )
        specs = watch_specs(parts, revision, neighbour_redis(parts), workers)
        raise typer.Exit(watch_until(specs[worker], parts.stop))
