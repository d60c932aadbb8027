"""Who stands beside a standing thing, as its slot remembers them; see `neighbours`."""

from msgspec import Struct

from detector.box import Box
from rules.state_text import Time


class Minder(Struct):
    """Somebody beside a standing thing.

    Attributes:
        box: Where, as seen last.
        since: Since when somebody stays there.
        missed: Looks in a row that did not show it.
    """

    box: Box
    since: Time
    missed: int = 0


class Waiting(Struct):
    """A vehicle that stands beside a standing thing.

    Attributes:
        box: Where, as seen last.
        since: Since when one stands there.
        looks: Looks in a row that showed it.
    """

    box: Box
    since: Time
    looks: int = 1
