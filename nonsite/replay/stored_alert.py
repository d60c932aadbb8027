"""One alert out of the stores, with all a case of it needs; or why there can be none.

In: the id of an alert. Out: its facts, its clip's bytes checked against their digest,
what people said of it, how long it may be kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from alerts.alert import Alert, AlertId
from alerts.database import Database
from alerts.digest import digest
from alerts.errors import EvidenceBrokenError, NotFoundError
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_store import EvidenceStore, ObjectKey
from alerts.legal_hold import HoldBook
from alerts.pack import EvidenceFile, PackId, Role
from alerts.repository import AlertRepository
from alerts.revisions import SqlRevisionStore
from base.clock import Clock, beijing_day
from base.errors import NonsiteError
from cases.desk import clue_reasons_of
from cases.life import ReviewState
from cases.review import Review
from cases.review_desk import ReviewDesk
from cases.verdict import GivenVerdict
from nonsite.parts import Parts
from nonsite.replay.case_shelf import CaseShelf, Keeping
from nonsite.replay.made_case import AlertFacts
from sites.retention_section import RetentionSection
from sites.revision import RevisionId
from sites.schema import CameraScene, Site


class CaptureError(NonsiteError):
    """No case can be made of this alert; the text says why."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What people said of an alert.

    Attributes:
        words: State and reason, for the case file; None: nobody decided yet.
        is_rejected: A person said that it is none.
        expires_on: Last day its evidence is kept; None: until somebody rejects it.
        is_held: A legal hold stands on it.
    """

    words: str | None
    is_rejected: bool
    expires_on: date | None
    is_held: bool


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert with its footage.

    Attributes:
        id: Which.
        facts: Where, what, when, under which configuration.
        clip: The clip's bytes, as the camera sent them.
        opinion: What people said.
    """

    id: AlertId
    facts: AlertFacts
    clip: bytes
    opinion: Opinion


class AlertSource:
    """Reads alerts for cases.

    Args:
        database: Where alerts, reviews and revisions are.
        store: Where evidence lies.
        clock: For holds and reviews.
    """

    def __init__(self, database: Database, store: EvidenceStore, clock: Clock) -> None:
        self._alerts = AlertRepository(database)
        self._revisions = SqlRevisionStore(database, clock)
        self._reviews = ReviewDesk(database, clock, clue_reasons_of(database))
        self._holds = HoldBook(database, clock)
        self._acts = EvidenceActs(database, clock)
        self._store = store

    def read(self, alert: AlertId) -> StoredAlert:
        """One alert.

        Raises:
            NotFoundError: There is none, or its evidence is gone.
            CaptureError: Its evidence holds no clip yet; its configuration is not
                known; a second officer's look must not be swayed.
            EvidenceBrokenError: The clip's bytes were changed; its evidence is locked.
            StoreError: A store is away.
        """
        found = self._alerts.get_alert(alert)
        if self._reviews.is_second(alert):
            told = "a second officer looks at it unswayed: make the case afterwards"
            raise CaptureError(f"alert {alert}: {told}")
        file = self._clip_of(alert)
        site = self._site_of(found)
        facts = AlertFacts(
            violation=found.violation,
            clip_start=file.captured_at,
            clip_end=file.ended_at or file.captured_at,
            scene=_scene_of(site, found),
            rules=site.rules,
            codes=site.codes,
        )
        return StoredAlert(alert, facts, self._bytes(alert, file), self.opinion(alert))

    def opinion(self, alert: AlertId) -> Opinion:
        """What people said of an alert, as of now.

        Raises:
            NotFoundError: There is no such alert.
            StoreUnavailableError: The database is away.
        """
        review, given = self._reviews.get(alert)
        is_rejected = review.state is ReviewState.REJECTED
        expires_on = None
        if is_rejected and review.decided_at is not None:
            expires_on = beijing_day(review.decided_at + self._kept())
        held = self._holds.is_held(alert)
        return Opinion(_words(review, given), is_rejected, expires_on, held)

    def _kept(self) -> timedelta:
        """How long evidence of dismissed alerts is kept, as in force now."""
        revision = self._revisions.current()
        policy = RetentionSection() if revision is None else revision.site.retention
        return timedelta(days=policy.dismissed_days)

    def keeping(self, alert: AlertId) -> Keeping | None:
        """How long an alert's evidence is kept, as of now; None: no such alert.

        Raises:
            StoreUnavailableError: The database is away.
        """
        try:
            opinion = self.opinion(alert)
        except NotFoundError:
            return None
        erased = self._is_erased(alert)
        return Keeping(opinion.expires_on, opinion.is_held, erased)

    def _is_erased(self, alert: AlertId) -> bool:
        try:
            return self._alerts.pack_of(alert).is_erased
        except NotFoundError:
            return False

    def _clip_of(self, alert: AlertId) -> EvidenceFile:
        pack = self._alerts.pack_of(alert)
        if pack.is_erased:
            told = f"the evidence of alert {alert} is gone: its time has run"
            raise NotFoundError(told)
        for file in pack.files:
            if file.role is Role.CLIP and file.parent is None:
                return file
        why = f" ({', '.join(pack.reasons)})" if pack.reasons else ""
        raise CaptureError(f"alert {alert}: its evidence is {pack.state}, no clip{why}")

    def _site_of(self, alert: Alert) -> Site:
        config = alert.violation.config
        revision = self._revisions.get(RevisionId(config))
        if revision is None:
            told = f"the configuration {config[:12]} it was judged under is not known"
            raise CaptureError(f"alert {alert.id}: {told}")
        return revision.site

    def _bytes(self, alert: AlertId, file: EvidenceFile) -> bytes:
        try:
            body = b"".join(self._store.open_range(ObjectKey(file.stored.key)))
        except NotFoundError as error:
            told = f"the clip of alert {alert} is gone: its time has run"
            raise NotFoundError(told) from error
        found = digest(body)
        if (found.key, found.sm3) != (file.stored.key, file.stored.sm3):
            self._acts.broke(PackId(alert), f"{file.name}: its bytes were changed")
            raise EvidenceBrokenError(f"the clip of alert {alert} was changed: locked")
        return body


def shelf_of(parts: Parts, database: Database, store: EvidenceStore) -> CaseShelf:
    """The cases of a data folder, as its stores judge them today."""
    source = AlertSource(database, store, parts.clock)
    acts = EvidenceActs(database, parts.clock)
    return CaseShelf(parts.data.cases, source.keeping, acts, parts.clock)


def _scene_of(site: Site, alert: Alert) -> CameraScene:
    place = alert.violation.place
    section = site.cameras.get(place.camera)
    view = None if section is None else section.views.get(place.view)
    if section is None or view is None or place.zone not in view.zones:
        told = f"its configuration has no {place.camera}/{place.view}/{place.zone}"
        raise CaptureError(f"alert {alert.id}: {told}")
    fields = {name: getattr(section, name) for name in CameraScene.model_fields}
    return CameraScene(**fields)


def _words(review: Review, given: Iterable[GivenVerdict]) -> str | None:
    """State and reason; None while nobody has decided."""
    standing = [one for one in given if one.undone_at is None]
    if not standing:
        return None
    verdict = standing[-1].verdict
    reason = f": {verdict.reason.value}" if verdict.reason else ""
    return f"{review.state.value}{reason}"
