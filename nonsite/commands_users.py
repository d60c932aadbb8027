"""`nonsite users …`: people who may log in; the first administrator is made here.

Whoever can run this can read the database anyway: the command asks for no login and
puts on the audit trail that it was the command line.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from base.errors import ConfigError
from base.ids import CameraId
from identity.identity import Identity
from identity.people import Change, Newcomer
from identity.person import Person, Scope
from identity.right import Role
from nonsite.command_run import DATA, DataOption
from nonsite.parts import Parts, opened
from nonsite.people import identity_of
from nonsite.stored_site import database_of

BY = "command line"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="People who may log in; add the first administrator here.",
)

NameArgument = Annotated[str, typer.Argument(help="what they log in with")]
RoleOption = Annotated[list[Role], typer.Option("--role", help="may be repeated")]
AsksOption = Annotated[
    bool, typer.Option("--ask-password", help="ask for one instead of making one")
]


@contextmanager
def _identity(data: Path) -> Iterator[tuple[Parts, Identity]]:
    with opened(data, "users") as parts:
        yield parts, identity_of(parts, database_of(parts))


@app.command()
def add(  # noqa: PLR0913, PLR0917  # size: a command's options are its parameters
    name: NameArgument,
    role: RoleOption,
    full_name: Annotated[str, typer.Option("--full-name", help="as printed")] = "",
    certificate: Annotated[str, typer.Option(help="officer certificate no.")] = "",
    camera: Annotated[
        list[str] | None, typer.Option(help="sees this camera only; repeat")
    ] = None,
    area: Annotated[
        list[str] | None, typer.Option(help="sees this area only; repeat")
    ] = None,
    ask_password: AsksOption = False,
    data: DataOption = DATA,
) -> None:
    """Add somebody; a password is made and shown once unless asked for."""
    password = _asked() if ask_password else None
    scope = Scope(
        frozenset(CameraId(one) for one in camera or ()), frozenset(area or ())
    )
    person = Person(name, full_name or name, frozenset(role), certificate, scope)
    with _identity(data) as (parts, identity):
        made = identity.people.add(Newcomer(person, password), BY)
        roles = ", ".join(sorted(person.roles))
        parts.done("added", f"{name} ({roles})")
        if made.password is not None:
            typer.echo(made.password)


@app.command("list")
def list_users(data: DataOption = DATA) -> None:
    """Everybody."""
    with _identity(data) as (parts, identity):
        table = Table("name", "full name", "roles", "certificate", "sees", "state")
        for user in identity.people.everybody():
            person = user.person
            seen = sorted(person.scope.cameras) + sorted(person.scope.areas)
            state = "active" if user.is_active else "left"
            table.add_row(
                person.name,
                person.full_name,
                ", ".join(sorted(person.roles)),
                person.certificate,
                ", ".join(seen) or "everything",
                "locked" if user.locked_until else state,
            )
        parts.console.print(table, markup=False)


@app.command()
def password(
    name: NameArgument, ask_password: AsksOption = False, data: DataOption = DATA
) -> None:
    """Another password; sessions of the person end."""
    asked = _asked() if ask_password else None
    with _identity(data) as (parts, identity):
        if asked is None:
            typer.echo(identity.people.reset_password(name, BY))
        else:
            identity.people.set_password(name, asked, BY)
        parts.done("changed", name)


@app.command()
def unlock(name: NameArgument, data: DataOption = DATA) -> None:
    """Let somebody try again who was locked out."""
    with _identity(data) as (parts, identity):
        identity.people.unlock(name, BY)
        parts.done("unlocked", name)


@app.command()
def disable(name: NameArgument, data: DataOption = DATA) -> None:
    """Somebody left: may not log in; what they signed stays."""
    with _identity(data) as (parts, identity):
        identity.people.change(name, Change(is_active=False), BY)
        parts.done("disabled", name)


def _asked() -> str:
    given: str = typer.prompt("password", hide_input=True, confirmation_prompt=True)
    if not given:
        raise ConfigError(("password: is empty",))
    return given
