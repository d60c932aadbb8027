"""`nonsite replay capture`: a stored alert becomes a case of a suite."""

import getpass
import os
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from alerts.alert import AlertId
from alerts.audit import Actor
from alerts.errors import ReasonMissingError
from alerts.evidence_acts import EvidenceActs
from alerts.object_store import ObstoreEvidenceStore
from detector.threads import use_one_thread
from models.catalogue import SHIPPED_DIR
from nonsite.command_run import DATA, DataOption
from nonsite.lines import Networks
from nonsite.parts import Parts, evidence_place, opened
from nonsite.replay.capture import Capture, Captured, CaptureOrder
from nonsite.replay.stored_alert import AlertSource
from nonsite.stored_site import database_of

LOW = 10
"""How far a job of the API stands back behind the workers."""


def capture(  # noqa: PLR0913, PLR0917  # size: each parameter is an option of the command line
    alert: Annotated[UUID, typer.Argument(help="id of the alert")],
    reason: Annotated[str, typer.Option(help="why; stands in the audit trail")] = "",
    data: DataOption = DATA,
    boxes_only: Annotated[
        bool, typer.Option("--boxes-only", help="keep boxes and no picture, for good")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="make a case that is there already anew")
    ] = False,
    by: Annotated[
        str | None, typer.Option(help="who makes it; left out: who is logged in")
    ] = None,
    role: Annotated[str, typer.Option(help="in which role")] = "command line",
    job: Annotated[UUID | None, typer.Option(hidden=True)] = None,
) -> None:
    """Make a stored alert a case: its clip blurred, its verdict the expectation."""
    actor = Actor(by or getpass.getuser(), role)
    order = CaptureOrder(actor, reason, boxes_only, again, job)
    if not reason.strip():
        raise ReasonMissingError("making a case of an alert needs a --reason")
    use_one_thread()
    if job is not None:
        os.nice(LOW)  # looks of the cameras come first
    with opened(data, "capture") as parts:
        captured = _captured(parts, AlertId(alert), order)
    console = Console(highlight=False, soft_wrap=True)
    if captured.note:
        console.print(captured.note, markup=False)
    for difference in captured.fails:
        console.print(f"fails today: {difference}", markup=False)
    state = "fails" if captured.fails else "passes"
    where = captured.path if job is None else captured.path.stem
    console.print(f"{where}: {captured.kind}, {state}", markup=False)


def _captured(parts: Parts, alert: AlertId, order: CaptureOrder) -> Captured:
    database = database_of(parts)
    store = ObstoreEvidenceStore(evidence_place(parts))
    stored = AlertSource(database, store, parts.clock).read(alert)
    own = parts.settings.models_dir
    networks = Networks((SHIPPED_DIR,) if own is None else (SHIPPED_DIR, own))
    acts = EvidenceActs(database, parts.clock)
    return Capture(parts.data.cases, networks, acts, parts.clock).make(stored, order)
