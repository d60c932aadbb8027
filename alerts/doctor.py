"""Finds what store and database disagree about, and mends what can be mended.

An object nobody names is left of a crash and goes, once it is old enough not to belong
to a pack just being made. A pack without a row is told of again from its manifest. A
row whose bytes are missing or changed cannot be mended: its alert is locked.
"""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import select

from alerts.database import Database
from alerts.digest import DigestPass, digest
from alerts.errors import NotFoundError, StoreError
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_store import EvidenceStore, ObjectKey
from alerts.evidence_writer import write_pack
from alerts.pack import PackId, PackState
from alerts.pack_maker import with_manifest
from alerts.pack_manifest import decode_manifest, pack_of
from alerts.tables import EvidenceFileRow, PackRow
from base.clock import Clock

YOUNG: Final = timedelta(hours=6)
"""A pack is retried for as long as its store is away; its objects are no orphans."""


class ListedStore(EvidenceStore, Protocol):
    """A store that can say what it holds."""

    def objects(self, before: datetime) -> Iterator[ObjectKey]:
        """Every object written before that."""
        ...

    def packs(self) -> Iterator[UUID]:
        """Every pack that exists."""
        ...


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found.

    Attributes:
        orphans: Objects nobody names.
        untold: Packs in the store the database does not know.
        unreadable: Packs whose manifest is damaged, with why.
        broken: Packs whose bytes are missing or changed, with the first of them.
        is_mended: Orphans were deleted, untold packs told, broken ones locked.
    """

    orphans: tuple[ObjectKey, ...]
    untold: tuple[UUID, ...]
    unreadable: tuple[tuple[UUID, str], ...]
    broken: tuple[tuple[UUID, str], ...]
    is_mended: bool

    @property
    def is_well(self) -> bool:
        """Nothing was found."""
        return not (self.orphans or self.untold or self.unreadable or self.broken)


NamedElsewhere = Callable[[], AbstractSet[ObjectKey]]
"""Objects that are no evidence of a pack and are kept all the same: later folders keep
pictures in the same store."""


class Doctor:
    """Compares store and database; safe while the service runs.

    Args:
        database: Rows of packs.
        store: Where the bytes lie.
        clock: For what is young.
        named_elsewhere: What is no orphan although no pack names it.
    """

    def __init__(
        self,
        database: Database,
        store: ListedStore,
        clock: Clock,
        named_elsewhere: NamedElsewhere,
    ) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._named_elsewhere = named_elsewhere

    def examine(self, *, mend: bool, young: timedelta = YOUNG) -> Diagnosis:
        """Look at everything.

        Args:
            mend: Also put right what can be.
            young: Objects not older than this are left alone.

        Raises:
            StoreError: Store or database are away.
        """
        objects = self._old_objects(young)
        named, untold, unreadable = self._read_packs()
        broken = self._broken()
        # with a manifest unread, nobody can say what it names: nothing is deleted
        orphans = () if unreadable else self._unnamed(objects, named)
        if mend:
            for key in orphans:
                self._store.delete(key)
            for pack in untold:
                self._tell(pack)
            acts = EvidenceActs(self._database, self._clock)
            for pack, what in broken:
                acts.broke(PackId(pack), what)
        return Diagnosis(orphans, untold, unreadable, broken, mend)

    def orphans(self, young: timedelta = YOUNG) -> tuple[ObjectKey, ...]:
        """Objects nobody names, old enough to belong to nothing under way.

        Of packs the database knows the rows say what they name; of the others each
        manifest is read.

        Raises:
            StoreError: Store or database are away.
        """
        objects = self._old_objects(young)
        named, _, unreadable = self._read_packs(of_rows=False)
        return () if unreadable else self._unnamed(objects, named)

    def _old_objects(self, young: timedelta) -> set[ObjectKey]:
        return set(self._store.objects(self._clock.utc_now() - young))

    def _unnamed(
        self, objects: set[ObjectKey], named: set[ObjectKey]
    ) -> tuple[ObjectKey, ...]:
        others = self._known_objects() | self._named_elsewhere()
        return tuple(sorted(objects - named - others))

    def _read_packs(
        self, *, of_rows: bool = True
    ) -> tuple[set[ObjectKey], tuple[UUID, ...], tuple[tuple[UUID, str], ...]]:
        with self._database.reading() as session:
            sealed = PackRow.state != PackState.PENDING.value
            rows = set(session.scalars(select(PackRow.id).where(sealed)))
            erased_at = PackRow.erased_at.is_not(None)
            erased = set(session.scalars(select(PackRow.id).where(erased_at)))
        named: set[ObjectKey] = set()
        untold, unreadable = [], []
        for pack in self._store.packs():
            if pack in rows and not of_rows:
                continue
            try:
                raw = self._store.manifest(pack)
                files = pack_of(decode_manifest(raw)).files
            except StoreError as error:
                unreadable.append((pack, str(error)))
                continue
            if pack not in erased:
                named |= {file.stored.key for file in files}
                named.add(digest(raw).key)  # the manifest lies there as a file, too
            if pack not in rows:
                untold.append(pack)
        return named, tuple(sorted(untold)), tuple(unreadable)

    def _known_objects(self) -> set[ObjectKey]:
        """Objects rows name, of packs that are kept."""
        query = select(EvidenceFileRow.sha256).join(
            PackRow, PackRow.id == EvidenceFileRow.pack_id
        )
        with self._database.reading() as session:
            found = session.scalars(query.where(PackRow.erased_at.is_(None)))
            return {ObjectKey(digest) for digest in found}

    def _broken(self) -> tuple[tuple[UUID, str], ...]:
        query = (
            select(
                EvidenceFileRow.pack_id,
                EvidenceFileRow.name,
                EvidenceFileRow.sha256,
                EvidenceFileRow.sm3,
            )
            .join(PackRow, PackRow.id == EvidenceFileRow.pack_id)
            .where(PackRow.erased_at.is_(None))
            .order_by(EvidenceFileRow.pack_id, EvidenceFileRow.ordinal)
        )
        with self._database.reading() as session:
            rows = session.execute(query).all()
        broken: dict[UUID, str] = {}
        for pack, name, sha256, sm3 in rows:
            if pack not in broken:
                problem = self._problem(ObjectKey(sha256), sm3)
                if problem is not None:
                    broken[pack] = f"{name}: {problem}"
        return tuple(broken.items())

    def _problem(self, key: ObjectKey, sm3: str) -> str | None:
        passed = DigestPass()
        try:
            for _ in passed.blocks(self._store.open_range(key)):
                pass
        except NotFoundError:
            return "is missing"
        found = passed.finish()
        return (
            None if (found.key, found.sm3) == (key, sm3) else "its bytes were changed"
        )

    def _tell(self, pack: UUID) -> None:
        raw = self._store.manifest(pack)
        whole = with_manifest(pack_of(decode_manifest(raw)), self._store, raw)
        with self._database.transaction() as session:
            write_pack(session, whole, self._clock.utc_now())
