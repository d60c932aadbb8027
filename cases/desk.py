"""All of cases in one hand, as the API is given it."""

from dataclasses import dataclass

from alerts.acknowledgement import Alarms
from alerts.alert import AlertId
from alerts.database import Database
from alerts.evidence_mode import REASONS_ZH
from alerts.evidence_store import EvidenceStore
from alerts.repository import AlertRepository
from base.clock import Clock
from cases.blind import BlindLane
from cases.figures import Figures
from cases.leads import Leads
from cases.misses import Misses
from cases.queue import QueueReader
from cases.review_desk import ClueReasons, ReviewDesk
from cases.saved_views import SavedViews
from cases.shifts import Shifts
from cases.task_book import TaskBook
from cases.task_links import TaskLinks
from cases.viewing import Viewing


@dataclass(frozen=True, slots=True)
class Desk:
    """What people do with alerts.

    Attributes:
        reviews: Claims, verdicts, undo.
        queue: Lists of open reviews.
        blind: Second looks.
        misses: Looks without alert, asked what they show.
        alarms: S1 and who has heard them.
        tasks: Of officers.
        links: Addresses that open them on a phone.
        shifts: Hand-overs and siren tests.
        leads: What contacts have seen.
        figures: Reports and quality.
        views: Filters people keep under a name.
        viewing: Whose work it is to look at evidence.
    """

    reviews: ReviewDesk
    queue: QueueReader
    blind: BlindLane
    misses: Misses
    alarms: Alarms
    tasks: TaskBook
    links: TaskLinks
    shifts: Shifts
    leads: Leads
    figures: Figures
    views: SavedViews
    viewing: Viewing


def clue_reasons_of(database: Database) -> ClueReasons:
    """Why an alert is a clue and no more, as its evidence stands now."""
    alerts = AlertRepository(database)

    def reasons(alert: AlertId) -> tuple[str, ...]:
        standing = alerts.get_alert(alert).standing
        return tuple(REASONS_ZH[reason] for reason in standing.reasons)

    return reasons


def open_desk(
    database: Database,
    store: EvidenceStore,
    clock: Clock,
    clue_reasons: ClueReasons | None = None,
) -> Desk:
    """Cases over a migrated database; reasons left out: those of the evidence."""
    clue_reasons = clue_reasons or clue_reasons_of(database)
    return Desk(
        reviews=ReviewDesk(database, clock, clue_reasons),
        queue=QueueReader(database, clock),
        blind=BlindLane(database, clock, clue_reasons),
        misses=Misses(database, store, clock),
        alarms=Alarms(database),
        tasks=TaskBook(database, store, clock),
        links=TaskLinks(database, clock),
        shifts=Shifts(database, clock),
        leads=Leads(database, clock),
        figures=Figures(database, clock),
        views=SavedViews(database, clock),
        viewing=Viewing(database, clock),
    )
