"""`nonsite verify`: whether packs still are what was sealed; offline, no database."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from alerts.day_root import DayFinding, read_entries, verify_day
from alerts.errors import StoreError
from alerts.pack_manifest import encode_manifest
from alerts.pack_verifier import Finding, open_pack, verify_chain, verify_pack
from alerts.time_authority import read_roots


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
    """Check packs and days; name the first thing that does not hold, then exit 1."""
    console = Console(highlight=False)
    days = [path for path in packs if path.suffix == ".json"]
    packs = [path for path in packs if path.suffix != ".json"]
    days_whole = [_is_day_whole(console, path, key, tsa) for path in days]
    findings = [_checked(path, key) for path in packs]
    for path, found in zip(packs, findings, strict=True):
        if found.problem is None:
            told = f"{path}: holds; signed by {found.signed_by}"
            console.print(told, markup=False, soft_wrap=True)
        else:
            told = f"{path}: DOES NOT HOLD: {found.problem}"
            console.print(told, markup=False, style="red", soft_wrap=True)
    manifests = [f.manifest for f in findings if f.manifest is not None]
    broken = verify_chain((m, encode_manifest(m)) for m in manifests)
    if broken is not None:
        told = f"chain: DOES NOT HOLD: {broken}"
        console.print(told, markup=False, style="red", soft_wrap=True)
    if key is None:
        told = "no --key given: compare the key's digest with the published one"
        console.print(told, markup=False, soft_wrap=True)
    are_packs_whole = not any(found.problem for found in findings)
    if broken is not None or not are_packs_whole or not all(days_whole):
        raise typer.Exit(1)


def _checked(path: Path, key: str | None) -> Finding:
    try:
        return verify_pack(open_pack(path), key)
    except StoreError as error:
        return Finding("", str(error))


def _is_day_whole(
    console: Console, path: Path, key: str | None, tsa: Path | None
) -> bool:
    """Check one day's root, with its entries where they lie beside it."""
    found = DayFinding("", None)
    try:
        roots = () if tsa is None else read_roots(tsa)
        beside = path.with_name(path.name.replace("day-", "audit-", 1))
        entries = beside.with_suffix(".jsonl")
        found = verify_day(
            path.read_bytes(),
            trusted_key=key,
            roots=roots,
            entries=read_entries(entries.read_bytes()) if entries.is_file() else None,
        )
        problem = found.problem
    except (OSError, StoreError) as error:
        problem = str(error)
    if problem is not None:
        told = f"{path}: DOES NOT HOLD: {problem}"
        console.print(told, markup=False, style="red", soft_wrap=True)
        return False
    told = f"{path}: holds; {found.entries} entries, signed by {found.signed_by}"
    if found.stamped_at is not None:
        told += f", stamped {found.stamped_at:%Y-%m-%d %H:%M:%S} UTC"
    console.print(told, markup=False, soft_wrap=True)
    return True
