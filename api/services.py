"""What the service reads, handed in whole by the composition root; and what it makes.

`Services` is everything from outside: nothing in this folder opens a database, a
socket or a file of its own. `State` is what `create_app` builds on top of it, reached
by routes through `StateDep`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request
from prometheus_client import CollectorRegistry

from alerts.commands import CommandSender
from alerts.drafts import Drafts
from alerts.evidence_desk import EvidenceDesk
from alerts.evidence_store import EvidenceStore
from alerts.live import LiveReader
from alerts.references import References
from alerts.repository import AlertRepository
from api.access import Gate
from api.current_site import CurrentSite
from api.event_feed import EventFeed
from base.clock import Clock
from base.ids import CameraId
from base.networks import Reach
from base.shutdown import StopSignal
from cases.desk import Desk
from delivery.teller import Teller
from identity.identity import Identity
from identity.person import Person
from rules.catalogue import Catalogue, shipped_catalogue
from sites.revision import RevisionStore


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing the service cannot work without.

    Attributes:
        name: What it is called in answers: `database`, `redis`, `consumer`.
        check: Blocking; returns when all is well, within a second or two.
            Raises a `NonsiteError` whose text says what is wrong.
    """

    name: str
    check: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the service reads.

    Attributes:
        alerts: Alerts, packs, the sealed event log.
        evidence: Bytes of evidence files.
        live: Last looks and state of the feeds.
        revisions: The site's configurations.
        clock: Wall and monotonic time.
        stop: Ends event streams and the server.
        registry: Where metrics are registered; one application a registry.
        identity: People, sessions, tokens.
        gate: Admits callers to routes.
        cases: Reviews, tasks, shifts.
        commands: Tells workers; posts jobs.
        delivery: Tells people; what was told and what could not be.
        drafts: Configurations drawn on a page.
        desk: Exports, holds, views and daily roots.
        references: Pictures that views are compared with.
        camera_reach: Networks whose cameras may be added over the API.
        probes: What must work for the service to be ready.
        waiting: Blocking; entries of each shard's stream SQL does not hold yet.
        catalogue: Names of codes.
        public_url: Address under which browsers reach the service; empty: this
            machine only.
    """

    alerts: AlertRepository
    evidence: EvidenceStore
    live: LiveReader
    revisions: RevisionStore
    clock: Clock
    stop: StopSignal
    registry: CollectorRegistry
    identity: Identity
    gate: Gate
    cases: Desk
    commands: CommandSender
    drafts: Drafts
    delivery: Teller
    desk: EvidenceDesk
    references: References = field(default_factory=References)
    camera_reach: Reach = field(default_factory=lambda: Reach(is_open=True))
    probes: tuple[Probe, ...] = ()
    waiting: Callable[[], Mapping[int, int]] = dict
    catalogue: Catalogue = field(default_factory=shipped_catalogue)
    public_url: str = ""

    @property
    def is_behind_tls(self) -> bool:
        """Whether callers come over TLS: cookies say so."""
        return self.public_url.startswith("https://")


@dataclass(frozen=True, slots=True)
class State:
    """What the application holds while it serves.

    Attributes:
        services: As handed in.
        site: The configuration in force, parsed.
        feed: The event log, followed.
    """

    services: Services
    site: CurrentSite
    feed: EventFeed

    def visible(self, caller: Person) -> frozenset[CameraId] | None:
        """Cameras the caller sees, out of the site in force; None: all.

        Raises:
            StoreError: The site cannot be read.
        """
        return caller.scope.among(self.site.areas())


def state_of(request: Request) -> State:
    """The state of the application that serves `request`."""
    return cast("State", request.app.state.nonsite)


StateDep = Annotated[State, Depends(state_of)]
