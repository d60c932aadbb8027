"""`nonsite replay`: recordings in, alerts out, compared with what they must raise."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from base.clock import SystemClock
from base.shutdown import StopSignal, stop_on_signals
from detector.threads import use_one_thread
from models.catalogue import SHIPPED_DIR
from nonsite.case import LoadedCase, find_cases, read_case
from nonsite.lines import Networks
from nonsite.replay import CaseResult, paced, replay_case, to_json
from nonsite.settings import read_settings


def replay(
    paths: Annotated[
        list[Path], typer.Argument(help="cases, recordings with one beside, folders")
    ],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="write the result; - for stdout")
    ] = None,
    at_real_time: Annotated[
        bool, typer.Option("--paced", help="at 1×, as a live feed would come")
    ] = False,
) -> None:
    """Replay recordings through the line of the live worker; deterministic."""
    use_one_thread()
    cases = [read_case(path) for path in find_cases(paths)]
    console = Console(stderr=True)
    results = _play_all(cases, console, at_real_time=at_real_time)
    console.print(_table(results))
    if json_file is not None:
        text = to_json([result for result, _ in results])
        if str(json_file) == "-":
            sys.stdout.write(text)
        else:
            json_file.write_text(text, encoding="utf-8")
    if not all(result.verdict.passed for result, _ in results):
        raise typer.Exit(1)


def _play_all(
    cases: list[LoadedCase], console: Console, *, at_real_time: bool
) -> list[tuple[CaseResult, float]]:
    """Each case's result and the seconds it took."""
    clock, stop = SystemClock(), StopSignal()
    if at_real_time:
        stop_on_signals(stop)
    pace = paced(clock, stop) if at_real_time else iter
    own = read_settings().models_dir
    networks = Networks((SHIPPED_DIR,) if own is None else (SHIPPED_DIR, own))
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f} s of media"),
        TimeElapsedColumn(),
    )
    results = []
    with Progress(*columns, console=console, transient=True) as progress:
        for case in cases:
            task = progress.add_task(case.name, total=None)
            began = clock.monotonic_s()
            result = replay_case(
                case,
                networks,
                pace,
                lambda seconds, task=task: progress.update(task, completed=seconds),  # type: ignore[misc]
            )
            results.append((result, clock.monotonic_s() - began))
            progress.remove_task(task)
    return results


def _table(results: list[tuple[CaseResult, float]]) -> Table:
    table = Table("case", "looks", "true", "missed", "false", "twice", "speed")
    for result, took_s in results:
        verdict = result.verdict
        table.add_row(
            result.name,
            str(result.looks),
            str(verdict.true),
            "\n".join(verdict.missed) or "0",
            "\n".join(verdict.false) or "0",
            "\n".join(verdict.duplicated) or "0",
            f"{result.media_s / took_s:.0f} ×" if took_s > 0 else "–",
            style="" if verdict.passed else "red",
        )
    return table
