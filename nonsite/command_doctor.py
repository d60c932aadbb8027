"""`nonsite doctor`: what stores and replay cases disagree about, and mending it."""

from typing import Annotated

import typer
from rich.console import Console

from alerts.doctor import Diagnosis, Doctor
from alerts.object_store import ObstoreEvidenceStore
from cases.kept_objects import kept_objects
from nonsite.command_run import DATA, DataOption
from nonsite.parts import Parts, evidence_place, opened
from nonsite.replay.case_shelf import ShelfReport
from nonsite.replay.stored_alert import shelf_of
from nonsite.stored_site import database_of


def doctor(
    mend: Annotated[bool, typer.Option("--mend", help="put right what can be")] = False,
    data: DataOption = DATA,
) -> None:
    """Find orphans, untold packs, broken evidence, cases past their time."""
    console = Console(highlight=False)
    with opened(data, "doctor") as parts:
        found, shelf = _examined(parts, mend=mend)
    _tell_evidence(console, found)
    _tell_cases(console, shelf)
    if found.is_well and shelf.is_well:
        console.print("all is well")
        return
    told = "mended" if mend else "nothing was changed: --mend puts it right"
    console.print(told, markup=False)
    if not mend or found.unreadable or found.broken or found.chains or shelf.unreadable:
        raise typer.Exit(1)


def _tell_evidence(console: Console, found: Diagnosis) -> None:
    for key in found.orphans:
        console.print(f"orphan: object {key[:16]}… is named by no pack")
    for pack in found.untold:
        console.print(f"untold: pack {pack} is in the store and not in the database")
    for pack in found.unclaimed:
        console.print(f"unclaimed: the alert of pack {pack} never came; it stays")
    for pack in found.lost:
        console.print(f"lost: the manifest of pack {pack} is gone from its place")
    for pack, why in found.unreadable:
        told = (
            f"unreadable: pack {pack}: {why}; nothing is deleted until it is restored"
        )
        console.print(told, style="red", markup=False)
    for what in found.chains:
        console.print(f"chain: {what}", style="red", markup=False)
    for pack, why in found.broken:
        told = f"broken: pack {pack}: {why}; its alert is locked"
        console.print(told, style="red", markup=False)


def _tell_cases(console: Console, shelf: ShelfReport) -> None:
    for case in shelf.cases:
        if case.why:
            kept = "; kept: a legal hold stands on it" if case.is_held else ""
            told = f"expired: case {case.path.name}: {case.why}{kept}"
            console.print(told, markup=False, soft_wrap=True)
    for path, why in shelf.unreadable:
        told = f"unreadable: case {path.name}: {why}"
        console.print(told, style="red", markup=False, soft_wrap=True)
    for path in shelf.strays:
        console.print(f"stray: {path.name} belongs to no case", markup=False)


def _examined(parts: Parts, *, mend: bool) -> tuple[Diagnosis, ShelfReport]:
    database = database_of(parts)
    store = ObstoreEvidenceStore(evidence_place(parts))
    shelf = shelf_of(parts, database, store)
    named = kept_objects(database)
    found = Doctor(database, store, parts.clock, named).examine(mend=mend)
    return found, shelf.tidy() if mend else shelf.examine()
