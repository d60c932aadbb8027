"""Live look, debug view, probes and lists over HTTP."""

import threading
from uuid import UUID

import httpx
import pytest

from alerts.audit_trail import AuditTrail
from alerts.command import JobState, LookLive, ProbeFeed
from alerts.commands import CommandReceiver
from alerts.live_cast import CastHead, CastWriter
from alerts.redis_client import RedisClient
from alerts.sealer import Sealer
from base.clock import SystemClock
from base.ids import CameraId, ViewName
from detector.box import Box
from detector.look import Look, Track, Unseen, UnseenArea
from identity.right import Role
from rules.violation import Life
from tests.alerts.path_rig import until
from tests.api.conftest import Bench
from tests.api.named import Named, add, as_person, log_in
from tests.api.stored import T0, staged, violation

pytestmark = pytest.mark.anyio
LIVE = "/api/v1/cameras/campus/live.mp4"
ENGINEER = Named("chen", (Role.ENGINEER,))


def _worker(client: RedisClient, head: CastHead, chunks: list[bytes]) -> None:
    """A worker that casts what it is given."""
    receiver = CommandReceiver(client, "worker_0", SystemClock())
    receiver.begin()
    heard: list[CastWriter] = []

    def take() -> bool:
        jobs = receiver.take(lambda job: isinstance(job, LookLive))
        writers = [CastWriter(client, job.job) for job in jobs]
        # a click of before whose page was closed has no listener any more
        heard.extend(writer for writer in writers if writer.head(head))
        return bool(heard)

    until(take)
    (writer,) = heard
    for chunk in chunks:
        writer.send(chunk)
    writer.end()


async def test_a_live_look_is_what_the_worker_casts_and_on_record(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient
) -> None:
    """Bytes as they come, the codec in the media type, who looked in the trail."""
    as_person(client, bench.services.identity, Named("wang"))
    chunks = [b"head", b"x" * 600_000, b"tail"]
    head = CastHead(codec="avc1.64001f")
    thread = threading.Thread(target=_worker, args=(redis_client, head, chunks))
    thread.start()

    answer = await client.get(LIVE, params={"back_s": 5, "for_s": 0})

    thread.join()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == 'video/mp4; codecs="avc1.64001f"'
    assert answer.content == b"".join(chunks)
    while Sealer(bench.database, bench.services.clock).seal():
        pass
    deeds = [(one.actor, one.action) for one in AuditTrail(bench.database).after(0, 99)]
    assert ("wang", "camera.looked_live") in deeds


async def test_without_a_worker_or_a_picture_it_says_so(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient
) -> None:
    """503 with what is the matter; 404 for a camera one does not see."""
    identity = bench.services.identity
    add(identity, Named("qian", cameras=("yard",)))
    as_person(client, identity, Named("wang"))
    answer = await client.get(LIVE)
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:nonsite:problem:no_worker"

    head = CastHead(reason="the feed shows nothing now")
    thread = threading.Thread(target=_worker, args=(redis_client, head, []))
    thread.start()
    answer = await client.get(LIVE)
    thread.join()
    assert answer.json()["detail"] == "the feed shows nothing now"

    log_in(client, identity, "qian")
    assert (await client.get(LIVE)).status_code == 404


async def test_the_debug_view_shows_boxes_zones_and_clauses(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Candidates too: why something is not an alert (yet)."""
    as_person(client, bench.services.identity, ENGINEER)
    campus = CameraId("campus")
    track = Track(Box(0.1, 0.2, 0.3, 0.4), "car", 0.8, 80.0)
    far = UnseenArea(Box(0.0, 0.0, 1.0, 0.2), Unseen.NOT_COVERED)
    look = Look(campus, ViewName("home"), T0, (640, 480), (track,), unseen=(far,))
    bench.live.tell_look(look)
    one = staged(1, life=Life.CANDIDATE)
    bench.live.tell_judged(campus, [violation(one)])

    told = (await client.get("/api/v1/cameras/campus/debug")).json()

    assert [found["label"] for found in told["tracks"]] == ["car"]
    assert [area["why"] for area in told["unseen"]] == ["not_covered"]
    assert [zone["name"] for zone in told["zones"]] == ["kerb"]
    (place,) = told["places"]
    assert (place["life"], place["code"]) == ("candidate", "SW-01")
    assert len(place["clauses"]) == 1
    assert told["seconds_since_last_look"] < 60


async def test_a_probe_is_posted_and_its_result_told(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient
) -> None:
    """Queued until a worker has looked; figures, remedy and picture afterwards."""
    as_person(client, bench.services.identity, ENGINEER)
    receiver = CommandReceiver(redis_client, "worker_0", SystemClock())
    receiver.begin()
    body = {"looks": "rtsp://10.0.0.2:554/sub", "login": "dock"}
    posted = (await client.post("/api/v1/camera-probes", json=body)).json()
    assert posted["state"] == "queued"
    one = f"/api/v1/camera-probes/{posted['job']}"
    assert (await client.get(f"{one}/picture.jpg")).status_code == 404

    (job,) = receiver.take(lambda job: isinstance(job, ProbeFeed))
    assert isinstance(job, ProbeFeed)
    assert "dock" in job.feed
    receiver.attach(UUID(posted["job"]), b"\xff\xd8jpeg")
    stream = (
        '{"looks": {"codec": "h264", "size_px": [640, 360], "fps": 25.0, '
        '"key_interval_s": null, "has_long_gop": true, "has_b_frames": false, '
        '"bitrate_kbps": 900.0, "carries_utc": true, "watched_s": 8.0}}'
    )
    receiver.report(UUID(posted["job"]), JobState.DONE, stream)

    told = (await client.get(one)).json()
    assert (told["looks"]["width_px"], told["looks"]["has_long_gop"]) == (640, True)
    assert (await client.get(told["picture_url"])).content == b"\xff\xd8jpeg"
    receiver.report(UUID(posted["job"]), JobState.FAILED, '{"fault": "auth", "x": 1}')
    told = (await client.get(one)).json()
    assert (told["fault"], told["fault_zh"]) == ("auth", "登录被拒")


@pytest.mark.parametrize(
    "looks",
    [
        "rtsp://u:p@10.0.0.2/",
        "file:///etc/passwd",
        "/etc/passwd",
        "http://127.0.0.1:8600/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data",
        "concat:a|b",
    ],
)
async def test_an_address_that_may_not_be_tried_never_reaches_a_worker(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient, looks: str
) -> None:
    """Refused at the field, the password not repeated."""
    as_person(client, bench.services.identity, ENGINEER)

    answer = await client.post("/api/v1/camera-probes", json={"looks": looks})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].endswith("looks")
    assert "u:p" not in answer.text
    assert redis_client.xlen("nonsite:jobs") == 0


async def test_a_list_becomes_a_draft_and_nothing_is_kept(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Good lines are drawn in, wrong ones told; another media type is refused."""
    as_person(client, bench.services.identity, ENGINEER)
    raw = b"name,looks\ndock,rtsp://10.0.0.2/sub\nx y,rtsp://10.0.0.3/\n"
    url = "/api/v1/site/cameras"

    told = await client.post(url, content=raw, headers={"Content-Type": "text/csv"})
    other = await client.post(url, content=raw, headers={"Content-Type": "image/png"})

    assert other.status_code == 415
    drawn = told.json()
    assert drawn["added"] == ["dock"]
    assert [(one["line"], one["column"]) for one in drawn["problems"]] == [(3, "name")]
    body = {"content": drawn["content"]}
    checked = (await client.post("/api/v1/site/check", json=body)).json()
    assert [one["path"] for one in checked["changes"]] == ["cameras.dock"]
    assert "dock" not in (await client.get("/api/v1/site")).json()["content"]["cameras"]
