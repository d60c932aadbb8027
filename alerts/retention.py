"""Deletes evidence whose time has run; what is held or undecided is never touched.

Dismissed alerts lose their pictures after `dismissed_days` (国务院令799 art. 17), what
was confirmed after `confirmed_days`, unless the site takes `archived` off its order:
then it stays for good. When the disk runs out, more goes before its time, in the order
the site declares (`retention: pressure_order`), oldest verdict first. An alert under
legal hold, not yet decided, or confirmed and within its term keeps everything: then the
store stops loudly instead. Objects somebody else names stay; those a store that is
away, or a crash, left behind are deleted by the next run. What a person decided is told
by a port: verdicts live in a later folder. Rows, digests and the audit trail stay: it
remains provable what there was.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from alerts.alert import AlertId
from alerts.audit import Deed, record
from alerts.database import Database
from alerts.errors import NotFoundError
from alerts.evidence_store import EvidenceStore, ObjectKey
from alerts.legal_hold import MergedInto, is_held, merged_nowhere
from alerts.named_objects import NamedElsewhere, named_by_packs
from alerts.tables import EvidenceFileRow, PackRow, SourceRow
from base.clock import Clock
from sites.retention_section import Expendable, RetentionSection

ACTOR: Final = "retention"
BATCH: Final = 500


class Fate(StrEnum):
    """What became of an alert for good."""

    LEFT = "left"
    REJECTED = "rejected"
    CONFIRMED = "confirmed"


DISMISSED: Final = frozenset({Fate.LEFT, Fate.REJECTED})
"""Fates whose evidence has no purpose any more."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of an alert, and when, wall time."""

    fate: Fate
    at: datetime


DecidedAs = Callable[[Sequence[AlertId]], Mapping[AlertId, Decision]]
"""What became of each of the alerts for good; undecided ones are left out."""

Orphans = Callable[[], Sequence[ObjectKey]]
"""Objects old enough to belong to nothing that is under way, which no pack names."""


@dataclass(frozen=True, slots=True)
class Gone:
    """One thing that went, or would go.

    Attributes:
        kind: As what it was expendable.
        alert: Whose evidence; None for an orphan.
        size: Bytes of the objects nobody else names.
    """

    kind: Expendable
    alert: AlertId | None
    size: int


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What a run did, or would do.

    Attributes:
        gone: What went, in the order in which it went.
        held: Alerts that would have gone but are under a legal hold.
        is_dry: Nothing was touched.
        bytes_wanted: Room that was asked for; 0 where only time counts.
    """

    gone: tuple[Gone, ...]
    held: tuple[AlertId, ...]
    is_dry: bool
    bytes_wanted: int = 0

    @property
    def erased(self) -> tuple[AlertId, ...]:
        """Alerts whose evidence went."""
        return tuple(one.alert for one in self.gone if one.alert is not None)

    @property
    def bytes_freed(self) -> int:
        """Bytes that went."""
        return sum(one.size for one in self.gone)

    @property
    def bytes_short(self) -> int:
        """Room that was asked for and is not to be had."""
        return max(0, self.bytes_wanted - self.bytes_freed)

    def of(self, kind: Expendable) -> tuple[Gone, ...]:
        """What went as this kind."""
        return tuple(one for one in self.gone if one.kind is kind)


@dataclass(frozen=True, slots=True)
class RetentionParts:
    """What it works with.

    Attributes:
        database: Rows of alerts and packs.
        store: Where the bytes lie.
        decided: What persons decided.
        clock: For today.
        orphans: Left of crashes.
        named_elsewhere: Objects later folders name.
        merged_into: Which alerts stand for others: a hold covers both.
    """

    database: Database
    store: EvidenceStore
    decided: DecidedAs
    clock: Clock
    orphans: Orphans = field(default=tuple)
    named_elsewhere: NamedElsewhere = frozenset
    merged_into: MergedInto = merged_nowhere


class Retention:
    """Runs one policy; one at a time, in the process that serves."""

    def __init__(
        self, parts: RetentionParts, policy: RetentionSection | None = None
    ) -> None:
        self._database, self._store = parts.database, parts.store
        self._decided, self._orphans = parts.decided, parts.orphans
        self._named_elsewhere = parts.named_elsewhere
        self._merged_into = parts.merged_into
        self._clock = parts.clock
        self._policy = policy or RetentionSection()

    def run(self, *, is_dry: bool) -> RetentionReport:
        """Delete the evidence whose time has run; dry: only say what would go.

        Raises:
            StoreError: Database or store are away; what was done is on record, the
                rest is done by the next run.
        """
        if not is_dry:
            self._delete_left()
        held: list[AlertId] = []
        due = [one for one in self._with_evidence() if self._is_due(one[1])]
        gone = tuple(self._go(due, held, is_dry=is_dry))
        return RetentionReport(gone, tuple(held), is_dry)

    def relieve(self, bytes_wanted: int, *, is_dry: bool = False) -> RetentionReport:
        """Make room in the declared order, within one kind the oldest verdict first.

        When that is not enough the report says how much is short: nothing else is
        deleted, and the evidence store stops loudly before the disk is full.

        Raises:
            StoreError: As in `run`.
        """
        if not is_dry:
            self._delete_left()
        gone: list[Gone] = []
        held: list[AlertId] = []
        for one in self._in_order(held, is_dry=is_dry):
            gone.append(one)
            if sum(each.size for each in gone) >= bytes_wanted:
                break
        return RetentionReport(tuple(gone), tuple(held), is_dry, bytes_wanted)

    def _in_order(self, held: list[AlertId], *, is_dry: bool) -> Iterator[Gone]:
        for kind in self._policy.pressure_order:
            if kind is Expendable.ORPHANED:
                yield from self._orphans_go(is_dry=is_dry)
                continue
            due = [
                (alert, decision)
                for alert, decision in self._with_evidence()
                if self._kind_of(decision) is kind
            ]
            yield from self._go(due, held, is_dry=is_dry)

    def _is_due(self, decision: Decision) -> bool:
        """Whether the time of evidence decided so has run."""
        if decision.fate not in DISMISSED:
            # over its term; a kind the site left out stays
            return self._kind_of(decision) in self._policy.pressure_order
        term = timedelta(days=self._policy.dismissed_days)
        return decision.at <= self._clock.utc_now() - term

    def _kind_of(self, decision: Decision) -> Expendable | None:
        """As what evidence decided so may go under pressure; None: it may not."""
        if decision.fate in DISMISSED:
            return Expendable(decision.fate.value)
        term = timedelta(days=self._policy.confirmed_days)
        is_over = decision.at <= self._clock.utc_now() - term
        return Expendable.ARCHIVED if is_over else None

    def _orphans_go(self, *, is_dry: bool) -> Iterator[Gone]:
        for key in self._orphans():
            try:
                size = self._store.size(key)
            except NotFoundError:
                continue  # the doctor was here meanwhile
            if self._named([key]):
                continue  # somebody has put the same bytes since the list was made
            if not is_dry:
                self._store.delete(key)
            yield Gone(Expendable.ORPHANED, None, size)

    def _go(
        self,
        due: Sequence[tuple[AlertId, Decision]],
        held: list[AlertId],
        *,
        is_dry: bool,
    ) -> Iterator[Gone]:
        for alert, decision in due:
            kind = self._kind_of(decision)
            if kind is None or self._decided([alert]).get(alert) != decision:
                continue  # taken back or decided otherwise since the list was made
            objects = self._erase(alert, kind, is_dry=is_dry)
            if objects is None:
                held.append(alert)
                continue
            if not is_dry:
                self._delete_left()
            yield Gone(kind, alert, sum(objects.values()))

    def _delete_left(self) -> None:
        """Delete the objects of what is erased: now, or since a store was away."""
        left = select(PackRow.id).where(
            PackRow.erased_at.is_not(None), PackRow.objects_gone_at.is_(None)
        )
        with self._database.reading() as session:
            packs = list(session.scalars(left))
        for pack in packs:
            files = select(EvidenceFileRow.sha256).where(
                EvidenceFileRow.pack_id == pack
            )
            with self._database.reading() as session:
                keys = {ObjectKey(key) for key in session.scalars(files)}
            for key in sorted(keys - self._named(keys)):
                self._store.delete(key)
            with self._database.transaction() as session:
                row = session.get(PackRow, pack)
                if row is not None:
                    row.objects_gone_at = self._clock.utc_now()

    def _named(self, keys: Collection[ObjectKey]) -> AbstractSet[ObjectKey]:
        """Which of these objects somebody names: they must stay."""
        elsewhere = self._named_elsewhere()
        with self._database.reading() as session:
            return named_by_packs(session, keys) | (elsewhere & frozenset(keys))

    def _with_evidence(self) -> list[tuple[AlertId, Decision]]:
        """Decided alerts that still have evidence, oldest verdict first."""
        query = select(SourceRow.alert_id).join(PackRow, _is_about_source())
        with self._database.reading() as session:
            found = session.scalars(query.where(PackRow.erased_at.is_(None)).distinct())
            alerts = [AlertId(alert) for alert in found]
        told: dict[AlertId, Decision] = {}
        for start in range(0, len(alerts), BATCH):
            told.update(self._decided(alerts[start : start + BATCH]))
        return sorted(told.items(), key=lambda one: (one[1].at, str(one[0])))

    def _erase(
        self, alert: AlertId, kind: Expendable, *, is_dry: bool
    ) -> dict[ObjectKey, int] | None:
        """Objects that go with an alert's evidence; None where a hold stands on it."""
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            if is_held(session, alert, self._merged_into):
                return None
            packs = _packs_of(session, alert)
            objects = self._objects_only_in(session, packs)
            if is_dry:
                return objects
            for pack in packs:
                pack.erased_at = now
                subject = f"pack/{pack.id}"
                detail = {"alert": str(alert), "why": kind.value}
                record(
                    session, now, Deed(ACTOR, "evidence.erased", subject, {**detail})
                )
        return objects

    def _objects_only_in(
        self, session: Session, packs: list[PackRow]
    ) -> dict[ObjectKey, int]:
        """Objects these packs name and nobody else, with their sizes."""
        ids = [pack.id for pack in packs]
        own = session.execute(
            select(EvidenceFileRow.sha256, EvidenceFileRow.size).where(
                EvidenceFileRow.pack_id.in_(ids)
            )
        )
        sizes = {ObjectKey(digest): size for digest, size in own}
        shared = named_by_packs(session, sizes, besides=ids) | self._named_elsewhere()
        return {key: size for key, size in sizes.items() if key not in shared}


def _is_about_source() -> ColumnElement[bool]:
    """A source's own pack, or that of a look again at it."""
    own = PackRow.id == SourceRow.violation_id
    return or_(own, PackRow.rechecks == SourceRow.violation_id)


def _packs_of(session: Session, alert: AlertId) -> list[PackRow]:
    query = select(PackRow).join(SourceRow, _is_about_source())
    return list(
        session.scalars(
            query.where(SourceRow.alert_id == alert, PackRow.erased_at.is_(None))
        )
    )
