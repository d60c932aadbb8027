"""Links the manifests of one camera: each names the digest of the one before it.

The head of a camera's chain lies in the evidence store, written before the manifest it
announces. So a crash between the two leaves a head without a manifest: the next pack
takes over its place in the chain, and no pack ever names one that never came to exist.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from alerts.errors import NotFoundError, StoreError
from alerts.evidence_store import EvidenceStore
from base.ids import CameraId

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


def next_link(store: EvidenceStore, camera: CameraId) -> Link:
    """The place of the next manifest of `camera`.

    Raises:
        StoreError: The store is away, or the chain's head is damaged.
    """
    try:
        head = json.loads(store.chain_head(camera))
        announced, digest = UUID(head["pack"]), str(head["sha256"])
        own = Link(int(head["seq"]), str(head["previous"]))
    except NotFoundError:
        return FIRST_LINK
    except (ValueError, KeyError, TypeError) as error:
        msg = f"the chain head of {camera} is damaged: run `nonsite doctor`"
        raise StoreError(msg) from error
    try:
        is_there = sha256(store.manifest(announced)).hexdigest() == digest
    except NotFoundError:
        is_there = False
    return Link(own.seq + 1, digest) if is_there else own


def announce(
    store: EvidenceStore, camera: CameraId, pack: UUID, link: Link, manifest: bytes
) -> None:
    """Make `manifest` the head of its camera's chain; it is put next.

    Raises:
        StoreError: The store is away.
    """
    head = {
        "pack": str(pack),
        "seq": link.seq,
        "previous": link.previous,
        "sha256": sha256(manifest).hexdigest(),
    }
    store.put_chain_head(camera, json.dumps(head, sort_keys=True).encode())
