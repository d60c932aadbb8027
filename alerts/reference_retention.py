"""Reference pictures that were replaced: they go when no evidence can rest on them.

In: the folder they are taken into, and which configurations were in force. Out: files
deleted, each on record. An opening is judged beside its picture, so a picture stays as
long as confirmed evidence of its time does (`retention: confirmed_days`).
"""

from datetime import datetime
from pathlib import Path

from alerts.audit import Deed, record
from alerts.database import Database
from alerts.durable_file import told
from alerts.retention import ACTOR
from alerts.revisions import SqlRevisionStore
from base.clock import Clock


def forget_references(
    folder: Path, database: Database, clock: Clock, since: datetime
) -> tuple[str, ...]:
    """Delete pictures that no configuration in force since `since` names.

    Args:
        folder: Where `nonsite reference` keeps them; others' files are not touched.
        database: Configurations and the trail.
        clock: For the trail.
        since: Wall time; younger files stay in any case.

    Returns:
        Names of the files that went.

    Raises:
        StoreError: Database or folder are away.
    """
    with told(folder):
        old = [
            path
            for path in sorted(folder.glob("*.jpg"))
            if path.stat().st_mtime < since.timestamp()
        ]
    if not old:
        return ()
    revisions = SqlRevisionStore(database, clock).in_force_since(since)
    wanted = {
        view.reference.resolve()
        for revision in revisions
        for camera in revision.site.cameras.values()
        for view in camera.views.values()
        if view.reference is not None
    }
    gone = [path for path in old if path.resolve() not in wanted]
    for path in gone:
        with database.transaction() as session:
            deed = Deed(ACTOR, "reference.erased", f"reference/{path.name}", {})
            record(session, clock.utc_now(), deed)
        with told(folder):
            path.unlink(missing_ok=True)
    return tuple(path.name for path in gone)
