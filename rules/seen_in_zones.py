"""When somebody was last seen in each zone: sightings of walkers in, times out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from base.ids import ZoneName
from rules.state_text import Time
from rules.walker import Walker


class Seen(Struct):
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
    """Who was seen in which zone, and when."""

    _seen: dict[ZoneName, dict[int, Seen]] = field(default_factory=dict)
    _ranked: dict[ZoneName, list[Seen]] = field(default_factory=dict)

    def note(self, zone: ZoneName, walker: Walker, at: datetime) -> None:
        """Somebody is seen in a zone now."""
        there = self._seen.setdefault(zone, {})
        self._ranked.pop(zone, None)
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
        lasting, left_out = timedelta(seconds=lasting_s), frozenset(without)
        for seen in self._newest_first(zone):
            is_person = seen.was_steady or seen.walker in proven
            is_asked = is_person and seen.walker not in left_out
            if is_asked and seen.last - seen.first >= lasting:
                return seen
        return None

    def forget(self, oldest: datetime) -> None:
        """Drop what was seen before `oldest`."""
        for there in self._seen.values():
            old = [number for number, one in there.items() if one.last < oldest]
            for number in old:
                del there[number]
            if old:
                self._ranked.clear()

    def all(self) -> list[Seen]:
        """Everything, to be saved."""
        return [one for there in self._seen.values() for one in there.values()]

    def restore(self, saved: Iterable[Seen]) -> None:
        """Take up what was saved."""
        self._seen, self._ranked = {}, {}
        for one in saved:
            self._seen.setdefault(one.zone, {})[one.walker] = one

    def _newest_first(self, zone: ZoneName) -> list[Seen]:
        """Everybody seen in `zone`, by when last; of two at once the older walker."""
        if zone not in self._ranked:
            there = self._seen.get(zone, {}).values()
            by_time = sorted(there, key=lambda seen: (seen.last, -seen.walker))
            self._ranked[zone] = by_time[::-1]
        return self._ranked[zone]
