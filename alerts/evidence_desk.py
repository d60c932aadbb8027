"""Everything people do with evidence, opened over one database and one store."""

from dataclasses import dataclass

from alerts.audit_trail import AuditTrail
from alerts.database import Database
from alerts.day_root import DayRoots
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_store import EvidenceStore
from alerts.exporter import Exporter
from alerts.house_keys import HouseKeys
from alerts.legal_hold import HoldBook
from alerts.plate_book import PlateBook
from alerts.service_key import ServiceKey
from alerts.time_authority import TimeAuthority
from alerts.view_book import ViewBook
from base.clock import Clock


@dataclass(frozen=True, slots=True)
class EvidenceDesk:
    """What API and command line share.

    Attributes:
        key: The service's key, which seals what leaves.
        acts: Puts acts on record.
        views: Puts views on record.
        holds: Legal holds.
        exporter: Lets packs out.
        days: Daily roots over the audit log.
        trail: The audit log itself, read.
        plates: Plates as people read them.
    """

    key: ServiceKey
    acts: EvidenceActs
    views: ViewBook
    holds: HoldBook
    exporter: Exporter
    days: DayRoots
    trail: AuditTrail
    plates: PlateBook


def open_evidence_desk(
    database: Database,
    store: EvidenceStore,
    keys: HouseKeys,
    clock: Clock,
    authority: TimeAuthority | None = None,
) -> EvidenceDesk:
    """The desk over a migrated database."""
    acts = EvidenceActs(database, clock)
    return EvidenceDesk(
        key=keys.service,
        acts=acts,
        views=ViewBook(acts, clock),
        holds=HoldBook(database, clock),
        trail=AuditTrail(database),
        exporter=Exporter(store, keys.service, acts, clock, keys.bureau),
        days=DayRoots(database, keys.service, clock, authority),
        plates=PlateBook(database, keys.plates, clock),
    )
