"""Looks that raised nothing, drawn at random and asked what they show.

A queue only shows what a rule has raised; what it never raised is asked here: 100 looks
a day, without a word of what was suspected.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import exists, func, select

from alerts.alert import LIVE
from alerts.audit import record
from alerts.database import Database
from alerts.errors import NotFoundError, ValuesRefusedError
from alerts.evidence_store import EvidenceStore, ObjectKey
from alerts.named_objects import named_by_packs
from alerts.tables import AlertRow
from base.clock import Clock
from base.ids import CameraId
from cases.deeds import deed_of
from cases.errors import ConflictError
from cases.miss_draw import Draw
from cases.queue import Visible
from cases.tables import MissLookRow, TaskPhotoRow
from identity.person import Person

SHOWN = 20
PICTURE_KEPT = timedelta(days=7)
"""A picture without any suspicion shows people who did nothing: it goes soon."""


@dataclass(frozen=True, slots=True)
class MissLook:
    """One look waiting for an answer."""

    id: UUID
    camera: CameraId
    at: datetime
    picture: ObjectKey
    codes: tuple[str, ...]


class Misses:
    """Looks without alert; safe to use from any thread."""

    def __init__(self, database: Database, store: EvidenceStore, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def keep(
        self,
        camera: CameraId,
        jpeg: bytes,
        codes: tuple[str, ...],
        drawn: Draw | None = None,
    ) -> bool:
        """Keep a look of `camera`; false while an alert lasts there.

        Args:
            camera: Whose look.
            jpeg: Its picture.
            codes: What is judged there.
            drawn: The moment it is kept for; of each moment one look is kept, so that
                it is silent when another process was faster. None: asked by hand.

        Raises:
            StoreError: Database or evidence store fail.
        """
        now = self._clock.utc_now()
        lasting = exists().where(
            AlertRow.camera == camera, AlertRow.life.in_(sorted(LIVE))
        )
        with self._database.reading() as session:
            if session.scalars(select(lasting)).one():
                return False
        row = MissLookRow(
            id=uuid4(),
            camera=camera,
            at=now,
            codes=list(codes),
            seen=None,
            comment="",
            day=None if drawn is None else drawn.day,
            number=None if drawn is None else drawn.number,
        )
        try:
            with self._database.transaction() as session:
                session.add(row)
                # the moment is taken before the picture lies anywhere
                session.flush()
                row.picture = self._store.put([jpeg]).key
        except ValuesRefusedError:
            if drawn is None:
                raise
        return True

    def waiting(self, visible: Visible) -> tuple[tuple[MissLook, ...], int]:
        """The oldest waiting for an answer, and how many wait."""
        here = [MissLookRow.answered_at.is_(None), MissLookRow.picture.isnot(None)]
        if visible is not None:
            here.append(MissLookRow.camera.in_(sorted(visible)))
        query = select(MissLookRow).where(*here).order_by(MissLookRow.at).limit(SHOWN)
        counted = select(func.count()).select_from(MissLookRow).where(*here)
        with self._database.reading() as session:
            looks = tuple(_look(row) for row in session.scalars(query))
            return looks, session.scalars(counted).one()

    def get(self, look: UUID) -> MissLook:
        """One that has its picture still.

        Raises:
            NotFoundError: There is none.
        """
        with self._database.reading() as session:
            row = session.get(MissLookRow, look)
            if row is None or row.picture is None:
                raise NotFoundError(f"no look {look}")
            return _look(row)

    def answer(
        self, look: UUID, person: Person, codes: frozenset[str], comment: str
    ) -> None:
        """What somebody sees in it; once.

        Raises:
            ConflictError: Somebody has said.
        """
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = session.get(MissLookRow, look, with_for_update=True)
            if row is None:
                raise NotFoundError(f"no look {look}")
            if row.answered_at is not None:
                raise ConflictError("somebody has answered it")
            row.seen = sorted(codes)  # type: ignore[assignment]
            row.comment, row.answered_by, row.answered_at = comment, person.name, now
            deed = deed_of(
                person,
                "miss.answered",
                f"look/{look}",
                codes=row.seen,
                comment=comment,
            )
            record(session, now, deed)

    def forget(self) -> int:
        """Delete pictures whose time is over; how many."""
        limit = self._clock.utc_now() - PICTURE_KEPT
        query = select(MissLookRow).where(
            MissLookRow.at < limit, MissLookRow.picture.isnot(None)
        )
        with self._database.transaction() as session:
            rows = session.scalars(query.limit(500)).all()
            gone = {str(row.picture) for row in rows}
            for row in rows:
                row.picture = None
            session.flush()
            # a camera that stands still gives one picture to several looks
            kept = select(MissLookRow.picture).where(MissLookRow.picture.in_(gone))
            others = {str(one) for one in session.scalars(kept)}
            # equal bytes are one object, whoever else names it
            photos = select(TaskPhotoRow.sha256).where(TaskPhotoRow.sha256.in_(gone))
            others |= {*session.scalars(photos)}
            others |= named_by_packs(session, [ObjectKey(key) for key in gone])
            for key in gone - others:
                self._store.delete(ObjectKey(key))
            return len(rows)


def _look(row: MissLookRow) -> MissLook:
    codes = row.codes if isinstance(row.codes, list) else []
    return MissLook(
        id=row.id,
        camera=CameraId(row.camera),
        at=row.at,
        picture=ObjectKey(str(row.picture)),
        codes=tuple(str(code) for code in codes),
    )
