"""Whether what stands in a place is still the same thing: a verdict, never an identity.

Place and picture together decide: the boxes must match at once, and the thumbnails must
not contradict it. Two white vans look alike by design; then the answer is "the same" or
"cannot tell", and a person with the stills decides.
"""

import base64
import binascii
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from detector.signature import Signature
from rules.errors import RuleError

SAME = 0.75
"""Correlation of two thumbnails from which they count as the same picture."""
DIFFERENT = 0.45
"""Correlation up to which they count as different pictures.

Between the two it cannot be told. The bounds come from street footage: see
`tests/rules/test_street_footage.py`, which prints the correlations it meets.
"""
CLEAR = 0.15
"""A thing covered by more than this shows too much of what covers it to compare."""

SignatureText: TypeAlias = str
"""Base64 of a signature's bytes: what a saved state can carry."""


class Verdict(StrEnum):
    """What the thumbnails say of one sighting in a slot."""

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"
    NOT_COMPARED = "not_compared"


def text_of(signature: Signature | None) -> SignatureText | None:
    """A signature as text."""
    if signature is None:
        return None
    return base64.b64encode(signature.pixels).decode("ascii")


def signature_of(text: SignatureText | None) -> Signature | None:
    """A signature back from text.

    Raises:
        RuleError: The text is no signature.
    """
    if text is None:
        return None
    try:
        return Signature(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise RuleError("a saved signature is damaged") from error


def verdict_of(similarity: float) -> Verdict:
    """The verdict for a correlation, -1…1."""
    if similarity >= SAME:
        return Verdict.SAME
    return Verdict.DIFFERENT if similarity <= DIFFERENT else Verdict.UNSURE


def similarities(
    mine: Sequence[Signature], theirs: Sequence[Signature]
) -> NDArray[np.float32]:
    """`Signature.similarity` of each pair at once, `[n]`.

    One array operation for all slots of a look: pair by pair it would cost more than
    the rest of the rules together.
    """
    if not mine:
        return np.zeros(0, np.float32)
    result: NDArray[np.float32] = (_standardised(mine) * _standardised(theirs)).mean(
        axis=1
    )
    return result


def _standardised(signatures: Sequence[Signature]) -> NDArray[np.float32]:
    raw = b"".join(signature.pixels for signature in signatures)
    values = np.frombuffer(raw, np.uint8).reshape(len(signatures), -1)
    rows = values.astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    spread = rows.std(axis=1, keepdims=True)
    return np.where(spread > 1.0, rows / np.maximum(spread, 1.0), 0.0)
