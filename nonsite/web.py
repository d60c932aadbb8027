"""The web side of the service: bound, its stores opened, serving until the stop."""

import threading
from collections.abc import Callable, Mapping

from pydantic import SecretStr

from alerts.database import Database
from alerts.evidence_desk import EvidenceDesk, open_evidence_desk
from alerts.house_keys import open_house_keys
from alerts.object_store import ObstoreEvidenceStore
from alerts.redis_client import open_redis
from alerts.time_authority import Rfc3161Authority, read_roots
from api.hosts import require_loopback
from api.server import bind
from api.services import Probe
from delivery.channels import HookSecrets
from nonsite.announcer import Announcer
from nonsite.case_jobs import CaseJobs
from nonsite.parts import Parts, evidence_place
from nonsite.people import identity_of
from nonsite.replay.stored_alert import shelf_of
from nonsite.service import Service, ServiceParts
from nonsite.settings import hook_key, hook_url
from nonsite.stored_site import database_of, put_in_force, tell_workers
from sites.revision import Revision


class Web:
    """Consumers, sealer and API of one command; ended with its parts.

    Raises:
        ConfigError: Nobody has a name yet and the address is not this machine's; or
            the port is taken.
        StoreError: A store cannot be opened.
    """

    def __init__(
        self,
        parts: Parts,
        redis_url: SecretStr,
        place: tuple[str, int],
        probes: Mapping[str, Callable[[], None]],
    ) -> None:
        host, port = place
        self._parts, self._redis_url, self._host = parts, redis_url, host
        self._database = database_of(parts)
        identity = identity_of(parts, self._database)
        public_url = parts.settings.public_url
        require_loopback(
            host,
            is_configured=identity.people.is_configured(),
            public_url=public_url,
        )
        self._listener = bind(host, port)
        parts.ending.callback(self._listener.close)
        self._client = open_redis(redis_url.get_secret_value())
        self._service = Service(
            ServiceParts(
                database=self._database,
                client=self._client,
                evidence=evidence_place(parts),
                shards=parts.settings.shards,
                clock=parts.clock,
                identity=identity,
                desk=_evidence_desk(parts, self._database),
                plate_keys=open_house_keys(parts.data.root, parts.clock).plates,
                references=parts.data.references,
                public_url=public_url,
                hooks=HookSecrets(hook_key, hook_url),
                camera_reach=parts.settings.camera_reach,
                probes=tuple(Probe(name, check) for name, check in probes.items()),
            )
        )

    def put_in_force(self, revision: Revision) -> None:
        """Import the configuration; workers with an older one are told."""
        put_in_force(self._parts, self._database, revision)
        tell_workers(self._parts, self._redis_url, revision)

    def announce(self) -> None:
        """Tell in the terminal what happens."""
        announcer = Announcer(self._database, self._redis_url, self._parts)
        threading.Thread(target=announcer.run, name="announcer", daemon=True).start()

    def start(self) -> None:
        """Begin to take what the workers raise."""
        self._service.start()
        self._parts.ending.callback(self._service.close)
        store = ObstoreEvidenceStore(evidence_place(self._parts))
        shelf = shelf_of(self._parts, self._database, store)
        root, clock = self._parts.data.root, self._parts.clock
        jobs = CaseJobs(self._client, root, shelf, clock)
        jobs.start()
        self._parts.ending.callback(jobs.stop)

    def serve(self) -> None:
        """Answer requests until the stop; blocks."""
        address = f"http://{self._host}:{self._listener.getsockname()[1]}"
        self._parts.done("ready", f"[bold]{address}[/]   Ctrl-C ends it")
        self._service.serve(self._listener, self._parts.stop)


def _evidence_desk(parts: Parts, database: Database) -> EvidenceDesk:
    settings, authority = parts.settings, None
    if settings.tsa_url:
        roots = () if settings.tsa_roots is None else read_roots(settings.tsa_roots)
        authority = Rfc3161Authority(settings.tsa_url, roots)
    return open_evidence_desk(
        database,
        ObstoreEvidenceStore(evidence_place(parts)),
        open_house_keys(parts.data.root, parts.clock, settings.bureau),
        parts.clock,
        authority,
    )
