"""`nonsite doctor`: what evidence store and database disagree about, and mending it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from alerts.doctor import Diagnosis, Doctor
from alerts.object_store import ObstoreEvidenceStore
from nonsite.command_run import DATA, DataOption
from nonsite.parts import evidence_place, opened
from nonsite.stored_site import database_of


def doctor(
    mend: Annotated[bool, typer.Option("--mend", help="put right what can be")] = False,
    data: DataOption = DATA,
) -> None:
    """Find orphans, untold packs and broken evidence; exit 1 when there are any."""
    found = _examined(data, mend=mend)
    console = Console(highlight=False)
    for key in found.orphans:
        console.print(f"orphan: object {key[:16]}… is named by no pack")
    for pack in found.untold:
        console.print(f"untold: pack {pack} is in the store and not in the database")
    for pack, why in found.unreadable:
        told = (
            f"unreadable: pack {pack}: {why}; nothing is deleted until it is restored"
        )
        console.print(told, style="red", markup=False)
    for pack, why in found.broken:
        told = f"broken: pack {pack}: {why}; its alert is locked"
        console.print(told, style="red", markup=False)
    if found.is_well:
        console.print("all is well")
        return
    told = "mended" if found.is_mended else "nothing was changed: --mend puts it right"
    console.print(told, markup=False)
    if not found.is_mended or found.unreadable or found.broken:
        raise typer.Exit(1)


def _examined(data: Path, *, mend: bool) -> Diagnosis:
    with opened(data, "doctor") as parts:
        store = ObstoreEvidenceStore(evidence_place(parts))
        return Doctor(database_of(parts), store, parts.clock).examine(mend=mend)
