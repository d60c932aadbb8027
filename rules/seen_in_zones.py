"""When somebody was last seen in each zone: sightings of walkers in, times out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import AwareDatetime

from base.ids import ZoneName
from rules.walker import Walker


@dataclass(slots=True)
class Seen:
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
    first: AwareDatetime
    last: AwareDatetime
    count: int = 1
    was_steady: bool = False


@dataclass(slots=True)
class SeenInZones:
    """Who was seen in which zone, and when."""

    _seen: dict[ZoneName, dict[int, Seen]] = field(default_factory=dict)

    def note(self, zone: ZoneName, walker: Walker, at: datetime) -> None:
        """Somebody is seen in a zone now."""
        there = self._seen.setdefault(zone, {})
        known = there.get(walker.number)
        if known is None:
            known = there[walker.number] = Seen(zone, walker.number, at, at, 0)
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
        there = self._seen.get(zone)
        if not there:
            return None
        lasting, left_out = timedelta(seconds=lasting_s), frozenset(without)
        found = [
            seen
            for number, seen in there.items()
            if number not in left_out
            and seen.last - seen.first >= lasting
            and (number in proven or seen.was_steady)
        ]
        return max(found, key=lambda seen: (seen.last, -seen.walker), default=None)

    def forget(self, oldest: datetime) -> None:
        """Drop what was seen before `oldest`."""
        for there in self._seen.values():
            old = [number for number, one in there.items() if one.last < oldest]
            for number in old:
                del there[number]

    def all(self) -> list[Seen]:
        """Everything, to be saved."""
        return [one for there in self._seen.values() for one in there.values()]

    def restore(self, saved: Iterable[Seen]) -> None:
        """Take up what was saved."""
        self._seen = {}
        for one in saved:
            self._seen.setdefault(one.zone, {})[one.walker] = one
