"""What happens by itself over a day: a hundred looks without alert are asked."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from sqlalchemy import select

from alerts.live import LiveReader
from base.ids import CameraId
from cases.blind_rows import LookState
from cases.housekeeping import Housekeeping, HouseParts
from cases.miss_draw import A_DAY, MissDraw, moments_of
from cases.sampling import Sampler
from cases.tables import MissDayRow, MissLookRow, SecondLookRow
from tests.cases.conftest import CLUE, NOW, WANG, Bureau

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


def test_a_day_asks_a_hundred_looks_however_many_services_ask(bureau: Bureau) -> None:
    """Neither a camera without picture nor one with an alert makes them fewer.

    Two services draw at the same moments, and of each moment one look is kept.
    """
    bureau.alert()  # lasts at `campus` all day
    with bureau.database.transaction() as session:
        session.add(MissDayRow(day="2026-11-24", seed="a day"))
    midnight = NOW + timedelta(hours=13)  # +08:00
    houses = [_house(bureau, LastLooks()) for _ in range(2)]
    for at in (0.0, *moments_of("a day")):
        moment = midnight + timedelta(seconds=at + 0.5)
        bureau.clock.advance((moment - bureau.clock.utc_now()).total_seconds())
        for house in houses:
            house.tidy()

    with bureau.database.reading() as session:
        rows = session.execute(
            select(MissLookRow.day, MissLookRow.number, MissLookRow.camera)
        ).all()
    assert {(day, camera) for day, _, camera in rows} == {("2026-11-24", "depot")}
    assert sorted(number or 0 for _, number, _ in rows) == list(range(A_DAY))


def test_moments_nobody_served_are_not_made_up_for(bureau: Bureau) -> None:
    """A service that was away for hours asks no flood of looks when it is back."""
    draw = MissDraw(bureau.database, bureau.clock)
    assert draw.due() == ()
    bureau.clock.advance(6 * 3600)

    assert len(draw.due()) <= 5
    bureau.clock.advance(0.001)
    assert draw.due() == ()


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
