"""`nonsite retention`: what evidence has had its time, and deleting it."""

from typing import Annotated

import typer
from rich.console import Console

from alerts.deidentify import Deidentifier
from alerts.object_store import ObstoreEvidenceStore
from alerts.retention import Retention
from cases.dismissed import dismissed_at
from nonsite.command_run import DATA, DataOption
from nonsite.parts import evidence_place, opened
from nonsite.stored_site import database_of


def retention(
    run: Annotated[
        bool, typer.Option("--run", help="do it; left out: only say what would go")
    ] = False,
    data: DataOption = DATA,
) -> None:
    """Say what has had its time: dismissed pictures, metadata a year old."""
    console = Console(highlight=False, soft_wrap=True)
    with opened(data, "retention") as parts:
        database = database_of(parts)
        store = ObstoreEvidenceStore(evidence_place(parts))
        told = dismissed_at(database)
        report = Retention(database, store, told, parts.clock).run(is_dry=not run)
        bare = Deidentifier(database, told, parts.clock).run(is_dry=not run)
    for alert in report.erased:
        console.print(f"evidence of alert {alert}", markup=False)
    for alert in report.held:
        console.print(f"kept: alert {alert} is under a legal hold", markup=False)
    done = "deleted" if run else "would be deleted"
    mb = report.bytes_freed / 1e6
    console.print(f"{len(report.erased)} packs, {mb:.1f} MB {done}", markup=False)
    done = "de-identified" if run else "would be de-identified"
    console.print(f"{len(bare)} alerts {done}", markup=False)
