"""`nonsite verify`: whether packs still are what was sealed; offline, no database."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from alerts.errors import StoreError
from alerts.pack_manifest import encode_manifest
from alerts.pack_verifier import Finding, open_pack, verify_chain, verify_pack


def verify(
    packs: Annotated[
        list[Path], typer.Argument(help="exported ZIPs or folders, in chain order")
    ],
    key: Annotated[
        str | None,
        typer.Option(help="digest of the service's key, as it was published"),
    ] = None,
) -> None:
    """Check packs and name the first thing that does not hold; exit 1 when one does."""
    console = Console(highlight=False)
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
    if broken is not None or any(found.problem for found in findings):
        raise typer.Exit(1)


def _checked(path: Path, key: str | None) -> Finding:
    try:
        return verify_pack(open_pack(path), key)
    except StoreError as error:
        return Finding("", str(error))
