"""Checks a pack offline: files in, the first thing that does not hold out.

Needs no database, no store and no network: a folder or ZIP with `manifest.json`, the
files it names and `seal.json`, the service's signature over the manifest. Whoever holds
the digest of the service's key can tell a pack that was signed again by somebody else.
Derivatives made for the way out (blurred copies, cover sheet) are listed in the seal,
so that nothing in the ZIP is unaccounted for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from alerts.digest import digest
from alerts.errors import StoreError
from alerts.exact_json import indented, read_exactly
from alerts.pack_bytes import PackBytes
from alerts.pack_chain import GENESIS
from alerts.pack_manifest import Manifest, ManifestFile, canonical, decode_manifest
from alerts.service_key import is_signed, key_digest

MANIFEST = "manifest.json"
SEAL = "seal.json"
_SEAL_MEMBERS = frozenset({"sealed", "key", "signature"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check came to.

    Attributes:
        pack: Id in the manifest; empty when that cannot be read.
        problem: The first thing that does not hold; None when everything does.
        signed_by: Digest of the key that sealed it; None without a seal.
        manifest: The manifest, where it can be read.
        withheld: Files that stay in the house, by the seal; their digests are in the
            manifest and can be compared there.
    """

    pack: str
    problem: str | None
    signed_by: str | None = None
    manifest: Manifest | None = None
    withheld: frozenset[str] = frozenset()


def verify_pack(files: PackBytes, trusted_key: str | None = None) -> Finding:
    """Check one pack.

    Args:
        files: The pack.
        trusted_key: Digest of the service's key; None: any seal that holds is taken
            and the key is told.
    """
    try:
        raw = files.read(MANIFEST)
        manifest = decode_manifest(raw)
    except StoreError as error:
        return Finding("", str(error))
    pack = str(manifest.pack)
    try:
        sealed = _check_seal(files, raw, trusted_key, manifest)
        problem = (
            _files_problem(files, manifest, sealed.withheld)
            or _parents_problem(manifest)
            or sealed.problem
        )
    except StoreError as error:
        return Finding(pack, str(error), manifest=manifest)
    return Finding(pack, problem, sealed.key, manifest, sealed.withheld)


def verify_chain(manifests: Iterable[tuple[Manifest, bytes]]) -> str | None:
    """The first break in the chain of each camera's manifests; None when they hold.

    Args:
        manifests: Each with its bytes, in the order they are handed over. A camera's
            first may stand anywhere in its chain; from there on none may be missing
            and none out of order.
    """
    reached: dict[str, tuple[int, str]] = {}
    for manifest, raw in manifests:
        link, camera = manifest.link, manifest.camera
        if link.seq == 1 and link.previous != GENESIS:
            return f"pack {manifest.pack}: is first of {camera} but names one before it"
        before = reached.get(camera)
        if before is not None:
            seq, hashed = before
            if link.seq != seq + 1:
                return (
                    f"pack {manifest.pack}: is number {link.seq} of {camera}, "
                    f"after number {seq}: one is missing or out of order"
                )
            if link.previous != hashed:
                return f"pack {manifest.pack}: names another pack as the one before it"
        reached[camera] = link.seq, sha256(raw).hexdigest()
    return None


@dataclass(frozen=True, slots=True)
class _Sealed:
    problem: str | None
    key: str | None = None
    withheld: frozenset[str] = frozenset()


def _files_problem(
    files: PackBytes, manifest: Manifest, withheld: frozenset[str]
) -> str | None:
    there = files.names()
    for file in manifest.files:
        if file.name not in there:
            if file.name in withheld:
                continue
            return f"{file.name}: is missing"
        found = digest(files.read(file.name))
        if (found.key, found.sm3, found.size) != (file.sha256, file.sm3, file.size):
            return f"{file.name}: its bytes are not those the manifest names"
    return None


def _parents_problem(manifest: Manifest) -> str | None:
    digests = {file.name: file.sha256 for file in manifest.files}
    for file in manifest.files:
        if file.parent is not None and not _is_parent(file, digests):
            return f"{file.name}: names an original that is not in the pack"
    return None


def _is_parent(file: ManifestFile, digests: Mapping[str, str]) -> bool:
    known = None if file.parent is None else digests.get(file.parent)
    return known is not None and known == file.parent_sha256


def _check_seal(
    files: PackBytes, raw: bytes, trusted_key: str | None, manifest: Manifest
) -> _Sealed:
    if SEAL not in files.names():
        return _Sealed(f"{SEAL}: is missing")
    body = files.read(SEAL)
    try:
        seal = read_exactly(body, _SEAL_MEMBERS, indented)
    except StoreError as error:
        raise StoreError(f"{SEAL}: {error}") from error
    try:
        key = key_digest(seal["key"])
        body = canonical(seal["sealed"])
        is_whole = is_signed(body, seal["signature"], seal["key"])
        told = {str(k): str(v) for k, v in seal["sealed"]["files"].items()}
        parents = {str(k): str(v) for k, v in seal["sealed"]["parents"].items()}
        withheld = frozenset(str(name) for name in seal["sealed"]["withheld"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{SEAL}: cannot be read") from error
    if not is_whole:
        return _Sealed(f"{SEAL}: its signature does not hold", key)
    if trusted_key is not None and key != trusted_key:
        return _Sealed(f"{SEAL}: was made with another key, {key}", key)
    if told.get(MANIFEST) != sha256(raw).hexdigest():
        return _Sealed(f"{MANIFEST}: is not the one that was sealed", key)
    known = {file.name for file in manifest.files} | {SEAL}
    problem = _others_problem(files, told, known)
    problem = problem or _copies_problem(told, parents, manifest)
    return _Sealed(problem, key, withheld)


def _copies_problem(
    told: Mapping[str, str], parents: Mapping[str, str], manifest: Manifest
) -> str | None:
    """What is wrong with what copies say they were made from."""
    originals = {file.sha256 for file in manifest.files}
    for name, parent in sorted(parents.items()):
        if name not in told:
            return f"{name}: is missing"
        if parent not in originals:
            return f"{name}: names an original that is not in the pack"
    return None


def _others_problem(
    files: PackBytes, told: Mapping[str, str], known: set[str]
) -> str | None:
    """What is wrong with the files beside the originals."""
    for name in sorted(files.names() - known):
        if name not in told:
            return f"{name}: nobody put it there"
        if told[name] != sha256(files.read(name)).hexdigest():
            return f"{name}: its bytes are not those that were sealed"
    missing = sorted(set(told) - files.names())
    return f"{missing[0]}: is missing" if missing else None


@dataclass(frozen=True, slots=True)
class SealText:
    """What a seal says.

    Attributes:
        files: SHA-256 of the manifest and of each file beside the originals, by name.
        parents: Digest of the original each masked copy was made from, by name.
        withheld: Originals that stay in the house.
        export: Who took it out, when, why.
    """

    files: Mapping[str, str]
    parents: Mapping[str, str]
    withheld: tuple[str, ...]
    export: Mapping[str, str]


def seal_bytes(signer: "Signer", text: SealText) -> bytes:
    """The bytes of `seal.json`: what was sealed, the public key, the signature."""
    sealed = {
        "version": 1,
        "files": dict(text.files),
        "parents": dict(text.parents),
        "withheld": sorted(text.withheld),
        "export": dict(text.export),
    }
    signature = signer.sign(canonical(sealed))
    seal = {"sealed": sealed, "key": signer.public, "signature": signature}
    return indented(seal)


class Signer(Protocol):
    """Signs; `alerts/service_key.py` is one."""

    public: str

    def sign(self, body: bytes) -> str:
        """Signature over `body`, hex."""
        ...
