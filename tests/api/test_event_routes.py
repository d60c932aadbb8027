"""Live events over a real server: resume, kill, stop, slow clients, junk."""

import signal
import socket
import threading
import time
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert

from alerts.alert import EventKind
from alerts.database import Database
from alerts.revisions import SqlRevisionStore
from alerts.sealer import Sealer
from alerts.tables import EventIntakeRow
from api.event_feed import BATCH
from api.event_stream import ADMITTED_EVERY_S
from api.session_cookie import COOKIE
from base.clock import SystemClock
from identity.identity import open_identity
from identity.people import Newcomer
from identity.person import Person, Scope
from identity.right import Role
from sites.load import read_site
from sites.revision import Revision, revision_of
from tests.api.listening import Heard, listen
from tests.api.named import PASSWORD, Named, add
from tests.api.serving import served
from tests.api.stored import T0, seal_events, staged, store_alerts

SITE = Path(__file__).resolve().parents[2] / "samples" / "site.yaml"

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]


@pytest.fixture
def port() -> int:
    """A port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
        return free


@pytest.fixture
def alert(database: Database) -> UUID:
    """An alert for events to speak of."""
    return store_alerts(database, [staged(1)])[0]


def _address(database: Database) -> str:
    return f"sqlite:///{database.file}"


def _take(port: int, count: int, last: int | None, query: str = "") -> list[Heard]:
    heard = []
    for event in listen(port, last, query):
        heard.append(event)
        if len(heard) == count:
            break
    return heard


def test_nothing_is_lost_or_doubled_when_the_server_is_killed(
    database: Database, alert: UUID, port: int
) -> None:
    """SIGKILL in mid-stream, twice: a client that resumes has every event once."""
    total, sealed = 600, threading.Event()

    def seal() -> None:
        for first in range(1, total, 5):
            seal_events(database, alert, range(first, first + 5))
            time.sleep(0.02)
        sealed.set()

    writer = threading.Thread(target=seal)
    writer.start()
    seqs: list[int] = []
    for enough in (total // 4, total // 2, total):
        with served(_address(database), port) as process:
            try:
                for event in listen(port, seqs[-1] if seqs else None, "?after=0"):
                    seqs.append(event.id)
                    if len(seqs) == enough:
                        process.send_signal(signal.SIGKILL)
                        break
            except httpx.HTTPError:
                assert enough != total
    writer.join()

    assert sealed.is_set()
    assert seqs == list(range(1, total + 1))


def test_streams_begin_where_they_are_told(
    database: Database, alert: UUID, port: int
) -> None:
    """`?after=` begins there, the header wins over it, neither means what is new."""
    seal_events(database, alert, range(1, 3 * BATCH))
    with served(_address(database), port):
        by_query = _take(port, 3 * BATCH - 1, None, "?after=0")
        by_header = _take(port, 2, 7, "?after=0")
        heard: list[Heard] = []
        reader = threading.Thread(target=lambda: heard.extend(_take(port, 1, None)))
        reader.start()
        time.sleep(1.0)
        seal_events(database, alert, [3 * BATCH])
        reader.join(10)

    assert [event.id for event in by_query] == list(range(1, 3 * BATCH))
    assert [event.id for event in by_header] == [8, 9]
    assert [event.id for event in heard] == [3 * BATCH]
    assert by_header[0].name == "alert.changed"
    assert by_header[0].data["alert"] == str(alert)
    assert by_header[0].data["seq"] == 8


def test_client_of_another_log_is_told_to_begin_anew(
    database: Database, alert: UUID, port: int
) -> None:
    """A number the log has not reached gives `feed.reset`, then what is new."""
    seal_events(database, alert, [1, 2])
    with served(_address(database), port):
        (event,) = _take(port, 1, 5000)

    assert (event.name, event.id) == ("feed.reset", 2)


def test_pruned_log_is_told_as_a_reset(
    database: Database, alert: UUID, port: int
) -> None:
    """Where the log no longer holds what follows, the client is told, not skipped."""
    seal_events(database, alert, [50, 51])
    with served(_address(database), port):
        heard = _take(port, 3, 3)

    told = [(event.name, event.id) for event in heard]
    assert told == [("feed.reset", 49), ("alert.changed", 50), ("alert.changed", 51)]


def test_streams_end_within_a_second_of_a_stop(
    database: Database, alert: UUID, port: int
) -> None:
    """SIGTERM ends listeners cleanly and the process with them."""
    ended = []

    def read() -> None:
        list(listen(port, None))
        ended.append(True)

    with served(_address(database), port) as process:
        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        time.sleep(1.0)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        for reader in readers:
            reader.join(5)
        streams_s = time.monotonic() - began
        code = process.wait(5)

    assert len(ended) == 3
    assert code == 0
    assert streams_s < 1.0


def test_client_that_does_not_read_holds_nobody_up(
    database: Database, alert: UUID, port: int
) -> None:
    """One stuck client costs its own place only: others hear everything."""
    seal_events(database, alert, range(1, 20_001))
    request = b"GET /api/v1/events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with (
        served(_address(database), port),
        socket.create_connection(("127.0.0.1", port)) as stuck,
    ):
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.sendall(request)
        heard = _take(port, 20_000, 0)

    assert [event.id for event in heard] == list(range(1, 20_001))


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        pytest.param({"Last-Event-ID": "abc"}, "", id="letters"),
        pytest.param({"Last-Event-ID": "-1"}, "", id="negative"),
        pytest.param({"Last-Event-ID": "9" * 40}, "", id="huge"),
        pytest.param({"Last-Event-ID": "1.5"}, "", id="half"),
        pytest.param({}, "?after=x", id="query of letters"),
        pytest.param({}, "?after=-5", id="negative query"),
    ],
)
@pytest.mark.anyio
async def test_junk_to_resume_from_is_malformed(
    client: httpx.AsyncClient, headers: dict[str, str], query: str
) -> None:
    """A number that is none is a 422, not a stream from somewhere."""
    answer = await client.get(f"/api/v1/events{query}", headers=headers)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_open_stream_ends_with_its_session(
    database: Database, alert: UUID, port: int
) -> None:
    """Logged out elsewhere, or run out: told no more within some seconds."""
    identity = open_identity(database, SystemClock())
    started = identity.sessions.start(add(identity, Named("wang")))
    cookies = {COOKIE: started.secret}
    with (
        served(_address(database), port),
        httpx.Client(timeout=30, cookies=cookies) as client,
        client.stream("GET", f"http://127.0.0.1:{port}/api/v1/events") as stream,
    ):
        stream.raise_for_status()
        lines = stream.iter_lines()
        assert next(lines)
        began = time.monotonic()
        identity.sessions.end(started.secret)

        for _ in lines:
            pass

        assert time.monotonic() - began < 3 * ADMITTED_EVERY_S


def _areas(**areas: str) -> Revision:
    """A site with these cameras, each in its area."""
    site = read_site(SITE)
    (camera,) = site.cameras.values()
    cameras = {n: camera.model_copy(update={"area": a}) for n, a in areas.items()}
    return revision_of(site.model_copy(update={"cameras": cameras}), T0, "test")


def _tell(database: Database, alert: UUID, *cameras: str) -> None:
    """An alert of each camera changed; not sealed yet."""
    kind = EventKind.ALERT_CHANGED.value
    rows = [
        {"kind": kind, "alert_id": alert, "camera": camera, "detail": {}, "at": T0}
        for camera in cameras
    ]
    with database.transaction() as session:
        session.execute(insert(EventIntakeRow), rows)


def test_a_new_site_decides_what_is_told_beyond_it(
    database: Database, alert: UUID, port: int
) -> None:
    """A camera it puts into one's area is told of at once; one it takes out no more."""
    clock = SystemClock()
    identity = open_identity(database, clock)
    north = Scope(areas=frozenset({"north"}))
    wang = Person("wang", "wang", frozenset({Role.REVIEWER}), "", north)
    identity.people.add(Newcomer(wang, PASSWORD), "test")
    session = identity.sessions.start(wang).secret
    revisions, sealer = SqlRevisionStore(database, clock), Sealer(database, clock)
    revisions.apply(_areas(campus="north", gate="south"))
    _tell(database, alert, "campus", "gate")
    sealer.seal()
    heard: list[Heard] = []
    with served(_address(database), port):
        stream = listen(port, None, "?after=0", session)
        heard += [next(stream), next(stream)]
        revisions.apply(_areas(campus="south", gate="north"))
        _tell(database, alert, "gate", "campus", "gate")
        sealer.seal()
        heard += stream
        for event in listen(port, heard[-1].id, "", session):
            heard.append(event)
            if event.id == 7:
                break

    told = [(event.id, event.name, event.data["camera"]) for event in heard]
    assert told == [
        (1, "site.changed", None),
        (2, "alert.changed", "campus"),
        (4, "site.changed", None),
        (5, "alert.changed", "gate"),
        (7, "alert.changed", "gate"),
    ]
