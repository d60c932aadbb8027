"""`nonsite evidence …`: exports, legal holds, daily roots, the service's key."""

import getpass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from alerts.alert import AlertId
from alerts.audit import Actor
from alerts.database import Database
from alerts.evidence_desk import EvidenceDesk, open_evidence_desk
from alerts.exporter import ExportOrder
from alerts.house_keys import open_house_keys
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import PackId
from alerts.repository import AlertRepository
from alerts.service_key import open_service_key
from cases.deeds import person_named
from nonsite.command_run import DATA, DataOption
from nonsite.parts import Parts, evidence_place, opened
from nonsite.stored_site import database_of

app = typer.Typer(no_args_is_help=True, add_completion=False)
ROLE = "command line"

Reason = Annotated[str, typer.Option(help="why; stands in the audit trail")]
By = Annotated[str | None, typer.Option(help="who; left out: who is logged in")]


@app.callback()
def options() -> None:
    """Let evidence out, hold it, prove it."""


@app.command()
def export(  # size: each parameter is an option of the command line
    alert: Annotated[UUID, typer.Argument(help="id of the alert")],
    reason: Reason,
    out: Annotated[Path, typer.Option(help="where the ZIP goes")] = Path(),
    unmasked: Annotated[
        bool, typer.Option("--unmasked", help="originals too, faces and plates legible")
    ] = False,
    by: By = None,
    data: DataOption = DATA,
) -> None:
    """One ZIP a court can read; on record with the reason."""
    with opened(data, "evidence") as parts:
        database = database_of(parts)
        found = AlertRepository(database).get_alert(AlertId(alert))
        order = ExportOrder(
            pack=PackId(alert),
            actor=_actor(database, by),
            reason=reason,
            label=found.violation.label,
            standing=found.standing,
            is_masked=not unmasked,
        )
        body = _desk(parts, database).exporter.export(order)
    path = out / f"{alert}.zip" if out.is_dir() else out
    path.write_bytes(body)
    _say(f"{path}: {len(body)} bytes; `nonsite verify {path}` checks it")


@app.command()
def hold(
    alert: Annotated[UUID, typer.Argument(help="id of the alert")],
    reason: Reason,
    by: By = None,
    data: DataOption = DATA,
) -> None:
    """Hold an alert's evidence: nothing deletes it while the hold stands."""
    with opened(data, "evidence") as parts:
        database = database_of(parts)
        holds = _desk(parts, database).holds
        placed = holds.place(AlertId(alert), _actor(database, by), reason)
    _say(f"hold {placed.number} stands on alert {alert}")


@app.command()
def lift(
    number: Annotated[int, typer.Argument(help="number of the hold")],
    reason: Reason,
    by: By = None,
    data: DataOption = DATA,
) -> None:
    """Lift one hold."""
    with opened(data, "evidence") as parts:
        database = database_of(parts)
        holds = _desk(parts, database).holds
        lifted = holds.lift(number, _actor(database, by), reason)
    _say(f"hold {lifted.number} on alert {lifted.alert} is lifted")


@app.command()
def days(
    out: Annotated[
        Path | None, typer.Option(help="folder: write each day's root and entries")
    ] = None,
    data: DataOption = DATA,
) -> None:
    """List the daily roots over the audit log, or write them to be kept elsewhere."""
    with opened(data, "evidence") as parts:
        book = _desk(parts, database_of(parts)).days
        for day in book.days():
            if out is None:
                _say(day)
                continue
            out.mkdir(parents=True, exist_ok=True)
            (out / f"day-{day}.json").write_bytes(book.file(day))
            (out / f"audit-{day}.jsonl").write_bytes(book.entries(day))
            _say(f"{out / f'day-{day}.json'}")


@app.command()
def key(data: DataOption = DATA) -> None:
    """The service's public key and its digest, to be published."""
    with opened(data, "evidence") as parts:
        found = open_service_key(parts.data.service_key)
    _say(f"key    {found.public}")
    _say(f"digest {found.digest}")


@app.command("plate-keys")
def plate_keys(
    rotate: Annotated[
        bool, typer.Option("--rotate", help="make a new key, used from now on")
    ] = False,
    retire: Annotated[
        str | None, typer.Option(help="destroy this old key: never searched again")
    ] = None,
    data: DataOption = DATA,
) -> None:
    """The keys plates are stored under, by name; secrets are never shown."""
    with opened(data, "evidence") as parts:
        ring = open_house_keys(parts.data.root, parts.clock).plates
        if rotate:
            ring.rotate()
        if retire is not None:
            ring.retire(retire)
        for age in ring.ages():
            use = "in use" if age.is_current else "searched"
            _say(f"{age.name}  {age.made_at:%Y-%m-%d}  {use}")


def _desk(parts: Parts, database: Database) -> EvidenceDesk:
    return open_evidence_desk(
        database,
        ObstoreEvidenceStore(evidence_place(parts)),
        open_house_keys(parts.data.root, parts.clock, parts.settings.bureau),
        parts.clock,
    )


def _actor(database: Database, by: str | None) -> Actor:
    """Who acts, with the certificate they hold where the service knows them."""
    name = by or getpass.getuser()
    with database.reading() as session:
        return Actor(name, ROLE, person_named(session, name).certificate)


def _say(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(text, markup=False)
