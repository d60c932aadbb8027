"""`nonsite users`: the first administrator, and those after."""

from pathlib import Path

from typer.testing import CliRunner

from alerts.audit_trail import AuditTrail
from alerts.database import open_database
from alerts.sealer import Sealer
from base.clock import SystemClock
from identity.identity import open_identity
from identity.right import Right
from nonsite.cli import app
from nonsite.data_folder import DataFolder

WIDE = {"COLUMNS": "200", "TERM": "dumb"}


def users(data: Path, *arguments: str, given: str = "") -> tuple[int, str, str]:
    """Exit code, what a script reads, everything printed."""
    command = ["users", *arguments, "--data", str(data)]
    result = CliRunner().invoke(app, command, env=WIDE, input=given)
    return result.exit_code, result.stdout, result.output + repr(result.exception)


def test_the_first_administrator_can_log_in_with_the_password_shown(
    tmp_path: Path,
) -> None:
    """On an empty folder: the database is made, the password printed once, audited."""
    code, password, _ = users(
        tmp_path, "add", "root", "--role", "security_admin", "--full-name", "王主任"
    )

    assert code == 0
    database = open_database(f"sqlite:///{DataFolder(tmp_path).database}")
    identity = open_identity(database, SystemClock())
    person = identity.logins.check("root", password.strip(), "here")
    assert person.full_name == "王主任"
    assert person.may(Right.MANAGE_PEOPLE)
    Sealer(database, SystemClock()).seal()
    (entry, _login) = AuditTrail(database).after(0)
    assert (entry.actor, entry.action) == ("command line", "person.added")
    database.close()


def test_people_are_listed_unlocked_and_disabled(tmp_path: Path) -> None:
    """Everything an administrator needs when the desk cannot be reached."""
    users(tmp_path, "add", "wang", "--role", "reviewer", "--area", "north")

    assert users(tmp_path, "unlock", "wang")[0] == 0
    assert users(tmp_path, "disable", "wang")[0] == 0
    assert len(users(tmp_path, "password", "wang")[1].strip()) == 16
    told = users(tmp_path, "list")[2]

    assert "wang" in told
    assert "north" in told
    assert "left" in told


def test_what_cannot_be_is_refused_by_name(tmp_path: Path) -> None:
    """A role that is none, a weak password, a name twice, nobody."""
    users(tmp_path, "add", "wang", "--role", "reviewer")

    assert users(tmp_path, "add", "x1", "--role", "king")[0] != 0
    weak = users(
        tmp_path, "add", "li", "--role", "viewer", "--ask-password", given="a\na\n"
    )
    twice = users(tmp_path, "add", "wang", "--role", "viewer")
    nobody = users(tmp_path, "unlock", "eve")

    assert "12 to 200 signs" in weak[2]
    assert "already" in twice[2]
    assert "nobody is called" in nobody[2]
