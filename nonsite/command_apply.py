"""`nonsite apply`: a changed site file, put in force while the workers run."""

from alerts.command import ApplyRevision
from alerts.commands import CommandSender
from alerts.redis_client import open_redis
from nonsite.command_run import DATA, DataOption, SiteArgument
from nonsite.parts import neighbour_redis, opened, read_revision
from nonsite.stored_site import database_of, put_in_force


def apply(site: SiteArgument, data: DataOption = DATA) -> None:
    """Put a changed site file in force; running workers rebuild what changed."""
    with opened(data, "apply") as parts:
        revision = read_revision(parts, site)
        put_in_force(parts, database_of(parts), revision)
        client = open_redis(neighbour_redis(parts).get_secret_value())
        CommandSender(client, parts.clock).tell(ApplyRevision(revision=revision.id))
        parts.done("told", "the workers rebuild the cameras that changed")
