"""What happens by itself over a day: a hundred looks without alert are asked."""

from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import func, select

from alerts.live import LiveReader
from base.ids import CameraId
from cases.blind_rows import LookState
from cases.housekeeping import Housekeeping, HouseParts
from cases.misses import A_DAY
from cases.sampling import Sampler
from cases.tables import MissLookRow, SecondLookRow
from tests.cases.conftest import CLUE, WANG, Bureau

TURN_S = 60.0
TURNS = 24 * 60
CAMERAS: dict[CameraId, tuple[str, ...]] = {
    CameraId(name): ("SW-01",) for name in ("campus", "depot", "quay")
}


@dataclass
class LastLooks:
    """Last looks as Valkey holds them; `quay` shows nothing."""

    asked: list[CameraId] = field(default_factory=list)

    def picture(self, camera: CameraId) -> bytes | None:
        """The last look as JPEG."""
        self.asked.append(camera)
        return None if camera == "quay" else b"jpeg"


def _house(bureau: Bureau, looks: LastLooks) -> Housekeeping:
    return Housekeeping(
        HouseParts(
            database=bureau.database,
            desk=bureau.desk,
            sampler=Sampler(bureau.database, bureau.clock),
            intake=bureau.intake,
            live=cast("LiveReader", looks),
            judged=lambda: CAMERAS,
            clock=bureau.clock,
        )
    )


def test_a_day_asks_a_hundred_looks_where_nothing_was_raised(bureau: Bureau) -> None:
    """Neither a camera without picture nor one with an alert makes them fewer.

    The number is Poisson's with mean 100: four standard deviations either side.
    """
    bureau.alert()  # lasts at `campus` all day
    house = _house(bureau, LastLooks())
    for _ in range(TURNS):
        bureau.clock.advance(TURN_S)
        house.tidy()

    with bureau.database.reading() as session:
        kept = dict(
            session.execute(
                select(MissLookRow.camera, func.count()).group_by(MissLookRow.camera)
            ).all()
        )
    assert set(kept) == {"depot"}
    assert abs(kept["depot"] - A_DAY) <= 4 * A_DAY**0.5


def test_days_the_service_stood_still_get_their_sample(bureau: Bureau) -> None:
    """Verdicts of Monday are looked at again though Tuesday nobody served."""
    for n in range(3):
        bureau.desk.reviews.give(bureau.alert(n), WANG, CLUE)
    bureau.clock.advance(3 * 86_400)
    _house(bureau, LastLooks()).tidy()

    with bureau.database.reading() as session:
        states = list(session.scalars(select(SecondLookRow.state)))
    assert states == [LookState.OPEN.value] * 3
    drawn = [e.detail for e in bureau.trail() if e.action == "sample.drawn"]
    assert drawn == [{"day": "2026-11-23", "count": 3}]
