"""`nonsite watch`: stream workers only, in the foreground."""

from typing import Annotated

import typer

from alerts.errors import StoreUnavailableError
from base.errors import ConfigError
from nonsite.command_run import DATA, DataOption, SiteArgument, WorkersOption
from nonsite.parts import neighbour_redis, opened, read_revision, watch_specs
from nonsite.site_at_start import revision_at_start
from nonsite.stored_site import database_of, put_in_force, tell_workers
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
        revision = revision_at_start(parts, read_revision(parts, site))
        redis_url = neighbour_redis(parts)
        try:
            put_in_force(parts, database_of(parts), revision)
            tell_workers(parts, redis_url, revision)
        except StoreUnavailableError as error:
            parts.console.print(
                f"not imported or told, the workers start all the same: {error}"
            )
        specs = watch_specs(parts, revision, redis_url, workers)
        raise typer.Exit(watch_until(specs[worker], parts.stop))
