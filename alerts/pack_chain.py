"""Links the manifests of one camera: each names the digest of the one before it.

The head of a camera's chain lies in the evidence store and is exchanged, only for the
one it was made after, before the manifest it announces is put in its place; the bytes
of that manifest lie there as an object by then. So the exchange alone decides who has a
place, and a manifest whose exchange failed is never written. Whoever comes next and
finds an announced manifest missing (its sealer was held up, or died, or somebody
deleted it) puts it there from its object and goes on after it: no number is ever given
twice, and a sealer that wakes up late finds its own manifest in its place. The head is
written once more when the manifest stands: one that stood and is gone was deleted, and
that is told.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import structlog

from alerts.errors import ChainTakenError, NotFoundError, PackExistsError, StoreError
from alerts.evidence_store import EvidenceStore, ObjectKey
from base.ids import CameraId

_log = structlog.get_logger()

STANDS = "stands"
"""In a head whose manifest was written."""

GENESIS = "0" * 64
"""What the first manifest of a camera names as the one before."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a manifest stands in its camera's chain.

    Attributes:
        seq: Gapless number from 1.
        previous: SHA-256 of the manifest before it, hex.
    """

    seq: int
    previous: str


FIRST_LINK = Link(1, GENESIS)
"""Where a camera's chain begins."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next manifest goes.

    Attributes:
        link: Its place in the chain.
        head: The head of the chain as it was found; None: there was none.
    """

    link: Link
    head: bytes | None


@dataclass(frozen=True, slots=True)
class Head:
    """The newest pack of a chain, as its head tells it.

    Attributes:
        pack: Which.
        link: Its place.
        digest: SHA-256 of its manifest, hex; the manifest is an object under it.
        stood: The manifest was seen in its place.
    """

    pack: UUID
    link: Link
    digest: ObjectKey
    stood: bool


def read_head(store: EvidenceStore, camera: CameraId) -> tuple[Head, bytes]:
    """The head of a camera's chain, and its bytes.

    Raises:
        NotFoundError: The chain has not begun.
        StoreError: The store is away, or the head is damaged.
    """
    raw = store.heads.read(camera)
    try:
        told = json.loads(raw)
        link = Link(int(told["seq"]), str(told["previous"]))
        key = ObjectKey(str(told["sha256"]))
        return Head(UUID(told["pack"]), link, key, STANDS in told), raw
    except (ValueError, KeyError, TypeError) as error:
        msg = f"the chain head of {camera} is damaged: `nonsite doctor` tells of it"
        raise StoreError(msg) from error


def next_place(store: EvidenceStore, camera: CameraId) -> Place:
    """The place of the next manifest of `camera`: always after the one announced.

    A pack that was announced and is not there is put in its place first, as it was
    announced. Where that cannot be done its number stays empty and is told of.

    Raises:
        StoreError: The store is away, or the chain's head is damaged.
    """
    try:
        head, raw = read_head(store, camera)
    except NotFoundError:
        return Place(FIRST_LINK, None)
    if not _stands(store, head):
        problem = _put_there(store, head)
        tell = _log.error if head.stood or problem else _log.warning
        tell(
            "chain.manifest_gone" if head.stood or problem else "chain.completed",
            camera=camera,
            pack=str(head.pack),
            seq=head.link.seq,
            found=problem or "put there from its object",
        )
    return Place(Link(head.link.seq + 1, head.digest), raw)


def _stands(store: EvidenceStore, head: Head) -> bool:
    with suppress(NotFoundError):
        return sha256(store.manifest(head.pack)).hexdigest() == head.digest
    return False


def _put_there(store: EvidenceStore, head: Head) -> str | None:
    """Put an announced manifest in its place; what keeps it from standing there."""
    try:
        raw = b"".join(store.open_range(head.digest))
    except NotFoundError:
        return "its bytes are gone"
    if sha256(raw).hexdigest() != head.digest:
        return "its bytes were changed"
    try:
        store.put_manifest(head.pack, raw)
    except PackExistsError:
        return "another manifest lies in its place"
    return None


def announce(
    store: EvidenceStore, camera: CameraId, pack: UUID, place: Place, manifest: bytes
) -> bytes:
    """Make `manifest` the head of its camera's chain, to be put next; the head.

    Its bytes must lie in the store as an object already.

    Raises:
        ChainTakenError: Another pack took the place meanwhile; nothing was changed.
        StoreError: The store is away.
    """
    raw = _head(pack, place.link, manifest)
    store.heads.put(camera, raw, place.head)
    return raw


def confirm(store: EvidenceStore, camera: CameraId, head: bytes) -> None:
    """Note that the manifest announced by `head` stands; silent where that fails.

    The manifest is there whatever happens here: what is not noted is only that it was,
    should it be deleted before the next one is sealed.
    """
    stands = json.dumps({**json.loads(head), STANDS: True}, sort_keys=True).encode()
    try:
        store.heads.put(camera, stands, head)
    except ChainTakenError:
        return  # the next sealer has seen it in its place and gone on
    except StoreError as error:
        _log.warning("chain.not_confirmed", camera=camera, reason=str(error))


def _head(pack: UUID, link: Link, manifest: bytes) -> bytes:
    head = {
        "pack": str(pack),
        "seq": link.seq,
        "previous": link.previous,
        "sha256": sha256(manifest).hexdigest(),
    }
    return json.dumps(head, sort_keys=True).encode()


@dataclass(frozen=True, slots=True)
class Linked:
    """A manifest that lies in the store: whose, where it stands, its own digest."""

    camera: CameraId
    pack: UUID
    link: Link
    digest: str


def chain_problems(
    manifests: Iterable[Linked],
    before: Mapping[CameraId, Head],
    after: Mapping[CameraId, Head],
) -> tuple[str, ...]:
    """What does not hold in the chains of a store: gaps, forks, wrong links.

    Packs may be sealed meanwhile: what must be there is what heads read before the
    manifests announce; heads read after them must announce all that was found.

    Args:
        manifests: Every manifest there is.
        before: The head of each camera's chain, read before.
        after: The same, read afterwards.
    """
    chains: dict[CameraId, list[Linked]] = {camera: [] for camera in before}
    for one in manifests:
        chains.setdefault(one.camera, []).append(one)
    return tuple(
        problem
        for camera in sorted(chains)
        for problem in _problems(
            camera, chains[camera], _reached(before, camera), _reached(after, camera)
        )
    )


def _reached(heads: Mapping[CameraId, Head], camera: CameraId) -> int:
    return heads[camera].link.seq if camera in heads else 0


def _problems(
    camera: CameraId, linked: list[Linked], announced: int, reached: int
) -> Iterator[str]:
    at: dict[int, Linked] = {}
    for one in sorted(linked, key=lambda one: (one.link.seq, str(one.pack))):
        if one.link.seq in at:
            other = at[one.link.seq].pack
            yield f"{camera}: packs {other} and {one.pack} are both {one.link.seq}"
        at[one.link.seq] = one
    if at and max(at) > reached:
        yield f"{camera}: the head of the chain is behind its pack {max(at)}"
    for seq in range(1, announced + 1):
        before = GENESIS if seq == 1 else at[seq - 1].digest if seq - 1 in at else None
        if seq not in at:
            yield f"{camera}: pack {seq} of its chain is missing"
        elif before is not None and at[seq].link.previous != before:
            yield f"{camera}: pack {seq} names another one than pack {seq - 1}"
