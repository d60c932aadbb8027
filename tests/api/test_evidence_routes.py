"""Evidence files: bytes by range, conditions, names that are no paths."""

import hashlib
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from alerts.pack import Role
from alerts.tables import AuditIntakeRow
from identity.right import Role as Person
from tests.api.conftest import Bench
from tests.api.named import Named, as_person
from tests.api.stored import (
    StagedFile,
    staged,
    store_alerts,
    store_pack,
    store_second_source,
)

pytestmark = pytest.mark.anyio
VIEWED = "evidence.viewed"
BODY = bytes(range(256)) * 4000
SIZE = len(BODY)


@pytest.fixture
def alert(bench: Bench) -> UUID:
    """An alert with a still, a clip, an empty file and something odd."""
    (found,) = store_alerts(bench.database, [staged(1)])
    files = [
        StagedFile("first.jpg", b"\xff\xd8still"),
        StagedFile("clip.mp4", BODY, Role.CLIP, "video/mp4"),
        StagedFile("empty.json", b"", Role.SEEN, "application/json"),
        StagedFile("page.html", b"<script>1</script>", Role.SEEN, "text/html"),
    ]
    store_pack(bench.database, bench.services.evidence, found, files)
    return found


def _url(alert: UUID, name: str = "clip.mp4") -> str:
    return f"/api/v1/alerts/{alert}/evidence/{name}"


async def test_whole_file_with_its_digest_as_etag(
    client: httpx.AsyncClient, alert: UUID
) -> None:
    """Bytes, type, length, ETag and disposition are the file's own."""
    answer = await client.get(_url(alert))

    assert answer.status_code == 200
    assert answer.content == BODY
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{hashlib.sha256(BODY).hexdigest()}"'
    assert answer.headers["content-disposition"] == 'inline; filename="clip.mp4"'
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        pytest.param("bytes=0-0", 0, 1, id="first byte"),
        pytest.param("bytes=0-1023", 0, 1024, id="first kilobyte"),
        pytest.param("bytes=300000-700000", 300_000, 700_001, id="across chunks"),
        pytest.param(f"bytes={SIZE - 1}-", SIZE - 1, SIZE, id="open end"),
        pytest.param("bytes=-100", SIZE - 100, SIZE, id="suffix"),
        pytest.param("bytes=-99999999", 0, SIZE, id="suffix longer than the file"),
        pytest.param("bytes=10-99999999", 10, SIZE, id="end beyond the file"),
        pytest.param("Bytes=1-2", 1, 3, id="unit in capitals"),
    ],
)
async def test_one_range_is_served(
    client: httpx.AsyncClient, alert: UUID, asked: str, start: int, end: int
) -> None:
    """A satisfiable range is a 206 with exactly those bytes."""
    answer = await client.get(_url(alert), headers={"Range": asked})

    assert answer.status_code == 206
    assert answer.content == BODY[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(f"bytes={SIZE}-", id="behind the end"),
        pytest.param("bytes=-0", id="suffix of nothing"),
        pytest.param("bytes=5-4", id="backwards"),
        pytest.param("bytes=0-1,5-6", id="two ranges"),
        pytest.param("bytes=" + ",".join(["0-"] * 1000), id="a thousand ranges"),
        pytest.param("bytes=-", id="neither end"),
        pytest.param("bytes=a-b", id="letters"),
        pytest.param("bytes=--5", id="two dashes"),
        pytest.param("bytes=0x1-0x2", id="hexadecimal"),
        pytest.param("bytes=" + "9" * 30 + "-", id="a huge number"),
    ],
)
async def test_other_ranges_are_refused(
    client: httpx.AsyncClient, alert: UUID, asked: str
) -> None:
    """Malformed, unsatisfiable and several ranges are 416 and name the size."""
    answer = await client.get(_url(alert), headers={"Range": asked})

    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_other_unit_gives_the_whole(
    client: httpx.AsyncClient, alert: UUID
) -> None:
    """A range in another unit than bytes is ignored."""
    answer = await client.get(_url(alert), headers={"Range": "frames=0-1"})

    assert answer.status_code == 200
    assert answer.content == BODY


async def test_if_range_of_other_bytes_gives_the_whole(
    client: httpx.AsyncClient, alert: UUID
) -> None:
    """A range of a file that has changed since is not mixed with this one."""
    etag = f'"{hashlib.sha256(BODY).hexdigest()}"'
    for tag, status in ((etag, 206), ('"other"', 200)):
        headers = {"Range": "bytes=0-9", "If-Range": tag}
        answer = await client.get(_url(alert), headers=headers)

        assert answer.status_code == status


async def test_known_bytes_are_not_sent_again(
    client: httpx.AsyncClient, alert: UUID
) -> None:
    """If-None-Match with the digest is a 304 without a body."""
    etag = f'"{hashlib.sha256(BODY).hexdigest()}"'
    for tag in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        answer = await client.get(_url(alert), headers={"If-None-Match": tag})

        assert (answer.status_code, answer.content) == (304, b"")


async def test_head_tells_the_length_and_sends_nothing(
    client: httpx.AsyncClient, alert: UUID
) -> None:
    """HEAD has the headers of GET and no body; a range does not apply to it."""
    answer = await client.head(_url(alert), headers={"Range": "bytes=0-1"})

    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.content == b""


async def test_empty_file_is_whole_and_has_no_range(
    client: httpx.AsyncClient, alert: UUID
) -> None:
    """No bytes are served as none; any range of them is 416."""
    whole = await client.get(_url(alert, "empty.json"))
    part = await client.get(_url(alert, "empty.json"), headers={"Range": "bytes=0-"})

    assert (whole.status_code, whole.content) == (200, b"")
    assert part.status_code == 416


async def test_a_type_a_browser_would_run_is_only_saved(
    client: httpx.AsyncClient, alert: UUID
) -> None:
    """HTML among the evidence never opens as a page."""
    answer = await client.get(_url(alert, "page.html"))

    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_download_is_offered_for_saving_to_who_may_unmask(
    client: httpx.AsyncClient, bench: Bench, alert: UUID
) -> None:
    """An original that is saved has left the house as it is; a look has not."""
    where = _url(alert, "first.jpg") + "?reason=复议"
    as_person(client, bench.services.identity, Named("chen", (Person.SENIOR,)))
    assert (await client.get(where)).status_code == 200
    for method in ("GET", "HEAD"):
        refused = await client.request(method, f"{where}&download=true")
        assert refused.status_code == 403
    as_person(client, bench.services.identity, Named("zhou", (Person.LEGAL,)))
    answer = await client.get(f"{where}&download=true")

    assert answer.headers["content-disposition"] == 'attachment; filename="first.jpg"'
    with bench.database.reading() as session:
        query = select(AuditIntakeRow.detail).where(AuditIntakeRow.actor == "zhou")
        (saved,) = session.scalars(query.where(AuditIntakeRow.action == VIEWED))
    assert isinstance(saved, dict)
    assert saved["saved"] is True


EVIL = [
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "%2e%2e%2fclip.mp4",
    "..%5cclip.mp4",
    "%00",
    "clip.mp4%00.jpg",
    "clip.mp4%0d%0aX-Evil:%201",
    ".hidden",
    "%20",
    "CLIP.MP4",
    "clip.mp4/",
    "a" * 5000,
    "%ff%fe",
    "'%20OR%201=1--",
    "证据.jpg",
]


@pytest.mark.parametrize("name", EVIL, ids=range(len(EVIL)))
async def test_name_that_is_no_file_is_not_found(
    client: httpx.AsyncClient, alert: UUID, name: str
) -> None:
    """Nothing but an exact name of a file of this alert is answered."""
    for method in ("GET", "HEAD"):
        answer = await client.request(method, _url(alert, name))

        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_other_sources_files_need_their_source_named(
    client: httpx.AsyncClient, bench: Bench, alert: UUID
) -> None:
    """A second camera's file is read by its violation, and only under its alert."""
    second = store_second_source(bench.database, alert, "gate")
    store_pack(
        bench.database, bench.services.evidence, second, [StagedFile("mid.jpg", b"2")]
    )
    (stranger,) = store_alerts(bench.database, [staged(5)])
    url = f"/api/v1/alerts/{alert}/evidence/mid.jpg"

    assert (await client.get(url)).status_code == 404
    assert (await client.get(f"{url}?source={second}")).content == b"2"
    assert (await client.get(f"{url}?source={uuid4()}")).status_code == 404
    wrong = _url(stranger, "mid.jpg") + f"?source={second}"
    assert (await client.get(wrong)).status_code == 404


async def test_list_of_files_and_an_alert_without_any(
    client: httpx.AsyncClient, bench: Bench, alert: UUID
) -> None:
    """The list follows the pack's order; before there is a pack it is empty."""
    (bare,) = store_alerts(bench.database, [staged(9)])
    listed = (await client.get(f"/api/v1/alerts/{alert}/evidence")).json()
    empty = (await client.get(f"/api/v1/alerts/{bare}/evidence")).json()
    absent = await client.get(f"/api/v1/alerts/{uuid4()}/evidence")

    assert [f["name"] for f in listed["files"]][:2] == ["first.jpg", "clip.mp4"]
    assert (listed["state"], empty["state"]) == ("complete", "pending")
    assert empty["files"] == []
    assert absent.status_code == 404


async def test_bytes_that_are_gone_are_a_store_failure(
    client: httpx.AsyncClient, bench: Bench, alert: UUID
) -> None:
    """A file whose bytes are missing is told as a failure, never as an empty file."""
    key = hashlib.sha256(BODY).hexdigest()
    bench.services.evidence.delete(key)  # type: ignore[arg-type]

    answer = await client.get(_url(alert))

    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:nonsite:problem:store"


async def test_a_changed_picture_is_not_shown_and_locks_its_alert(
    client: httpx.AsyncClient, alert: UUID, bench: Bench
) -> None:
    """From then on every answer with bytes of that pack says so."""
    still, store = b"\xff\xd8still", bench.services.evidence
    assert (await client.get(_url(alert, "first.jpg"))).content == still
    key = hashlib.sha256(still).hexdigest()
    path = store._folder / "objects" / key[:2] / key  # type: ignore[attr-defined]
    path.write_bytes(b"\xff\xd8other")

    refused = await client.get(_url(alert, "first.jpg"))
    clip = await client.get(_url(alert), headers={"Range": "bytes=0-9"})

    assert refused.status_code == 409
    assert b"other" not in refused.content
    assert (clip.status_code, clip.headers["nonsite-evidence"]) == (206, "broken")
    shown = (await client.get(f"/api/v1/alerts/{alert}")).text
    assert "integrity_broken" in shown
