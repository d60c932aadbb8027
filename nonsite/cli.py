"""The `nonsite` command: a module for each sub-command, errors told in one place.

A sub-command is imported when it is called: the web process loads no FFmpeg and no
network, and none waits for what another one needs.
"""

import importlib
import sys
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup
from typer.main import get_command

from base.errors import ConfigError, NonsiteError

COMMANDS = {
    "run": "nonsite.command_run",
    "serve": "nonsite.command_serve",
    "apply": "nonsite.command_apply",
    "watch": "nonsite.command_watch",
    "check": "nonsite.command_check",
    "reference": "nonsite.command_reference",
    "plan": "nonsite.command_plan",
    "replay": "nonsite.command_replay",
    "verify": "nonsite.command_verify",
    "doctor": "nonsite.command_doctor",
    "retention": "nonsite.command_retention",
    "evidence": "nonsite.commands_evidence",
    "models": "nonsite.commands_models",
    "users": "nonsite.commands_users",
}
"""Name to module; there a function of that name, or a Typer application `app`."""


class _Lazy(TyperGroup):
    """Loads the module of a sub-command when the command is asked for.

    Typer carries a click of its own under a private name: hence `Any`.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name])
        found = getattr(module, "app", None)
        if found is None:
            found = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            found.command(cmd_name)(getattr(module, cmd_name))
        command = get_command(found)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_Lazy,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def options() -> None:
    """Off-site enforcement (非现场执法) video monitoring."""


def main() -> None:
    """Entry point of `.venv/bin/nonsite`; exit 2 for what the user can put right."""
    try:
        app()
    except ConfigError as error:
        console = Console(stderr=True)
        console.print("[red]The configuration cannot be used:[/red]")
        for problem in error.problems:
            console.print(f"  {problem}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
    except NonsiteError as error:
        console = Console(stderr=True)
        told = f"error: {error}"
        console.print(told, markup=False, highlight=False, style="red", soft_wrap=True)
        sys.exit(2)
