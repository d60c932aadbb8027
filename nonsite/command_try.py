"""`nonsite replay try`: what a draft would raise of a stored alert's clip."""

import getpass
import json
import os
import tempfile
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from alerts.alert import AlertId
from alerts.audit import Deed, record
from alerts.object_store import ObstoreEvidenceStore
from base.json_value import JsonValue
from detector.threads import use_one_thread
from models.catalogue import SHIPPED_DIR
from nonsite.command_capture import LOW
from nonsite.command_run import DATA, DataOption
from nonsite.lines import Networks
from nonsite.parts import Parts, evidence_place, opened
from nonsite.replay.stored_alert import AlertSource
from nonsite.replay.trial import Trial, try_draft
from nonsite.stored_site import database_of
from sites.load import read_site
from sites.schema import Site


def try_on_clip(  # noqa: PLR0913, PLR0917  # size: each parameter is an option of the command line
    alert: Annotated[UUID, typer.Argument(help="id of the alert")],
    draft: Annotated[Path, typer.Option(help="a site file with the alert's camera")],
    data: DataOption = DATA,
    is_json: Annotated[
        bool, typer.Option("--json", help="one line of JSON instead of a table")
    ] = False,
    by: Annotated[
        str | None, typer.Option(help="who tries; left out: who is logged in")
    ] = None,
    role: Annotated[str, typer.Option(help="in which role")] = "command line",
    job: Annotated[UUID | None, typer.Option(hidden=True)] = None,
) -> None:
    """Judge the clip of an alert again under a draft; nothing is kept or raised."""
    use_one_thread()
    if job is not None:
        os.nice(LOW)  # looks of the cameras come first
    site = read_site(draft)
    with opened(data, "try") as parts:
        detail: dict[str, JsonValue] = {"role": role}
        if job is not None:
            detail["job"] = str(job)
        deed = Deed(by or getpass.getuser(), "draft.tried", f"alert/{alert}", detail)
        trial = _tried(parts, AlertId(alert), site, deed)
    if is_json:
        typer.echo(json.dumps(trial.told(), ensure_ascii=False))
        return
    Console(highlight=False).print(_table(trial))


def _tried(parts: Parts, alert: AlertId, site: Site, deed: Deed) -> Trial:
    """The trial, on record: footage is looked at for it."""
    database = database_of(parts)
    store = ObstoreEvidenceStore(evidence_place(parts))
    stored = AlertSource(database, store, parts.clock).read(alert)
    own = parts.settings.models_dir
    networks = Networks((SHIPPED_DIR,) if own is None else (SHIPPED_DIR, own))
    with database.transaction() as session:
        record(session, parts.clock.utc_now(), deed)
    with tempfile.TemporaryDirectory(prefix="nonsite-trying-") as room:
        return try_draft(stored, site, networks, Path(room))


def _table(trial: Trial) -> Table:
    fitted = f", dwell {trial.dwell_s:g} s to fit the clip" if trial.dwell_s else ""
    title = f"{trial.media_s:.1f} s of clip, {trial.looks} looks{fitted}"
    table = Table("under the draft", "code", "place", "what", "opens", title=title)
    for thing in trial.things:
        found = thing.found
        row = (found.code, found.place, found.label, f"{found.opened_s:.1f} s")
        table.add_row(thing.fate.value, *row)
    return table
