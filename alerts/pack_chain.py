"""Links the manifests of one camera: each names the digest of the one before it.

The head of a camera's chain lies in the evidence store, written before the manifest it
announces, and once more when the manifest stands. So a crash between the two leaves a
head that only announces: the next pack takes over its place in the chain, and no pack
ever names one that never came to exist. A manifest that stood and is gone was deleted:
its number is never given again, the chain goes on after it and shows the gap.
A worker that was held up and another that took its place may seal at once: one of them
has the turn, or, where the store gives none, the head it began with.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import structlog

from alerts.errors import ChainTakenError, NotFoundError, StoreError
from alerts.evidence_store import EvidenceStore
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


def next_place(store: EvidenceStore, camera: CameraId) -> Place:
    """The place of the next manifest of `camera`.

    Raises:
        StoreError: The store is away, or the chain's head is damaged.
    """
    try:
        raw = store.heads.read(camera)
        head = json.loads(raw)
        announced, digest = UUID(head["pack"]), str(head["sha256"])
        own, stood = Link(int(head["seq"]), str(head["previous"])), STANDS in head
    except NotFoundError:
        return Place(FIRST_LINK, None)
    except (ValueError, KeyError, TypeError) as error:
        msg = f"the chain head of {camera} is damaged: run `nonsite doctor`"
        raise StoreError(msg) from error
    try:
        is_there = sha256(store.manifest(announced)).hexdigest() == digest
    except NotFoundError:
        is_there = False
    if stood and not is_there:
        _log.error(
            "chain.manifest_gone", camera=camera, pack=str(announced), seq=own.seq
        )
    return Place(Link(own.seq + 1, digest) if stood or is_there else own, raw)


def announce(
    store: EvidenceStore, camera: CameraId, pack: UUID, place: Place, manifest: bytes
) -> bytes:
    """Make `manifest` the head of its camera's chain, to be put next; the head.

    Raises:
        ChainTakenError: Another pack took the place meanwhile.
        StoreError: The store is away.
    """
    raw = _head(pack, place.link, manifest)
    store.heads.put(camera, raw, place.head)
    return raw


def confirm(store: EvidenceStore, camera: CameraId, head: bytes) -> None:
    """Note that the manifest announced by `head` stands; silent where that fails.

    The manifest is there whatever happens here: what is not noted is only that its
    number may not be given again should it be deleted.
    """
    stands = json.dumps({**json.loads(head), STANDS: True}, sort_keys=True).encode()
    try:
        store.heads.put(camera, stands, head)
    except ChainTakenError as error:
        # only where the store gives no turn, and a process slept between two requests
        _log.error("chain.taken_late", camera=camera, reason=str(error))
    except StoreError as error:
        _log.warning("chain.not_confirmed", camera=camera, reason=str(error))


def withdraw(store: EvidenceStore, camera: CameraId, head: bytes, place: Place) -> None:
    """Take an announcement back: another process has sealed the same pack.

    Raises:
        ChainTakenError: The chain has moved on already.
        StoreError: The store is away.
    """
    if place.head is not None:
        store.heads.put(camera, place.head, head)


def check_announced(store: EvidenceStore, camera: CameraId, head: bytes) -> None:
    """See that nobody took the place that was announced.

    Raises:
        ChainTakenError: Somebody did.
        StoreError: The store is away.
    """
    if store.heads.read(camera) != head:
        raise ChainTakenError(f"the chain of {camera} has moved on")


def _head(pack: UUID, link: Link, manifest: bytes) -> bytes:
    head = {
        "pack": str(pack),
        "seq": link.seq,
        "previous": link.previous,
        "sha256": sha256(manifest).hexdigest(),
    }
    return json.dumps(head, sort_keys=True).encode()
