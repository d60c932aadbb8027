"""What people do with evidence, each on record with role and reason.

Looking at an original, taking an export out of the house, lifting a blur, reading a
camera's clock off a still: 国务院令799 art. 16 wants reason, content, person and unit
of every retrieval. Identity comes from the caller; what may be done in which role is
the caller's table, that it is written down is ours.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from alerts.audit import Act, Actor, record_act
from alerts.database import Database
from alerts.errors import NotFoundError
from alerts.evidence_facts import ClockCheck, TimeSource, check_to_json
from alerts.pack import PackId
from alerts.pack_record import manifest_digest
from alerts.tables import AuditIntakeRow, AuditRow, PackRow
from base.clock import Clock
from base.json_value import JsonValue


class EvidenceActs:
    """Puts acts on record; safe to use from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def append(self, actor: Actor, act: Act) -> None:
        """Put any act on record, with role and reason.

        Raises:
            ReasonMissingError: No reason was given.
            StoreUnavailableError: The database is away; the act must not happen.
        """
        with self._database.transaction() as session:
            record_act(session, self._clock.utc_now(), actor, act)

    def last_reason(
        self, actor: Actor, action: str, subject: str, since: datetime
    ) -> str | None:
        """The reason of the newest act of that kind since `since`; None: there is none.

        Args:
            actor: Whose act; the role does not matter.
            action: `noun.past_verb`.
            subject: Done to what.
            since: Wall time, aware.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            # entries go from the intake to the log: read in that order none is missed
            for row in (AuditIntakeRow, AuditRow):
                query = select(row.detail).where(
                    row.subject == subject,
                    row.action == action,
                    row.actor == actor.name,
                    row.at >= since,
                )
                detail = session.scalars(query.order_by(row.at.desc())).first()
                if isinstance(detail, dict):
                    return str(detail["reason"])
        return None

    def unmasked(self, actor: Actor, pack: PackId, name: str, reason: str) -> None:
        """Somebody is about to see a file without its blur.

        Raises:
            ReasonMissingError: No reason was given.
            StoreUnavailableError: The database is away; nothing may be shown.
        """
        detail: dict[str, JsonValue] = {"file": name}
        self.append(actor, Act("evidence.unmasked", f"pack/{pack}", reason, detail))

    def exported(
        self,
        actor: Actor,
        pack: PackId,
        reason: str,
        detail: Mapping[str, JsonValue],
    ) -> None:
        """A pack leaves the house; `detail` holds the digest of what leaves.

        Raises:
            ReasonMissingError: No reason was given.
            StoreUnavailableError: The database is away; nothing may leave.
        """
        self.append(actor, Act("evidence.exported", f"pack/{pack}", reason, detail))

    def clock_was_read(
        self, actor: Actor, pack: PackId, shown: datetime, at: datetime
    ) -> ClockCheck:
        """A person read the on-screen clock of a still.

        Args:
            actor: Who read it.
            pack: Whose still.
            shown: What the camera's clock shows, aware.
            at: Media time of that still.

        Raises:
            NotFoundError: The pack does not exist.
            StoreUnavailableError: The database is away.
        """
        offset_ms = (shown - at).total_seconds() * 1000
        check = ClockCheck(TimeSource.ON_SCREEN, offset_ms, at)
        with self._database.transaction() as session:
            row = session.get(PackRow, pack)
            if row is None:
                raise NotFoundError(f"no evidence {pack}")
            row.clock_read = check_to_json(check)
            act = Act(
                "clock.read",
                f"pack/{pack}",
                "on-screen clock",
                {"offset_ms": offset_ms},
            )
            record_act(session, self._clock.utc_now(), actor, act)
        return check

    def was_erased(self, pack: PackId) -> bool:
        """Whether retention has deleted the bytes of a pack: nothing of it is missing.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            row = session.get(PackRow, pack)
            return row is not None and row.erased_at is not None

    def manifest_digest(self, pack: PackId) -> str | None:
        """SHA-256 of the manifest a pack was sealed with; None: not on record.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            return manifest_digest(session, pack)

    def is_broken(self, pack: PackId) -> bool:
        """Whether a check found that the pack does not hold.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            row = session.get(PackRow, pack)
            return row is not None and row.broken is not None

    def broke(self, pack: PackId, what: str) -> None:
        """A check found that a pack does not hold: its alert is locked from now on.

        One that retention has erased is left as it is.

        Raises:
            NotFoundError: The pack does not exist.
            StoreUnavailableError: The database is away.
        """
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = session.get(PackRow, pack)
            if row is None:
                raise NotFoundError(f"no evidence {pack}")
            if row.broken is None and row.erased_at is None:
                row.broken = {"what": what, "found_at": now.isoformat()}
                act = Act("evidence.locked", f"pack/{pack}", what)
                record_act(session, now, Actor("verifier", "system"), act)
