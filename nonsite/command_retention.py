"""`nonsite retention`: what evidence has had its time, and deleting it."""

from typing import Annotated

import typer
from rich.console import Console

from alerts.daily_runs import DailyRuns
from alerts.object_store import ObstoreEvidenceStore
from alerts.retention import RetentionReport
from alerts.revisions import SqlRevisionStore
from nonsite.command_run import DATA, DataOption
from nonsite.daily import deidentifier_of, retention_of
from nonsite.parts import evidence_place, opened
from nonsite.stored_site import database_of
from sites.retention_section import Expendable, RetentionSection

EVERYTHING = 2**63

KINDS = {
    Expendable.ORPHANED: "objects no pack names",
    Expendable.LEFT: "left within grace",
    Expendable.REJECTED: "rejected",
    Expendable.ARCHIVED: "confirmed, term over",
}


def retention(
    run: Annotated[
        bool, typer.Option("--run", help="do it; left out: only say what would go")
    ] = False,
    data: DataOption = DATA,
) -> None:
    """Say what has had its time, and what would go first when the disk runs out."""
    console = Console(highlight=False, soft_wrap=True)
    with opened(data, "retention") as parts:
        database = database_of(parts)
        store = ObstoreEvidenceStore(evidence_place(parts))
        revision = SqlRevisionStore(database, parts.clock).current()
        policy = RetentionSection() if revision is None else revision.site.retention
        work = retention_of(database, store, parts.clock, policy)
        if run:
            DailyRuns(database, parts.clock).resume()  # whoever asks trusts the clock
        report = work.run(is_dry=not run)
        bare = deidentifier_of(database, parts.clock, policy).run(is_dry=not run)
        pressed = work.relieve(EVERYTHING, is_dry=True)
    _tell_due(console, report)
    done = "would be de-identified" if report.is_dry else "de-identified"
    console.print(f"{len(bare)} alerts {done}", markup=False)
    _tell_pressure(console, pressed, policy)


def _tell_due(console: Console, report: RetentionReport) -> None:
    for one in report.gone:
        told = f"evidence of alert {one.alert} ({KINDS[one.kind]})"
        console.print(told, markup=False)
    for alert in report.held:
        console.print(f"kept: alert {alert} is under a legal hold", markup=False)
    done = "would be deleted" if report.is_dry else "deleted"
    mb = report.bytes_freed / 1e6
    console.print(f"{len(report.erased)} packs, {mb:.1f} MB {done}", markup=False)


def _tell_pressure(
    console: Console, report: RetentionReport, policy: RetentionSection
) -> None:
    """The declared order, and how much there is of each kind now."""
    console.print("if the disk runs out, in this order:", markup=False)
    for place, kind in enumerate(policy.pressure_order, 1):
        found = report.of(kind)
        mb = sum(one.size for one in found) / 1e6
        told = f"{place}. {kind.value} ({KINDS[kind]}): {len(found)}, {mb:.1f} MB"
        console.print(f"  {told}", markup=False)
    console.print(
        f"  never: undecided, confirmed within {policy.confirmed_days} days, "
        f"under a legal hold ({len(report.held)}); recording stops before",
        markup=False,
    )
