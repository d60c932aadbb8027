"""`nonsite verify`: whether packs still are what was sealed; offline, no database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from alerts.day_root import (
    DayFinding,
    read_entries,
    recorded_packs,
    verify_day,
    verify_days,
)
from alerts.errors import StoreError
from alerts.pack_bytes import open_pack
from alerts.pack_manifest import encode_manifest
from alerts.pack_verifier import Finding, verify_chain, verify_pack
from alerts.time_authority import read_roots
from base.clock import beijing_day

BROKEN = "DOES NOT HOLD"


@dataclass(frozen=True, slots=True)
class _Day:
    """A day's file as checked, and the packs its entries tell of, by manifest digest.

    `packs` is None where no entries lie beside it.
    """

    finding: DayFinding
    packs: dict[str, int] | None


def verify(
    packs: Annotated[
        list[Path],
        typer.Argument(help="exported ZIPs or folders in chain order, day-….json"),
    ],
    key: Annotated[
        str | None,
        typer.Option(help="digest of the service's key, as it was published"),
    ] = None,
    tsa: Annotated[
        Path | None,
        typer.Option(help="certificates of the time-stamp authority, PEM"),
    ] = None,
) -> None:
    """Check packs and days; name the first thing that does not hold, then exit 1.

    With days and their entries it also tells when each pack was put on record; one
    that was not on the day it says it was sealed does not hold.
    """
    console = Console(highlight=False)
    day_files = [path for path in packs if path.suffix == ".json"]
    packs = [path for path in packs if path.suffix != ".json"]
    days = [_checked_day(path, key, tsa) for path in day_files]
    for path, day in zip(day_files, days, strict=True):
        _tell_day(console, path, day.finding)
    findings = [_checked(path, key) for path in packs]
    problems = [found.problem for found in findings]
    problems += [day.finding.problem for day in days]
    for path, found in zip(packs, findings, strict=True):
        _tell_pack(console, path, found)
        problems.append(_tell_record(console, path, found, days))
    manifests = [f.manifest for f in findings if f.manifest is not None]
    breaks = {
        "days": verify_days(day.finding for day in days),
        "chain": verify_chain((m, encode_manifest(m)) for m in manifests),
    }
    for what, broken in breaks.items():
        if broken is not None:
            _say(console, f"{what}: {BROKEN}: {broken}", is_bad=True)
    if key is None:
        _say(console, "no --key given: compare the key's digest with the published one")
    if any(problems) or any(breaks.values()):
        raise typer.Exit(1)


def _checked(path: Path, key: str | None) -> Finding:
    try:
        return verify_pack(open_pack(path), key)
    except StoreError as error:
        return Finding("", str(error))


def _checked_day(path: Path, key: str | None, tsa: Path | None) -> _Day:
    """One day's root, with its entries where they lie beside it."""
    found, entries = DayFinding("", None), None
    try:
        roots = () if tsa is None else read_roots(tsa)
        beside = path.with_name(path.name.replace("day-", "audit-", 1))
        lines = beside.with_suffix(".jsonl")
        if lines.is_file():
            entries = read_entries(lines.read_bytes())
        found = verify_day(
            path.read_bytes(), trusted_key=key, roots=roots, entries=entries
        )
    except (OSError, StoreError) as error:
        return _Day(replace(found, problem=str(error)), None)
    is_whole = entries is not None and found.problem is None
    return _Day(found, recorded_packs(entries or ()) if is_whole else None)


def _tell_day(console: Console, path: Path, found: DayFinding) -> None:
    if found.problem is not None:
        _say(console, f"{path}: {BROKEN}: {found.problem}", is_bad=True)
        return
    entries = f"{found.entries} entries"
    if not found.are_entries_checked:
        entries += f" not checked: audit-{found.day}.jsonl does not lie beside it"
    told = f"{path}: holds; {entries}, signed by {found.signed_by}"
    _say(console, told + _stamped(found))


def _tell_pack(console: Console, path: Path, found: Finding) -> None:
    if found.problem is not None:
        _say(console, f"{path}: {BROKEN}: {found.problem}", is_bad=True)
        return
    told = f"{path}: holds; signed by {found.signed_by}"
    if found.withheld:
        told += f"; {len(found.withheld)} originals stay in the house: digests alone"
    _say(console, told)


def _tell_record(
    console: Console, path: Path, found: Finding, days: Sequence[_Day]
) -> str | None:
    """When the audit log first told of the pack: it existed by then.

    One that says it was sealed on a day given here and is in none of them is a problem.
    """
    asked = [day for day in days if day.packs is not None]
    if found.manifest is None or not asked:
        return None
    digest = sha256(encode_manifest(found.manifest)).hexdigest()
    for day in asked:
        entry = (day.packs or {}).get(digest)
        if entry is not None:
            told = f"{path}: on record as entry {entry} of {day.finding.day}"
            _say(console, told + _stamped(day.finding))
            return None
    sealed_on = beijing_day(found.manifest.made_at).isoformat()
    if sealed_on not in {day.finding.day for day in asked}:
        _say(console, f"{path}: not on record in the days given")
        return None
    problem = (
        f"not on record, though it says it was sealed on {sealed_on}; "
        "one that was told of later needs that later day beside it"
    )
    _say(console, f"{path}: {BROKEN}: {problem}", is_bad=True)
    return problem


def _stamped(found: DayFinding) -> str:
    if found.stamped_at is None:
        return ""
    return f", stamped {found.stamped_at:%Y-%m-%d %H:%M:%S} UTC"


def _say(console: Console, told: str, *, is_bad: bool = False) -> None:
    style = "red" if is_bad else None
    console.print(told, markup=False, style=style, soft_wrap=True)
