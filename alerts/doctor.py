"""Finds what store and database disagree about, and mends what can be mended.

An object nobody names is left of a crash and goes, once it is old enough not to belong
to a pack just being made. A pack without a row is told of again from its manifest. A
manifest that is gone from its place is put back from its object. A row whose bytes are
missing or changed, or whose manifest is another one, cannot be mended: its alert is
locked.
"""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import exists, func, select

from alerts.database import Database
from alerts.digest import digest
from alerts.errors import (
    EvidenceBrokenError,
    NotFoundError,
    StoreError,
    StoreUnavailableError,
)
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_store import EvidenceStore, ObjectKey
from alerts.evidence_writer import write_pack
from alerts.pack import PackId, PackState
from alerts.pack_chain import Head, Link, Linked, chain_problems, read_head
from alerts.pack_maker import with_manifest
from alerts.pack_manifest import own_manifest, pack_of
from alerts.pack_record import manifest_digests, recorded_manifest
from alerts.stored_bytes import bytes_problem, put_back
from alerts.tables import EvidenceFileRow, PackRow, SourceRow
from base.clock import Clock
from base.ids import CameraId

YOUNG: Final = timedelta(hours=6)
"""A pack is retried for as long as its store is away; its objects are no orphans."""

CLAIMED_WITHIN: Final = timedelta(days=30)
"""A pack may come before its alert: by minutes, with a store away by days."""


class ListedStore(EvidenceStore, Protocol):
    """A store that can say what it holds."""

    def objects(self, before: datetime) -> Iterator[ObjectKey]:
        """Every object written before that."""
        ...

    def packs(self) -> Iterator[UUID]:
        """Every pack that exists."""
        ...

    def chains(self) -> Iterator[CameraId]:
        """Every camera whose chain of manifests has begun."""
        ...


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found.

    Attributes:
        orphans: Objects nobody names.
        untold: Packs in the store the database does not know.
        unreadable: Packs whose manifest is damaged, with why.
        lost: Packs on record whose manifest is gone from its place.
        broken: Packs whose bytes are missing or changed, with the first of them, or
            whose manifest is not the one on record.
        unclaimed: Packs whose alert never came, a month after they were told of; they
            stay until somebody deletes them.
        chains: What does not hold in the chains of manifests: a number that is missing
            or was given twice, a wrong link, a damaged head; cannot be mended.
        is_mended: Orphans were deleted, untold packs told, lost ones put back from
            the manifest's object, broken ones locked.
    """

    orphans: tuple[ObjectKey, ...]
    untold: tuple[UUID, ...]
    unreadable: tuple[tuple[UUID, str], ...]
    lost: tuple[UUID, ...]
    broken: tuple[tuple[UUID, str], ...]
    unclaimed: tuple[UUID, ...]
    chains: tuple[str, ...]
    is_mended: bool

    @property
    def is_well(self) -> bool:
        """Nothing was found that store and database disagree about."""
        found = (self.orphans, self.untold, self.unreadable, self.lost, self.broken)
        return not any(found) and not self.chains


@dataclass(slots=True)
class _Packs:
    """What the store holds under ids of packs, held against the record.

    Attributes:
        named: Objects the manifests name, of packs that are kept.
        untold: Packs the database does not know.
        unreadable: Manifests without a record that are damaged, with why.
        changed: Packs whose manifest is not the one on record, with what is wrong.
        lost: Digests of manifests on record that are not in their place.
        there: Packs that have a manifest in its place.
        linked: Where each manifest stands in its chain.
        heads: The head of each chain, read before the manifests.
        heads_after: The same, read after them.
        damaged: Chains whose head cannot be read, with why.
    """

    lost: dict[UUID, str]
    named: set[ObjectKey] = field(default_factory=set)
    untold: list[UUID] = field(default_factory=list)
    unreadable: list[tuple[UUID, str]] = field(default_factory=list)
    changed: dict[UUID, str] = field(default_factory=dict)
    there: set[UUID] = field(default_factory=set)
    linked: list[Linked] = field(default_factory=list)
    heads: dict[CameraId, Head] = field(default_factory=dict)
    heads_after: dict[CameraId, Head] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)

    @property
    def chains(self) -> tuple[str, ...]:
        """What does not hold in the chains."""
        found = chain_problems(self.linked, self.heads, self.heads_after)
        return (*self.damaged, *found)


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
        packs = self._read_packs()
        broken = tuple((self._broken() | packs.changed).items())
        # with a manifest unread, nobody can say what it names, and what a changed one
        # names may be what it was changed with: nothing is deleted
        is_told = not (packs.unreadable or packs.changed)
        orphans = self._unnamed(objects, packs.named) if is_told else ()
        untold, unreadable = tuple(sorted(packs.untold)), tuple(packs.unreadable)
        lost = tuple(sorted(packs.lost))
        if mend:
            for key in orphans:
                self._store.delete(key)
            for pack in untold:
                self._tell(pack)
            for pack in lost:
                put_back(self._store, pack, packs.lost[pack])
            acts = EvidenceActs(self._database, self._clock)
            for pack, what in broken:
                acts.broke(PackId(pack), what)
        unclaimed = self._unclaimed()
        return Diagnosis(
            orphans,
            untold,
            unreadable,
            lost,
            broken,
            unclaimed,
            packs.chains,
            mend,
        )

    def orphans(self, young: timedelta = YOUNG) -> tuple[ObjectKey, ...]:
        """Objects nobody names, old enough to belong to nothing under way.

        Of packs the database knows the rows say what they name; of the others each
        manifest is read.

        Raises:
            StoreError: Store or database are away.
        """
        objects = self._old_objects(young)
        packs = self._read_packs(of_rows=False)
        return () if packs.unreadable else self._unnamed(objects, packs.named)

    def _old_objects(self, young: timedelta) -> set[ObjectKey]:
        return set(self._store.objects(self._clock.utc_now() - young))

    def _unnamed(
        self, objects: set[ObjectKey], named: set[ObjectKey]
    ) -> tuple[ObjectKey, ...]:
        others = self._known_objects() | self._named_elsewhere()
        return tuple(sorted(objects - named - others))

    def _read_packs(self, *, of_rows: bool = True) -> _Packs:
        with self._database.reading() as session:
            sealed = PackRow.state != PackState.PENDING.value
            rows = set(session.scalars(select(PackRow.id).where(sealed)))
            erased_at = PackRow.erased_at.is_not(None)
            erased = set(session.scalars(select(PackRow.id).where(erased_at)))
            found = _Packs(lost=manifest_digests(session))
        found.heads = self._heads(found.damaged)
        for pack in self._store.packs():
            recorded = found.lost.pop(pack, None)
            found.there.add(pack)
            if pack in rows and not of_rows:
                continue
            try:
                raw = self._store.manifest(pack)
                if recorded is None:
                    manifest = own_manifest(raw, pack)
                else:
                    manifest = recorded_manifest(raw, pack, recorded)
            except EvidenceBrokenError as error:
                found.changed[pack] = str(error)
                continue
            except StoreError as error:
                found.unreadable.append((pack, str(error)))
                continue
            digest_hex, link = digest(raw).key, manifest.link
            camera, at = CameraId(manifest.camera), Link(link.seq, link.previous)
            found.linked.append(Linked(camera, pack, at, digest_hex))
            if pack not in erased:
                found.named |= {file.stored.key for file in pack_of(manifest).files}
                found.named.add(digest_hex)  # it lies there as a file, too
            if pack not in rows:
                found.untold.append(pack)
        self._read_announced(found)
        found.heads_after = self._heads(found.damaged)
        return found

    def _heads(self, damaged: list[str]) -> dict[CameraId, Head]:
        """The head of each chain; why it cannot be read goes into `damaged`, once."""
        heads: dict[CameraId, Head] = {}
        for camera in self._store.chains():
            try:
                heads[camera], _ = read_head(self._store, camera)
            except StoreUnavailableError:
                raise
            except StoreError as error:
                if str(error) not in damaged:
                    damaged.append(str(error))
        return heads

    def _read_announced(self, found: _Packs) -> None:
        """Packs put in their place since; what one names that will be is no orphan."""
        for camera, head in found.heads.items():
            if head.pack in found.there:
                continue
            with suppress(NotFoundError):
                raw = b"".join(self._store.open_range(head.digest))
                if digest(raw).key == head.digest:
                    announced = pack_of(own_manifest(raw, head.pack))
                    found.named |= {file.stored.key for file in announced.files}
                    found.named.add(head.digest)
            with suppress(NotFoundError):
                stands = digest(self._store.manifest(head.pack)).key
                found.linked.append(Linked(camera, head.pack, head.link, stands))

    def _known_objects(self) -> set[ObjectKey]:
        """Objects rows name, of packs that are kept."""
        query = select(EvidenceFileRow.sha256).join(
            PackRow, PackRow.id == EvidenceFileRow.pack_id
        )
        with self._database.reading() as session:
            found = session.scalars(query.where(PackRow.erased_at.is_(None)))
            return {ObjectKey(digest) for digest in found}

    def _broken(self) -> dict[UUID, str]:
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
                problem = bytes_problem(self._store, ObjectKey(sha256), sm3)
                if problem is not None:
                    broken[pack] = f"{name}: {problem}"
        return broken

    def _unclaimed(self) -> tuple[UUID, ...]:
        """Kept packs of violations nobody ever raised, told of long ago."""
        about = func.coalesce(PackRow.rechecks, PackRow.id)
        query = select(PackRow.id).where(
            PackRow.stored_at < self._clock.utc_now() - CLAIMED_WITHIN,
            PackRow.erased_at.is_(None),
            ~exists().where(SourceRow.violation_id == about),
        )
        with self._database.reading() as session:
            return tuple(session.scalars(query.order_by(PackRow.id)))

    def _tell(self, pack: UUID) -> None:
        raw = self._store.manifest(pack)
        whole = with_manifest(pack_of(own_manifest(raw, pack)), self._store, raw)
        with self._database.transaction() as session:
            write_pack(session, whole, self._clock.utc_now())
