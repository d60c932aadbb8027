"""Ground points over HTTP: figures, a grid, junk refused."""

import httpx
import pytest

from tests.api.conftest import Bench
from tests.api.named import as_person
from tests.api.test_live_routes import ENGINEER

pytestmark = pytest.mark.anyio
GROUND = "/api/v1/site/ground"
POINTS = [
    {"picture": [0.2, 0.9], "metres": [0, 0]},
    {"picture": [0.8, 0.9], "metres": [6, 0]},
    {"picture": [0.6, 0.5], "metres": [6, 20]},
    {"picture": [0.4, 0.5], "metres": [0, 20]},
]


async def test_four_points_make_a_ground(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Nothing is off, and there is a grid to hold against the picture."""
    as_person(client, bench.services.identity, ENGINEER)

    told = (await client.post(GROUND, json={"points": POINTS})).json()

    assert told["problem"] is None
    assert told["off_m"] == pytest.approx([0, 0, 0, 0], abs=0.01)
    assert told["step_m"] == 2
    assert len(told["grid"]) > 4


async def test_three_points_are_too_few(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """An answer, not a refusal: somebody is about to place the fourth."""
    as_person(client, bench.services.identity, ENGINEER)

    told = (await client.post(GROUND, json={"points": POINTS[:3]})).json()

    assert (told["problem"], told["off_m"]) == ("too_few", [])


@pytest.mark.parametrize(
    "point",
    [
        {"picture": [1.2, 0.9], "metres": [0, 0]},
        {"picture": [0.2, 0.9], "metres": [1e9, 0]},
        {"picture": [0.2, 0.9], "metres": [None, 0]},
        {"picture": [0.2], "metres": [0, 0]},
        {"picture": [0.2, 0.9], "metres": [0, 0], "more": 1},
    ],
)
async def test_junk_is_refused_by_the_key_it_is_at(
    client: httpx.AsyncClient, bench: Bench, point: object
) -> None:
    """422 that names the point."""
    as_person(client, bench.services.identity, ENGINEER)

    answer = await client.post(GROUND, json={"points": [*POINTS, point]})

    assert answer.status_code == 422
    assert "points.4" in answer.json()["errors"][0]["field"]


PEOPLE = [
    {"left": 0.2, "top": 0.55, "right": 0.24, "bottom": 0.9},
    {"left": 0.5, "top": 0.46, "right": 0.53, "bottom": 0.7},
    {"left": 0.7, "top": 0.4, "right": 0.72, "bottom": 0.55},
]
TAKEN = {"boxes": PEOPLE, "height_m": 1.7, "fov_deg": 70, "picture_px": [1920, 1080]}


async def test_a_few_standing_people_make_a_ground(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Figures for each, and a grid to hold against the picture."""
    as_person(client, bench.services.identity, ENGINEER)

    told = (await client.post(GROUND, json={"people": TAKEN})).json()
    few = {**TAKEN, "boxes": PEOPLE[:2]}

    assert told["problem"] is None
    assert len(told["off_m"]) == 3
    assert len(told["grid"]) > 4
    answer = (await client.post(GROUND, json={"people": few})).json()
    assert (answer["problem"], answer["off_m"]) == ("few_people", [])


@pytest.mark.parametrize(
    "body",
    [
        {"people": {**TAKEN, "fov_deg": 400}},
        {"people": {**TAKEN, "picture_px": [0, 0]}},
        {"people": {**TAKEN, "boxes": [{**PEOPLE[0], "top": 0.95}]}},
        {"people": TAKEN, "points": POINTS},
    ],
)
async def test_junk_of_people_is_refused(
    client: httpx.AsyncClient, bench: Bench, body: object
) -> None:
    """No such lens, no picture, head below the feet, both kinds at once."""
    as_person(client, bench.services.identity, ENGINEER)

    assert (await client.post(GROUND, json=body)).status_code == 422
