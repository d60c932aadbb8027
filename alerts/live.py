"""Worker → web: the last look of each camera, its picture and the state of its feed.

Everything expires: what is not renewed is not live; only when a camera was last looked
at is kept for a week, because its growing age is the alarm. No signature of anything
ever enters. A picture weighs a hundred times a look, and the embedded server writes
every byte to disk: the worker sends it small and not more often than people look.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from alerts.errors import StoreError
from alerts.redis_client import RedisClient, translated_redis_errors
from base.clock import Clock
from base.ids import CameraId
from detector.look import Look
from rules.violation import Violation
from streams.feed_status import FeedStatus

KEEP_S = 60
"""A look is due every 10 s at the least; after a minute nothing is live."""

TALLY_KEEP_S = 7 * 86400
"""How long it stays known when a silent camera was last looked at."""

SPOOLS_KEY = "nonsite:live:spools"

PICTURE_EVERY_S = 2.0
"""How often a camera's picture is sent at most."""

_LOOK = TypeAdapter(Look)
_STATUS = TypeAdapter(FeedStatus)
_JUDGED: TypeAdapter[tuple[Violation, ...]] = TypeAdapter(tuple[Violation, ...])


def _key(camera: CameraId, what: str) -> str:
    return f"nonsite:live:{{{camera}}}:{what}"


def without_signatures(look: Look) -> Look:
    """The look as it may leave the worker."""
    return replace(
        look,
        tracks=tuple(replace(track, signature=None) for track in look.tracks),
        regions=tuple(replace(region, signature=None) for region in look.regions),
    )


@dataclass(frozen=True, slots=True)
class LiveCamera:
    """What is known of one camera now.

    Attributes:
        status: State of its feed; None when no worker tells of it.
        look: Its last look, without signatures; None when there was none lately.
        looked_at: Wall time of the last look, worker's clock; None in a week without.
        looks: Looks counted so far; starts again after a week without.
    """

    status: FeedStatus | None
    look: Look | None
    looked_at: datetime | None = None
    looks: int = 0


class LiveWriter:
    """The worker's side; used by one thread at a time.

    Args:
        client: The Redis or Valkey.
        clock: For the pace of pictures and the wall time of looks.
    """

    def __init__(self, client: RedisClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._pictured: dict[CameraId, float] = {}

    def wants_picture(self, camera: CameraId) -> bool:
        """Whether the next look of `camera` should bring its picture."""
        last = self._pictured.get(camera)
        return last is None or self._clock.monotonic_s() - last >= PICTURE_EVERY_S

    def tell_look(self, look: Look, jpeg: bytes | None = None) -> None:
        """Show `look`, and its picture where one is given.

        Raises:
            StoreUnavailableError: Redis is away; the next look tells again.
        """
        raw = _LOOK.dump_json(without_signatures(look))
        pipe = self._client.pipeline(transaction=False)
        pipe.set(_key(look.camera, "look"), raw, ex=KEEP_S)
        tally = _key(look.camera, "tally")
        pipe.hset(tally, "looked_at", self._clock.utc_now().isoformat())
        pipe.hincrby(tally, "looks", 1)
        pipe.expire(tally, TALLY_KEEP_S)
        if jpeg is not None:
            self._pictured[look.camera] = self._clock.monotonic_s()
            pipe.set(_key(look.camera, "jpeg"), jpeg, ex=KEEP_S)
        with translated_redis_errors():
            pipe.execute()

    def tell_judged(self, camera: CameraId, judged: Sequence[Violation]) -> None:
        """Show what the rules make of a camera now, candidates included.

        Raises:
            StoreUnavailableError: Redis is away; the next look tells again.
        """
        raw = _JUDGED.dump_json(tuple(judged))
        with translated_redis_errors():
            self._client.set(_key(camera, "judged"), raw, ex=KEEP_S)

    def tell_status(self, camera: CameraId, status: FeedStatus) -> None:
        """Show how the feed of `camera` is doing.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            self._client.set(
                _key(camera, "status"), _STATUS.dump_json(status), ex=KEEP_S
            )

    def tell_lag(self, worker: str, entries: int) -> None:
        """Show how many entries the spool of `worker` holds that SQL does not.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        pipe = self._client.pipeline(transaction=False)
        pipe.hset(SPOOLS_KEY, worker, entries)
        pipe.expire(SPOOLS_KEY, TALLY_KEEP_S)
        with translated_redis_errors():
            pipe.execute()


class LiveReader:
    """The web's side; safe to use from any thread."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client

    def cameras(self, names: Sequence[CameraId]) -> dict[CameraId, LiveCamera]:
        """What is known of each of `names`, in their order.

        Raises:
            StoreUnavailableError: Redis is away.
            StoreError: What another process wrote there cannot be read.
        """
        pipe = self._client.pipeline(transaction=False)
        for name in names:
            pipe.get(_key(name, "status"))
            pipe.get(_key(name, "look"))
            pipe.hmget(_key(name, "tally"), "looked_at", "looks")
        with translated_redis_errors():
            found = pipe.execute()
        return {
            name: _live_camera(status, look, tally)
            for name, status, look, tally in zip(
                names, found[0::3], found[1::3], found[2::3], strict=True
            )
        }

    def camera(self, name: CameraId) -> LiveCamera:
        """What is known of one camera.

        Raises:
            StoreUnavailableError: Redis is away.
            StoreError: What another process wrote there cannot be read.
        """
        return self.cameras([name])[name]

    def spool_lags(self) -> dict[str, int]:
        """Entries each worker's spool was last known to hold that SQL does not.

        A worker that is gone keeps its figure: what it holds is still owed.

        Raises:
            StoreUnavailableError: Redis is away.
            StoreError: What another process wrote there cannot be read.
        """
        with translated_redis_errors():
            found = self._client.hgetall(SPOOLS_KEY)
        try:
            return {
                worker.decode() if isinstance(worker, bytes) else worker: int(held)
                for worker, held in found.items()
            }
        except ValueError as error:
            raise StoreError("a spool's lag cannot be read") from error

    def judged(self, name: CameraId) -> tuple[Violation, ...]:
        """What the rules make of a camera now, candidates included.

        Raises:
            StoreUnavailableError: Redis is away.
            StoreError: What another process wrote there cannot be read.
        """
        with translated_redis_errors():
            raw = self._client.get(_key(name, "judged"))
        if not isinstance(raw, bytes):
            return ()
        try:
            return _JUDGED.validate_json(raw)
        except (ValidationError, ValueError) as error:
            msg = f"what rules make of {name} cannot be read"
            raise StoreError(msg) from error

    def picture(self, name: CameraId) -> bytes | None:
        """The JPEG of the last look shown; None when there was none lately.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            found = self._client.get(_key(name, "jpeg"))
        return found if isinstance(found, bytes) else None


def _live_camera(
    status: bytes | None, look: bytes | None, tally: Sequence[bytes | None]
) -> LiveCamera:
    looked_at, looks = tally
    try:
        return LiveCamera(
            status=None if status is None else _STATUS.validate_json(status),
            look=None if look is None else _LOOK.validate_json(look),
            looked_at=None if looked_at is None else _aware(looked_at.decode()),
            looks=0 if looks is None else int(looks),
        )
    except (ValidationError, ValueError) as error:
        msg = f"a live look cannot be read: {str(error).splitlines()[0]}"
        raise StoreError(msg) from error


def _aware(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        msg = "a time without a zone"
        raise ValueError(msg)
    return at
