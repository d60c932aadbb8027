"""`nonsite replay`: a suite of recordings in, what they raised and missed out."""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from typer.core import TyperGroup

from base.clock import SystemClock
from base.errors import ConfigError
from base.shutdown import StopSignal, stop_on_signals
from models.catalogue import SHIPPED_DIR
from nonsite.command_capture import capture
from nonsite.command_try import try_on_clip
from nonsite.replay.against import hold_against, markdown, read_run, write_costs
from nonsite.replay.case import Condition
from nonsite.replay.junit import write_junit
from nonsite.replay.load import LoadedCase, read_suite
from nonsite.replay.player import CACHE, PlayOptions, paced
from nonsite.replay.pool import PoolSettings, play_suite
from nonsite.replay.report import write_report
from nonsite.replay.result import Played, to_content
from nonsite.replay.select import Selection
from nonsite.replay.tables import summary
from nonsite.settings import read_settings


class _PlayOrCapture(TyperGroup):
    """`replay SUITE…` plays; `capture` and `try` take an alert."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in self.commands:
            args = [PLAY, *args]
        return super().parse_args(ctx, args)


PLAY = "suite"
"""Name of the sub-command that needs no name."""

app = typer.Typer(
    cls=_PlayOrCapture, add_completion=False, pretty_exceptions_enable=False
)
app.command("capture")(capture)
app.command("try")(try_on_clip)


@app.callback()
def options() -> None:
    """Replay recordings; of a stored alert make a case, or try a draft on it."""


class Policy(StrEnum):
    """What makes the command fail, beside a recording that cannot be played."""

    STRICT = "strict"
    RECALL = "recall"
    REPORT = "report"


@app.command(PLAY, epilog="`nonsite replay capture ALERT` makes an alert a case.")
def replay(  # noqa: PLR0913, PLR0917  # size: each parameter is an option of the command line
    ctx: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="cases, recordings with one beside, evidence packs, folders of them"
        ),
    ],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="write the result; - for stdout")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option(help="write the result as JUnit XML")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="write a report with stills and clips, one file")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="an earlier --json: tell what differs")
    ] = None,
    markdown_file: Annotated[
        Path | None,
        typer.Option("--markdown", help="with --against: the difference; - for stdout"),
    ] = None,
    packs: Annotated[
        Path | None,
        typer.Option(help="folder: seal the evidence of each alert there, to verify"),
    ] = None,
    code: Annotated[
        list[str] | None, typer.Option(help="only cases about this code; repeat")
    ] = None,
    condition: Annotated[
        list[Condition] | None, typer.Option(help="only cases that show this; repeat")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="only cases with this tag; repeat")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="only cases named so, * allowed; repeat")
    ] = None,
    at: Annotated[
        float | None, typer.Option(help="looks a second at least", min=0.01, max=50)
    ] = None,
    begin: Annotated[
        float | None, typer.Option("--from", help="play from here, seconds", min=0)
    ] = None,
    end: Annotated[
        float | None, typer.Option("--to", help="play up to here, seconds", min=0.1)
    ] = None,
    at_real_time: Annotated[
        bool, typer.Option("--paced", help="at 1×, as a live feed would come")
    ] = False,
    first: Annotated[
        bool, typer.Option("--first", help="stop at the first case that fails")
    ] = False,
    policy: Annotated[
        Policy,
        typer.Option(
            help="fails on: strict, any difference; recall, what is missed; "
            "report, nothing. With --against: what is worse than there"
        ),
    ] = Policy.STRICT,
    workers: Annotated[
        int, typer.Option(help="processes; 0: one a core", min=0, max=64)
    ] = 0,
    cache: Annotated[
        Path, typer.Option(help="folder of staged recordings and remembered looks")
    ] = CACHE,
    remember: Annotated[
        bool, typer.Option(help="looks of an earlier run may stand in")
    ] = True,
) -> None:
    """Replay recordings through the line of the live worker; deterministic."""
    wanted = Selection(
        frozenset(code or ()), frozenset(condition or ()), frozenset(tag or ()),
        tuple(name or ()),
    )  # fmt: skip
    room = tempfile.TemporaryDirectory(prefix="nonsite-packs-")
    ctx.call_on_close(room.cleanup)
    cases = wanted.of(read_suite(paths, Path(room.name)))
    if not cases:
        raise ConfigError(("no case is left: nothing matches what was asked for",))
    baseline = None if against is None else read_run(against)
    console = Console(stderr=True)
    is_remembered = remember and not at_real_time
    options = PlayOptions(cache, is_remembered, at, begin, end, packs)
    clock = SystemClock()
    began_s = clock.monotonic_s()
    settings = PoolSettings(workers or os.cpu_count() or 1, _folders(), first)
    played = _play(cases, options, settings, console, is_paced=at_real_time)
    console.print(summary(played, clock.monotonic_s() - began_s))
    _write(json_file, _json(played))
    if json_file is not None and str(json_file) != "-":
        write_costs(played, json_file)
    if junit is not None:
        write_junit(played, junit)
    if html is not None:
        write_report(cases, played, options, html)
        console.print(f"report: {html}", highlight=False)
    if packs is not None:
        console.print(f"packs: {packs}; `nonsite verify` reads them", highlight=False)
    failed = _fails(policy, played)
    if baseline is not None:
        comparison = hold_against(baseline, played)
        text = markdown(comparison)
        console.print(text, markup=False)
        _write(markdown_file, text)
        failed = policy is not Policy.REPORT and comparison.is_worse
    if failed or any(each.result.fault for each in played):
        raise typer.Exit(1)


def _folders() -> tuple[Path, ...]:
    own = read_settings().models_dir
    return (SHIPPED_DIR,) if own is None else (SHIPPED_DIR, own)


def _play(
    cases: Sequence[LoadedCase],
    options: PlayOptions,
    settings: PoolSettings,
    console: Console,
    *,
    is_paced: bool,
) -> list[Played]:
    clock, stop = SystemClock(), StopSignal()
    pace = None
    if is_paced:
        stop_on_signals(stop)
        pace = paced(clock, stop)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[footage]}"),
        TimeElapsedColumn(),
    )
    done: dict[str, float] = {}
    began_s = clock.monotonic_s()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("replaying", total=len(cases), footage="")

        def heard(name: str, seconds: float) -> None:
            done[name] = seconds
            media_s = sum(done.values())
            speed = media_s / max(clock.monotonic_s() - began_s, 0.1)
            told = f"{media_s:.0f} s of footage, {speed:.0f} ×"
            progress.update(task, footage=told)

        played = []
        for each in play_suite(cases, options, settings, heard, pace):
            played.append(each)
            progress.advance(task)
    return played


def _json(played: Sequence[Played]) -> str:
    content = to_content(each.result for each in played)
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _write(target: Path | None, text: str) -> None:
    if target is None:
        return
    if str(target) == "-":
        sys.stdout.write(text)
    else:
        target.write_text(text, encoding="utf-8")


def _fails(policy: Policy, played: Sequence[Played]) -> bool:
    results = [each.result for each in played]
    if policy is Policy.REPORT:
        return False
    if policy is Policy.RECALL:
        return any(result.verdict.missed for result in results)
    return not all(result.passed for result in results)
