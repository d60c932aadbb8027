"""Which configuration a start goes by: the file's, unless the site was changed since.

A site file is an import format. What was set since over the pages, by `nonsite apply`
or by another machine stays in force when a service is started again with the same file.
"""

from alerts.errors import StoreError
from nonsite.parts import Parts, database_url
from sites.revision import Revision


def revision_at_start(parts: Parts, of_file: Revision) -> Revision:
    """The file's revision where it is new or in force; else the one that replaced it.

    A database that cannot be asked is told later, by what needs it.
    """
    if parts.settings.database_url is None and not parts.data.database.exists():
        return of_file  # nothing was ever stored here
    from nonsite.lazy_revisions import later_revision  # noqa: PLC0415 - see there

    url = database_url(parts).get_secret_value()
    try:
        later = later_revision(url, parts.clock, of_file.id)
    except StoreError:
        return of_file
    if later is None:
        return of_file
    parts.done(
        "site",
        f"{later.id[:12]} by {later.author} stays in force: it replaced that of the "
        "file, which `nonsite apply` would bring back",
    )
    return later
