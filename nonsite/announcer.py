"""Tells in the terminal of `nonsite run` what happens: feeds, first looks, alerts."""

from pydantic import SecretStr

from alerts.alert import AlertEvent, EventKind
from alerts.database import Database
from alerts.errors import StoreError
from alerts.live import LiveCamera, LiveReader
from alerts.redis_client import open_redis
from alerts.repository import AlertRepository
from alerts.revisions import SqlRevisionStore
from base.ids import CameraId
from nonsite.parts import Parts
from rules.catalogue import shipped_catalogue

POLL_S = 0.5
BATCH = 100


class Announcer:
    """One line for each feed that changes and each alert that is raised."""

    def __init__(self, database: Database, redis_url: SecretStr, parts: Parts) -> None:
        self._alerts = AlertRepository(database)
        self._revisions = SqlRevisionStore(database, parts.clock)
        self._live = LiveReader(open_redis(redis_url.get_secret_value()))
        self._console = parts.console
        self._stop = parts.stop
        self._names = shipped_catalogue()
        self._feeds: dict[CameraId, str] = {}

    def run(self) -> None:
        """Tell until the stop."""
        seq: int | None = None
        while not self._stop.wait(POLL_S):
            try:
                seq = self._alerts.last_seq() if seq is None else seq
                self._tell_feeds()
                for event in self._alerts.events_after(seq, BATCH):
                    seq = event.seq
                    self._tell(event)
            except StoreError as error:
                self._console.print(f"[yellow]waiting:[/] {error}", markup=True)
                self._stop.wait(5.0)

    def _tell_feeds(self) -> None:
        current = self._revisions.current()
        names = [] if current is None else list(current.site.cameras)
        for camera, live in self._live.cameras([CameraId(n) for n in names]).items():
            words = _words(live)
            if words is not None and self._feeds.get(camera) != words:
                self._feeds[camera] = words
                self._console.print(f"  {camera}: {words}", markup=False)

    def _tell(self, event: AlertEvent) -> None:
        if event.alert is None:
            return
        short = str(event.alert)[:8]
        if event.kind is EventKind.ALERT_RAISED:
            code = str(event.detail.get("code", ""))
            row = self._names.rules.get(code)
            act = row.name.zh if row else ""
            self._console.print(
                f"[bold yellow]●[/] 疑似线索 {code} {act} {event.camera}  {short}"
            )
        elif event.kind is EventKind.EVIDENCE_CHANGED:
            state = event.detail.get("state", "")
            self._console.print(f"  {short}: evidence {state}", markup=False)


def _words(live: LiveCamera) -> str | None:
    if live.status is None:
        return None
    faults = sorted(live.status.faults)
    if live.status.fault is not None:
        faults.append(live.status.fault)
    looked = "looking" if live.look is not None else "no look yet"
    told = f", {', '.join(faults)}" if faults else ""
    return f"{live.status.state.value}, {looked}{told}"
