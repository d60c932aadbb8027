"""Deletes evidence whose time has run; what is held or undecided is never touched.

Only an alert somebody dismissed may lose its pictures, thirty days later (国务院令799
art. 17), or earlier, oldest first, when the disk runs out. An alert under legal hold,
not yet reviewed, or confirmed keeps everything. What a person decided is told by a
port: verdicts live in a later folder. Rows, digests and the audit trail stay: it
remains provable what there was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.alert import AlertId
from alerts.audit import Deed, record
from alerts.database import Database
from alerts.evidence_store import EvidenceStore, ObjectKey
from alerts.legal_hold import held_among
from alerts.tables import EvidenceFileRow, PackRow, SourceRow
from base.clock import Clock

ACTOR: Final = "retention"
BATCH: Final = 500
DISMISSED_KEEP: Final = timedelta(days=30)

DismissedAt = Callable[[Sequence[AlertId]], Mapping[AlertId, datetime]]
"""When each of the alerts was dismissed for good; those not dismissed are left out."""


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What a run did, or would do.

    Attributes:
        erased: Alerts whose evidence went, oldest first.
        bytes_freed: Bytes of the objects nobody else names.
        held: Alerts whose time has run but that are under a legal hold.
        is_dry: Nothing was touched.
    """

    erased: tuple[AlertId, ...]
    bytes_freed: int
    held: tuple[AlertId, ...]
    is_dry: bool


class Retention:
    """Runs the policy; one at a time, in the process that serves.

    Args:
        database: Rows of alerts and packs.
        store: Where the bytes lie.
        dismissed_at: What persons decided.
        clock: For today.
        keep: How long dismissed evidence is kept.
    """

    def __init__(
        self,
        database: Database,
        store: EvidenceStore,
        dismissed_at: DismissedAt,
        clock: Clock,
        keep: timedelta = DISMISSED_KEEP,
    ) -> None:
        self._database = database
        self._store = store
        self._dismissed_at = dismissed_at
        self._clock = clock
        self._keep = keep

    def run(self, *, is_dry: bool) -> RetentionReport:
        """Delete the evidence whose time has run; dry: only say what would go.

        Raises:
            StoreError: Database or store are away; what was done is on record, the
                rest is done by the next run.
        """
        return self._delete(self._clock.utc_now() - self._keep, None, is_dry=is_dry)

    def relieve(self, bytes_wanted: int) -> RetentionReport:
        """Make room: dismissed evidence goes before its time, oldest verdict first.

        When that is not enough, the report says how little was freed: nothing else is
        deleted, and the evidence store stops loudly before the disk is full.

        Raises:
            StoreError: As in `run`.
        """
        return self._delete(self._clock.utc_now(), bytes_wanted, is_dry=False)

    def _delete(
        self, until: datetime, bytes_wanted: int | None, *, is_dry: bool
    ) -> RetentionReport:
        erased: list[AlertId] = []
        held: list[AlertId] = []
        freed = 0
        for alert, _ in self._due(until):
            if bytes_wanted is not None and freed >= bytes_wanted:
                break
            objects = self._erase(alert, is_dry=is_dry)
            if objects is None:
                held.append(alert)
                continue
            erased.append(alert)
            freed += sum(objects.values())
            if not is_dry:
                # after the commit: a crash here leaves orphans, which doctor finds
                for key in objects:
                    self._store.delete(key)
        return RetentionReport(tuple(erased), freed, tuple(held), is_dry)

    def _due(self, until: datetime) -> list[tuple[AlertId, datetime]]:
        """Dismissed alerts that still have evidence, oldest verdict first."""
        query = select(SourceRow.alert_id).join(
            PackRow, PackRow.id == SourceRow.violation_id
        )
        with self._database.reading() as session:
            found = session.scalars(query.where(PackRow.erased_at.is_(None)).distinct())
            alerts = [AlertId(alert) for alert in found]
        told: dict[AlertId, datetime] = {}
        for start in range(0, len(alerts), BATCH):
            told.update(self._dismissed_at(alerts[start : start + BATCH]))
        due = [(alert, at) for alert, at in told.items() if at <= until]
        return sorted(due, key=lambda one: (one[1], str(one[0])))

    def _erase(self, alert: AlertId, *, is_dry: bool) -> dict[ObjectKey, int] | None:
        """Objects that go with an alert's evidence; None where a hold stands on it."""
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            if held_among(session, [alert]):
                return None
            packs = _packs_of(session, alert)
            objects = _objects_only_in(session, packs)
            if is_dry:
                return objects
            for pack in packs:
                pack.erased_at = now
                subject = f"pack/{pack.id}"
                detail = {"alert": str(alert), "why": "dismissed"}
                record(
                    session, now, Deed(ACTOR, "evidence.erased", subject, {**detail})
                )
        return objects


def _packs_of(session: Session, alert: AlertId) -> list[PackRow]:
    query = select(PackRow).join(SourceRow, SourceRow.violation_id == PackRow.id)
    return list(
        session.scalars(
            query.where(SourceRow.alert_id == alert, PackRow.erased_at.is_(None))
        )
    )


def _objects_only_in(session: Session, packs: list[PackRow]) -> dict[ObjectKey, int]:
    """Objects named by these packs and by no other that is kept, with their sizes."""
    ids = [pack.id for pack in packs]
    own = session.execute(
        select(EvidenceFileRow.sha256, EvidenceFileRow.size).where(
            EvidenceFileRow.pack_id.in_(ids)
        )
    ).all()
    others = (
        select(EvidenceFileRow.sha256)
        .join(PackRow, PackRow.id == EvidenceFileRow.pack_id)
        .where(
            EvidenceFileRow.sha256.in_([digest for digest, _ in own]),
            EvidenceFileRow.pack_id.not_in(ids),
            PackRow.erased_at.is_(None),
        )
    )
    shared = set(session.scalars(others))
    return {ObjectKey(digest): size for digest, size in own if digest not in shared}
