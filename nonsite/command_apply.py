"""`nonsite apply`: a changed site file, put in force while the workers run."""

from nonsite.command_run import DATA, DataOption, SiteArgument
from nonsite.parts import neighbour_redis, opened, read_revision
from nonsite.stored_site import database_of, put_in_force, tell_workers


def apply(site: SiteArgument, data: DataOption = DATA) -> None:
    """Put a changed site file in force; running workers rebuild what changed."""
    with opened(data, "apply") as parts:
        revision = read_revision(parts, site)
        put_in_force(parts, database_of(parts), revision)
        tell_workers(parts, neighbour_redis(parts), revision)
        parts.done("told", "the workers rebuild the cameras that changed")
