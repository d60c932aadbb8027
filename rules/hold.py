"""For how long a composition has held at a zone: truths of looks in, one truth out.

A slot's clock is about one thing and knows misses and hiding; a zone's is about truth:
stretches of true, false and unknown media time. Unknown time neither resets nor counts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from rules.clause import FALSE, TRUE, UNKNOWN, Truth
from rules.state_text import Time

MOST_UNKNOWN = 0.2
"""More of the dwell unobserved, and nobody can say that it held: shown as 看不清."""
EPSILON_S = 1e-6
MOST_STRETCHES = 64


class Stretch(Struct):
    """A stretch of media time with one truth."""

    start: Time
    end: Time
    truth: Truth


@dataclass(frozen=True, slots=True)
class HoldLimits:
    """What a hold is held against.

    Attributes:
        dwell_s: The window that must be true.
        share: How much of what was observed of it, 0…1.
        sampled_s: A longer time without a look was not watched.
    """

    dwell_s: float
    share: float
    sampled_s: float


class Hold(Struct, omit_defaults=True):
    """The stretches of one composition at one zone, oldest first.

    Attributes:
        stretches: What was true when.
        began: Since when it holds; None while it does not.
    """

    stretches: list[Stretch] = []
    began: Time | None = None

    def note(
        self,
        truth: Truth,
        at: datetime,
        limits: HoldLimits,
        since: datetime | None = None,
    ) -> None:
        """One more look.

        Args:
            truth: What it says.
            at: Its media time.
            limits: The window.
            since: Since when it truly is so, if that is known; of what is false it is
                asked when that begins.
        """
        before = self.stretches[-1] if self.stretches else None
        self._add(truth, at, limits)
        if since is not None and truth is TRUE:
            self._date_back(min(since, at))
        elif since is not None and truth is FALSE and self.stretches[-1] is not before:
            self._clear_up(since)
        self._prune(at, limits)
        self._mark(truth, at, limits)

    def true_s(self, start: datetime, end: datetime) -> float:
        """Seconds of truth between two times."""
        return self._sum(TRUE, start, end)

    def verdict(self, at: datetime, limits: HoldLimits) -> Truth:
        """Whether it has held for the dwell; unknown when too little was observed."""
        if self.began is None or not self.stretches:
            return FALSE
        start = at - timedelta(seconds=limits.dwell_s)
        if self.stretches[0].start > start + timedelta(seconds=EPSILON_S):
            return FALSE
        unknown_s = self._sum(UNKNOWN, start, at)
        true_s = self.true_s(start, at)
        wanted_s = limits.share * (limits.dwell_s - unknown_s) - EPSILON_S
        if true_s < wanted_s:
            return FALSE
        is_seen = unknown_s <= MOST_UNKNOWN * limits.dwell_s
        return TRUE if is_seen else UNKNOWN

    def false_since(self) -> datetime | None:
        """Since when it is false without a break; None when it is not."""
        last = self.stretches[-1] if self.stretches else None
        return last.start if last and last.truth is FALSE else None

    def _add(self, truth: Truth, at: datetime, limits: HoldLimits) -> None:
        if not self.stretches:
            self.stretches.append(Stretch(at, at, truth))
            return
        last = self.stretches[-1]
        if (at - last.end).total_seconds() > limits.sampled_s:
            self.stretches.append(Stretch(last.end, at, UNKNOWN))
            self.stretches.append(Stretch(at, at, truth))
        elif last.truth is truth:
            last.end = at
        elif TRUE in {truth, last.truth} and UNKNOWN not in {
            truth,
            last.truth,
        }:
            # between a true and a false look nothing is claimed
            self._turn(last, truth, at)
        else:
            self.stretches.append(Stretch(last.end, at, truth))

    def _turn(self, last: Stretch, truth: Truth, at: datetime) -> None:
        if truth is FALSE:
            self.stretches.append(Stretch(last.end, at, truth))
        else:
            last.end = at
            self.stretches.append(Stretch(at, at, truth))

    def _date_back(self, since: datetime) -> None:
        """What holds now has held since `since`: earlier looks could not know yet.

        What nobody could see meanwhile stays unknown: it does not count.
        """
        if since >= self.stretches[-1].start:
            return
        dated: list[Stretch] = []
        for one in self.stretches:
            if one.truth is UNKNOWN or one.end <= since:
                dated.append(one)
                continue
            if one.start < since:
                dated.append(Stretch(one.start, since, one.truth))
            held = Stretch(max(one.start, since), one.end, TRUE)
            if dated and dated[-1].truth is TRUE:
                dated[-1].end = held.end
            else:
                dated.append(held)
        if dated[0].truth is TRUE:
            dated[0].start = min(dated[0].start, since)
        self.stretches = dated
        self.began = since if self.began is None else min(self.began, since)

    def _clear_up(self, since: datetime) -> None:
        """What is false now was so already when nobody could say, from `since` on."""
        last = self.stretches[-1]
        while len(self.stretches) > 1 and since < last.start:
            before = self.stretches[-2]
            if before.truth is not UNKNOWN:
                return
            if before.start < since:
                before.end = last.start = since
                return
            last.start = before.start
            del self.stretches[-2]

    def _prune(self, at: datetime, limits: HoldLimits) -> None:
        start = at - timedelta(seconds=limits.dwell_s)
        while len(self.stretches) > 1 and self.stretches[1].start <= start:
            self.stretches.pop(0)
        while len(self.stretches) > MOST_STRETCHES:
            first, second, *rest = self.stretches
            self.stretches = [
                Stretch(first.start, second.end, UNKNOWN),
                *rest,
            ]

    def _mark(self, truth: Truth, at: datetime, limits: HoldLimits) -> None:
        if truth is TRUE:
            self.began = self.began or self.stretches[-1].start
        elif truth is FALSE:
            start = at - timedelta(seconds=limits.dwell_s)
            if limits.share >= 1 or self.true_s(start, at) <= 0:
                self.began = None

    def _sum(self, truth: Truth, start: datetime, end: datetime) -> float:
        total = timedelta()
        for one in self.stretches:
            if one.truth is truth:
                since = max(one.start, start)
                until = min(one.end, end)
                if until > since:
                    total += until - since
        return total.total_seconds()
