"""Who went into an opening and came out again: walkers of each look in, crossings out.

A person is inside from the moment the feet cross the outline inward, or are lost within
a step of it; that it was an entry is known a little later, when the person has stayed
or cannot be seen any more, and then counts from the crossing. Someone who walks across
a closed cover never becomes an entry.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from base.ids import ZoneName
from rules.state_text import Time
from rules.walker import STEADY, Walker

STAYS_S = 3.0
"""Standing inside the outline this long, a person has not just stepped across."""
BELOW_S = 4.0
"""Out of sight inside for longer, a person seen farther off is somebody else: one who
was only missed while walking across is found again sooner, or out of reach."""
UNWATCHED_S = 3.0
"""After a longer time without a look anybody may have gone in unseen."""
RECALL_S = 15.0
"""Lost beside the opening and found again beside it within this time: never entered."""
Shares = Mapping[int, tuple[float, float]]
CrossedAt = Callable[[Walker], datetime]
"""When one who was outside and is inside now crossed the outline."""
NOWHERE = (0.0, 0.0)
"""Neither inside the outline nor a step beside it: most people, most of the time."""
IN, OUT = 0.5, 0.2
"""Share of the soles inside the outline from which, and up to which, it is a side."""


class Inside(Struct, omit_defaults=True):
    """One person inside an opening.

    Attributes:
        walker: Last known by this number.
        at: When the feet crossed.
        entered_at: When it became known to be an entry; None while it is not.
        is_seen: Whether the person is seen inside the outline.
        was_beside: Lost beside the outline, never seen inside it.
        was_there: First seen inside: it is not known when, or past whom, the person
            entered, unless it is seen to go down.
        in_view: The look before showed the opening, and nobody in it who could be this.
        is_attended: Whether somebody else was in the ring then or since; None where
            there is no ring.
        known_as: Other walkers it was followed as before.
        out_at: First of the looks in a row that showed it outside, not yet believed.
        shown_at: First look that showed it inside the outline.
    """

    walker: int
    at: Time
    entered_at: Time | None = None
    is_seen: bool = True
    was_beside: bool = False
    was_there: bool = False
    is_attended: bool | None = None
    known_as: list[int] = []
    out_at: Time | None = None
    shown_at: Time | None = None
    in_view: bool = False


class Crossing(Struct, frozen=True):
    """One entry or exit.

    Attributes:
        at: When the feet crossed.
        told_at: The look at which it became known.
        is_inward: Entry or exit.
        inside: How many are inside after it.
    """

    at: Time
    told_at: Time
    is_inward: bool
    inside: int


MOST_CROSSINGS = 64


class Passage(Struct, omit_defaults=True):
    """One opening.

    Attributes:
        zone: Its name.
        inside: Who is inside, in the order of entry.
        crossings: The newest, oldest first.
        entries: All entries since watching began.
        exits: All exits since then.
        outside: Walkers last seen outside, and when.
        rising: Walkers first seen a step beside the outline, in their first look.
        watched_at: Newest look.
    """

    zone: ZoneName
    inside: list[Inside] = []
    crossings: list[Crossing] = []
    entries: int = 0
    exits: int = 0
    outside: dict[int, Time] = {}
    rising: list[int] = []
    watched_at: Time | None = None

    @property
    def entered(self) -> tuple[Inside, ...]:
        """Those inside who are known to have entered."""
        return tuple(one for one in self.inside if one.entered_at is not None)

    def followed_as(self) -> list[int]:
        """Every walker somebody inside is or was followed as."""
        return [n for one in self.inside for n in (one.walker, *one.known_as)]

    def below(self, at: datetime) -> tuple[int, ...]:
        """Walkers out of sight inside for so long that a person elsewhere is another.

        They come out at the opening; who was lost beside it may never have gone in.
        """
        return tuple(
            one.walker
            for one in self.inside
            if one.entered_at is not None
            and not (one.is_seen or one.was_beside)
            and (at - one.at).total_seconds() > BELOW_S
        )

    def watch(
        self,
        walkers: Sequence[Walker],
        shares: Shares,
        at: datetime,
        crossed_at: CrossedAt | None = None,
    ) -> None:
        """One more look.

        Args:
            walkers: Everybody followed, seen in this look or not.
            shares: For those seen, by number: share of the soles inside the outline,
                and inside the outline widened by a step.
            at: Media time.
            crossed_at: When somebody stepped in; None: halfway between the two looks.
        """
        far = {number for number, side in shares.items() if side == NOWHERE}
        far -= {one.walker for one in self.inside}.union(self.rising)
        self.outside |= dict.fromkeys(far, at)
        for walker in walkers:
            number = walker.number
            if number in far:
                continue
            if number in shares:
                self._seen(walker, shares, at, crossed_at)
            elif walker.is_gone and not walker.is_hidden:
                self._lost(walker, at)
        known = {walker.number for walker in walkers}
        for number in self.outside.keys() - known:
            del self.outside[number]
        self.rising = [n for n in self.rising if n in known]
        self.inside = [
            one for one in self.inside if one.entered_at or one.walker in known
        ]
        self.watched_at = at

    def _seen(
        self,
        walker: Walker,
        shares: Shares,
        at: datetime,
        crossed_at: CrossedAt | None,
    ) -> None:
        one, share = self._of(walker.number), shares[walker.number]
        if share[0] >= IN:
            if one is None:
                one = self._step_in(walker, shares, at, crossed_at)
            one.is_seen, one.out_at = True, None
            stays_s = (at - (one.shown_at or one.at)).total_seconds()
            if stays_s >= STAYS_S and walker.is_proven:
                self._enter(one, at)
        elif share[0] <= OUT:
            if one is None:
                self._came_up(walker, share[1], at)
            elif _is_jitter(one, walker, share[1]):
                one.out_at = one.out_at or at
                return
            else:
                self._step_out(one, one.out_at or at, at)
            self.outside[walker.number] = at

    def _step_in(
        self,
        walker: Walker,
        shares: Shares,
        at: datetime,
        crossed_at: CrossedAt | None,
    ) -> Inside:
        """New in the outline; who goes down a ladder shrinks to another walker."""
        was_out = self.outside.pop(walker.number, None)
        gone = (i for i in self.inside if not i.is_seen)
        low = (i for i in self.entered if i.walker not in shares)
        hidden = next(gone, next(low, None))
        if was_out is None and hidden is not None:
            hidden.known_as.append(hidden.walker)
            hidden.walker = walker.number
            return hidden
        crossed = at if was_out is None else was_out + (at - was_out) / 2
        if was_out is not None and crossed_at is not None:
            crossed = crossed_at(walker)
        last = self.watched_at
        one = Inside(walker.number, crossed, was_there=was_out is None, shown_at=at)
        one.in_view = last is not None and (at - last).total_seconds() <= UNWATCHED_S
        self.inside.append(one)
        return one

    def _step_out(self, one: Inside, at: datetime, told_at: datetime) -> None:
        self.inside.remove(one)
        if one.entered_at is None:
            return
        is_mistake = one.was_beside and (at - one.at).total_seconds() <= RECALL_S
        if is_mistake:
            self.entries -= 1
            return
        self.exits += 1
        inside = len(self.entered)
        self._note(Crossing(at, told_at, is_inward=False, inside=inside))

    def _came_up(self, walker: Walker, near: float, at: datetime) -> None:
        """First seen a step beside the outline, then steadily: somebody from inside."""
        if walker.hits == 1 and near >= IN and walker.number not in self.outside:
            self.rising.append(walker.number)
            return
        if walker.number not in self.rising or not walker.is_steady:
            return
        self.rising.remove(walker.number)
        hidden = next((one for one in self.inside if not one.is_seen), None)
        if hidden is not None:
            self._step_out(hidden, at, at)

    def _lost(self, walker: Walker, at: datetime) -> None:
        one = self._of(walker.number)
        if one is None and walker.number in self.outside and walker.is_steady:
            if self.zone not in walker.zones:
                return
            gone = walker.missing_since or at
            crossed = walker.last + (gone - walker.last) / 2
            one = Inside(walker.number, crossed, was_beside=True)
            self.outside.pop(walker.number)
            self.inside.append(one)
        if one is not None:
            one.is_seen, one.out_at = False, None
            # nobody saw it come, and nobody is missed who could have: two flashes in
            # one place are nobody who went down
            is_known = not one.was_there or walker.may_be is not None
            if walker.is_steady or (is_known and walker.is_proven):
                if one.in_view:
                    one.was_there = False  # nobody comes up and is gone: it went down
                self._enter(one, at)

    def _enter(self, one: Inside, at: datetime) -> None:
        if one.entered_at is not None:
            return
        one.entered_at = at
        self.entries += 1
        self._note(Crossing(one.at, at, is_inward=True, inside=len(self.entered)))

    def _note(self, crossing: Crossing) -> None:
        self.crossings = [*self.crossings, crossing][-MOST_CROSSINGS:]

    def _of(self, number: int) -> Inside | None:
        for one in self.inside:
            if one.walker == number:
                return one
        return None


def _is_jitter(one: Inside, walker: Walker, near: float) -> bool:
    """Whether one seen outside proves nothing yet.

    Who is not known to have entered may shake for one look; a flash over the opening
    and one beside it are nobody who came out of it.

    Args:
        one: Who is inside.
        walker: As whom it is followed.
        near: Share of the soles inside the outline widened by a step.
    """
    if one.entered_at is None:
        return one.out_at is None and near > 0
    return walker.hits < STEADY
