"""The web process: database, consumers, sealer and API over one data folder."""

from dataclasses import dataclass, field
from pathlib import Path
from socket import socket

from prometheus_client import CollectorRegistry

from alerts.commands import CommandSender
from alerts.consumer import ConsumerParts
from alerts.consumer_metrics import ConsumerMetrics
from alerts.consumers import Consumers
from alerts.database import Database
from alerts.drafts import Drafts
from alerts.evidence_desk import EvidenceDesk
from alerts.live import LiveReader
from alerts.object_store import ObstoreEvidenceStore
from alerts.plate_keys import PlateKeyRing
from alerts.redis_client import RedisClient, translated_redis_errors
from alerts.repository import AlertRepository
from alerts.revisions import SqlRevisionStore
from alerts.sealer import Sealer
from api.app import create_app
from api.current_site import CurrentSite
from api.identity_gate import IdentityGate
from api.server import serve
from api.services import Probe, Services
from base.clock import Clock
from base.networks import Reach
from base.shutdown import StopSignal
from cases.desk import open_desk
from cases.housekeeping import Housekeeping, HouseParts
from cases.intake import ReviewIntake, adopt
from cases.sampling import Sampler
from delivery.channels import HookSecrets, no_secrets
from delivery.metrics import DeliveryMetrics
from delivery.rota import Rota
from delivery.sender import Sender
from delivery.teller import TellerParts
from identity.identity import Identity
from nonsite.daily import DailyParts, DailyWork
from nonsite.judged import judged_cameras
from sites.retention_section import RetentionSection
from sites.schema import Site


@dataclass(frozen=True, slots=True)
class ServiceParts:
    """What the web process stands on.

    Attributes:
        database: Migrated.
        client: The Redis or Valkey.
        evidence: Folder or `s3://` address of the evidence store.
        shards: Shards of the stream.
        clock: Wall and monotonic time.
        identity: People, sessions, tokens.
        desk: What people do with evidence.
        public_url: Address under which browsers reach the service; may be empty.
        probes: What else must work for the service to be ready.
        camera_reach: Networks whose cameras may be added over the API.
        hooks: Secrets of webhooks.
        plate_keys: Keys plates are stored under, to be turned daily.
        references: Where reference pictures are taken into.
    """

    database: Database
    client: RedisClient
    evidence: str
    shards: int
    clock: Clock
    identity: Identity
    desk: EvidenceDesk
    public_url: str = ""
    probes: tuple[Probe, ...] = ()
    camera_reach: Reach = field(default_factory=lambda: Reach(is_open=True))
    hooks: HookSecrets = field(default_factory=no_secrets)
    plate_keys: PlateKeyRing | None = None
    references: Path | None = None


class Service:
    """Consumers, sealer and API; one of each a site, others stand by."""

    def __init__(self, parts: ServiceParts) -> None:
        database, client, clock = parts.database, parts.client, parts.clock
        self._database, self._client, self._clock = database, client, clock
        self._parts = parts
        self._registry = CollectorRegistry()
        self._sealer = Sealer(database, clock)
        self._revisions = SqlRevisionStore(database, clock)
        self._in_force = CurrentSite(self._revisions, clock)
        self._intake = ReviewIntake()
        consuming = ConsumerParts(
            client=client,
            database=database,
            clock=clock,
            metrics=ConsumerMetrics(self._registry),
            follower=self._intake,
            recipients=Rota(self._site),
            on_stored=self._sealer.wake,
        )
        self._consumers = Consumers(parts.shards, consuming)
        self._evidence = ObstoreEvidenceStore(parts.evidence)
        self._sender = Sender(self._telling())
        self._live = LiveReader(client)
        self._desk = open_desk(database, self._evidence, clock)
        self._daily = DailyWork(
            DailyParts(
                database=database,
                store=self._evidence,
                days=parts.desk.days,
                clock=clock,
                folder=None if "://" in parts.evidence else Path(parts.evidence),
                policy=self._policy,
                plate_keys=parts.plate_keys,
                references=parts.references,
            )
        )
        self._housekeeping = Housekeeping(
            HouseParts(
                database=database,
                desk=self._desk,
                sampler=Sampler(database, clock),
                intake=self._intake,
                live=self._live,
                judged=lambda: judged_cameras(self._revisions),
                clock=clock,
            )
        )

    def start(self) -> None:
        """Begin to take what the workers raise."""
        adopt(self._database, self._intake, self._clock)
        self._sealer.start()
        self._housekeeping.start()
        self._consumers.start()
        self._sender.start()
        self._daily.start()

    def serve(self, listener: socket, stop: StopSignal) -> None:
        """Answer requests until the stop; blocks."""
        serve(create_app(self._services(stop)), listener, stop)

    def close(self) -> None:
        """End consumers, then the sealer that seals what they stored."""
        self._daily.stop()
        self._sender.stop()
        self._housekeeping.stop()
        self._consumers.stop()
        self._sealer.stop()

    def _site(self) -> Site | None:
        held = self._in_force.get()
        return None if held is None else held.site

    def _policy(self) -> RetentionSection:
        site = self._site()
        return RetentionSection() if site is None else site.retention

    def _telling(self) -> TellerParts:
        return TellerParts(
            database=self._database,
            site=self._site,
            secrets=self._parts.hooks,
            public_url=self._parts.public_url,
            metrics=DeliveryMetrics(self._registry),
            clock=self._clock,
        )

    def _services(self, stop: StopSignal) -> Services:
        return Services(
            alerts=AlertRepository(self._database),
            evidence=self._evidence,
            live=self._live,
            revisions=self._revisions,
            clock=self._clock,
            stop=stop,
            registry=self._registry,
            identity=self._parts.identity,
            gate=IdentityGate(self._parts.identity),
            cases=self._desk,
            commands=CommandSender(self._client, self._clock),
            drafts=Drafts(self._database, self._clock),
            delivery=self._sender.teller,
            desk=self._parts.desk,
            camera_reach=self._parts.camera_reach,
            public_url=self._parts.public_url,
            probes=(
                Probe("database", self._ping_database),
                Probe("redis", self._ping_redis),
                Probe("consumer", self._consumers.check),
                *self._parts.probes,
            ),
            waiting=self._consumers.waiting,
        )

    def _ping_database(self) -> None:
        AlertRepository(self._database).last_seq()

    def _ping_redis(self) -> None:
        with translated_redis_errors():
            self._client.ping()
