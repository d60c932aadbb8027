"""When somebody was last seen in each zone: sightings of walkers in, times out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from msgspec import Struct

from base.ids import ZoneName
from rules.state_text import Time
from rules.walker import Walker


class Seen(Struct, omit_defaults=True):
    """Somebody was seen in a zone.

    Attributes:
        zone: Where.
        walker: Who.
        first: When first.
        last: When last.
        count: In how many looks.
        was_steady: Whether it was ever seen steadily: a person, no string of flashes.
    """

    zone: ZoneName
    walker: int
    first: Time
    last: Time
    count: int = 1
    was_steady: bool = False


@dataclass(slots=True)
class SeenInZones:
    """Who was seen in which zone, and when; whom a zone saw last comes last."""

    _seen: dict[ZoneName, dict[int, Seen]] = field(default_factory=dict)

    def note(self, zone: ZoneName, walkers: Sequence[Walker], at: datetime) -> None:
        """These are seen in a zone now; of those seen at once the oldest ranks first.

        Args:
            zone: The zone.
            walkers: Who, by number.
            at: Media time, newer than ever before.
        """
        there = self._seen.setdefault(zone, {})
        for walker in reversed(walkers):
            number = walker.number
            known = there.pop(number, None)
            if known is None:
                known = Seen(zone, number, at, at, 0)
            there[number] = known
            known.last = at
            known.count += 1
            known.was_steady = known.was_steady or walker.is_steady

    def newest_in(
        self,
        zone: ZoneName,
        proven: Collection[int],
        without: Iterable[int] = (),
        lasting_s: float = 0.0,
    ) -> Seen | None:
        """The proven person seen in `zone` last, over at least `lasting_s`.

        Args:
            zone: The zone.
            proven: Walkers known to be persons; others count when they were.
            without: Walkers left out.
            lasting_s: From the first to the last time seen there, seconds.
        """
        lasting, left_out = timedelta(seconds=lasting_s), frozenset(without)
        for seen in reversed(self._seen.get(zone, {}).values()):
            is_person = seen.was_steady or seen.walker in proven
            is_asked = is_person and seen.walker not in left_out
            if is_asked and seen.last - seen.first >= lasting:
                return seen
        return None

    def forget(self, oldest: datetime) -> None:
        """Drop what was seen before `oldest`."""
        for there in self._seen.values():
            old = takewhile(lambda one: one.last < oldest, there.values())
            for number in [one.walker for one in old]:
                del there[number]

    def all(self) -> list[Seen]:
        """Everything, to be saved."""
        return [one for there in self._seen.values() for one in there.values()]

    def restore(self, saved: Iterable[Seen]) -> None:
        """Take up what was saved."""
        self._seen = {}
        for one in sorted(saved, key=lambda seen: (seen.last, -seen.walker)):
            self._seen.setdefault(one.zone, {})[one.walker] = one
