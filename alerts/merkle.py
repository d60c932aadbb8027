"""Merkle roots as RFC 6962 makes them: digests in, one digest out.

A leaf and an inner node are hashed with different first bytes, so that none can be
taken for the other, and no entry can be left out or moved without another root.
"""

from collections.abc import Sequence
from hashlib import sha256


def merkle_root(leaves: Sequence[str]) -> str:
    """The root over `leaves`, hex digests in order; hex.

    Raises:
        ValueError: There is no leaf, or one is no hex.
    """
    if not leaves:
        msg = "a tree without leaves has no root"
        raise ValueError(msg)
    level = [sha256(b"\x00" + bytes.fromhex(leaf)).digest() for leaf in leaves]
    while len(level) > 1:
        # one left over at the end of a level moves up as it is
        paired = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + (level[-1:] if len(level) % 2 else [])
    return level[0].hex()
