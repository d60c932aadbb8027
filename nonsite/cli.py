"""The `nonsite` command."""

import typer

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def main_options() -> None:
    """Off-site enforcement (非现场执法) video monitoring."""


def main() -> None:
    """Entry point of `.venv/bin/nonsite`."""
    app()
