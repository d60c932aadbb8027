"""The `nonsite` command: a module for each sub-command, errors told in one place."""

import sys

import typer
from rich.console import Console

from base.errors import ConfigError, NonsiteError
from nonsite import commands_models
from nonsite.command_check import check
from nonsite.command_replay import replay
from nonsite.command_run import apply, run, serve, watch

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
for command in (run, watch, serve, apply, check, replay):
    app.command()(command)
app.add_typer(commands_models.app, name="models")


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
            console.print(f"  {problem}", markup=False, highlight=False)
        sys.exit(2)
    except NonsiteError as error:
        Console(stderr=True).print(f"[red]error:[/red] {error}", highlight=False)
        sys.exit(2)
