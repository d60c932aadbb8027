"""Wilson's interval, Cohen's kappa, quantiles: small formulas with their sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964
"""97.5 % quantile of the normal distribution."""

FEWEST_PAIRS = 20
"""Below this a kappa says nothing."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval; all None where nothing was counted."""

    hits: int
    of: int
    share: float | None
    lower: float | None
    upper: float | None


def wilson(hits: int, of: int) -> Share:
    """Wilson's score interval (E. B. Wilson, JASA 22, 1927)."""
    if not of:
        return Share(hits, of, None, None, None)
    share, z2 = hits / of, Z95 * Z95
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Share(hits, of, share, max(0.0, middle - half), min(1.0, middle + half))


def kappa(pairs: Mapping[tuple[str, str], int]) -> float | None:
    """Cohen's kappa of two raters (J. Cohen, 1960); None: too few, or no spread.

    Args:
        pairs: How often the first said one thing and the second another.
    """
    total = sum(pairs.values())
    if total < FEWEST_PAIRS:
        return None
    words = {word for pair in pairs for word in pair}
    agreed = sum(count for (one, two), count in pairs.items() if one == two) / total
    chance = sum(
        sum(count for (one, _), count in pairs.items() if one == word)
        * sum(count for (_, two), count in pairs.items() if two == word)
        for word in words
    ) / (total * total)
    return None if chance >= 1 else (agreed - chance) / (1 - chance)


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` of `values` lies, nearest rank; None: none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
