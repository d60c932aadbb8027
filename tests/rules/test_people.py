"""The memory of people in one view: who counts, who lay still, what is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from base.ids import ZoneName
from detector.box import Box
from detector.look import PERSON, Body, Look, Posture, Track
from rules.errors import RuleError
from rules.ground_plane import GroundPlane, from_points
from rules.people import People
from rules.settings import Purpose, ZoneSection
from rules.view_scene import ViewScene
from tests.rules.yard import PIT, RING, look_at, pit_zones, square
from tests.scenes.scene import CAMERA, CLASSES, T0, VIEW

FLAT = from_points(
    ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
    ((0.0, 10.0), (10.0, 10.0), (10.0, 0.0), (0.0, 0.0)),
)
"""Ten metres wide at every row: a metre is a tenth of the picture's width."""


def _at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def _tall(high: float, x: float = 0.62) -> Track:
    return Track(Box(x - 0.02, 0.65 - high, x + 0.02, 0.65), PERSON, 0.8, 200.0)


def _look(at_s: float, *tracks: Track, size: tuple[int, int] = (1000, 1000)) -> Look:
    return Look(CAMERA, VIEW, _at(at_s), size, tracks, classes=CLASSES)


def _people(*looks: Look, ground: GroundPlane | None = None) -> People:
    people = People(ViewScene(pit_zones(), ground=ground))
    for look in looks:
        people.watch(look, look.at, is_blind=False)
    return people


@pytest.mark.parametrize(
    ("high", "size", "is_one"),
    [
        pytest.param(0.17, (1000, 1000), True, id="a person"),
        pytest.param(0.26, (1000, 1000), False, id="a poster"),
        pytest.param(0.03, (1000, 1000), False, id="a shadow"),
        # in a picture twice as wide a metre is a fifth of its height
        pytest.param(0.34, (2000, 1000), True, id="a person in a wide picture"),
        pytest.param(0.52, (2000, 1000), False, id="a poster in a wide picture"),
        pytest.param(0.07, (2000, 1000), False, id="a shadow in a wide picture"),
    ],
)
def test_shadows_and_posters_are_nobody_where_the_ground_tells_heights(
    high: float, size: tuple[int, int], *, is_one: bool
) -> None:
    """From 0.4 to 2.5 m; without a ground plane nothing is thrown out."""
    look = _look(0, _tall(high), size=size)
    people = _people(look, ground=FLAT)

    assert bool(people.presence.shown.get(RING)) is is_one
    assert people.last_person == (T0 if is_one else None)
    assert _people(look).presence.shown.get(RING)


def test_a_blind_look_moves_nothing_on() -> None:
    """Nobody is lost by it, and nobody found."""
    people = _people(look_at(0, [(0.55, 0.65)]), look_at(1, [(0.55, 0.65)]))
    before = people.state()
    blind = look_at(2, [(0.9, 0.9)])
    people.watch(blind, blind.at, is_blind=True)

    assert people.state() == before
    assert RING not in people.presence.shown
    assert people.now == {}


def test_where_nobody_asks_nobody_is_followed() -> None:
    """A street without openings or heights."""
    people = _people()
    people.is_watching = False
    people.watch(look_at(0, [(0.5, 0.6)]), T0, is_blind=False)

    assert (people.began, people.last_person) == (None, None)
    assert RING not in people.presence.shown


def test_without_a_zone_for_people_it_is_known_that_somebody_was_there() -> None:
    """Only that, for the rate of looks."""
    kerb = ZoneSection(purpose=Purpose.PAVEMENT, points=square(0.5, 0.5, 0.4))
    people = People(ViewScene({ZoneName("kerb"): kerb}))
    people.watch(look_at(3, [(0.5, 0.6)]), _at(3), is_blind=False)

    assert (people.began, people.last_person) == (None, _at(3))
    assert list(people.walkers) == []


def test_the_first_look_and_the_newest_person_are_remembered() -> None:
    """The first stays the first; a look without anybody is no news."""
    looks = [look_at(0), look_at(1, [(0.1, 0.9)]), look_at(2)]
    people = _people(*looks)

    assert (people.began, people.last_person) == (_at(0), _at(1))


def _lying(at_s: float, *still_s: float, posture: Posture = Posture.LYING) -> Look:
    body = Body(posture, 0.0, 0.0, fell=None)
    tracks = [
        replace(_tall(0.1, 0.5 + 0.1 * n), body=replace(body, still_s=seconds))
        for n, seconds in enumerate(still_s)
    ]
    return _look(at_s, *tracks)


@pytest.mark.parametrize(
    ("looks", "down_s"),
    [
        pytest.param([_lying(20, 4.9)], None, id="a stumble"),
        pytest.param([_lying(20, 5.0)], (15, 20), id="five seconds"),
        pytest.param([_lying(20, 9.0, posture=Posture.LOW)], None, id="kneels"),
        pytest.param([_lying(20, 2.0, 7.0)], (13, 20), id="the longest counts"),
        pytest.param([_lying(20, 6.0), _lying(30, 16.0)], (14, 30), id="goes on"),
        pytest.param([_lying(20, 9.0), _lying(24, 5.0)], (11, 24), id="told shorter"),
        pytest.param([_lying(20, 6.0), _lying(25, 5.0)], (14, 25), id="at once again"),
        pytest.param([_lying(20, 6.0), _lying(60, 8.0)], (52, 60), id="another time"),
        pytest.param([_lying(20, 6.0), _look(30, _tall(0.2))], (14, 20), id="got up"),
    ],
)
def test_who_lies_still_for_five_seconds_is_down(
    looks: Sequence[Look], down_s: tuple[float, float] | None
) -> None:
    """Since when, and until when it was last seen."""
    down = _people(*looks).down

    assert down == (None if down_s is None else (_at(down_s[0]), _at(down_s[1])))


def test_what_is_saved_is_taken_up_whole() -> None:
    """Everybody followed, who was where, the openings, and who lay there."""
    looks = [look_at(n, [(0.55 + 0.01 * n, 0.65), (0.9, 0.9)]) for n in range(4)]
    people = _people(*looks)
    people.down = (_at(1), _at(2))
    again = _people()
    again.restore(people.state())

    assert again.state() == people.state()
    assert (again.began, again.last_person, again.down) == (
        people.began,
        people.last_person,
        people.down,
    )
    following = look_at(4, [(0.59, 0.65), (0.9, 0.9), (0.1, 0.2)])
    for one in (people, again):
        one.watch(following, following.at, is_blind=False)
    assert [w.number for w in again.walkers] == [w.number for w in people.walkers]
    assert again.presence.shown[RING][0].number == people.presence.shown[RING][0].number


def test_a_zone_that_is_drawn_no_more_is_forgotten_and_a_new_one_begins_empty() -> None:
    """What was seen in it counts for no other."""
    people = _people(*(look_at(n, [(0.6, 0.65)]) for n in range(4)))
    zones = {PIT: pit_zones()[PIT]}
    fewer = People(ViewScene(zones))
    fewer.restore(people.state())
    more = _people()
    more.restore(fewer.state())

    assert people.seen_in(RING) is not None
    assert fewer.seen_in(RING) is None
    assert more.seen_in(RING) is None
    assert not more.passage(PIT).inside


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b'{"version": 2}', b"\xff"])
def test_a_damaged_state_is_refused(raw: bytes) -> None:
    """With a word that says what it was."""
    with pytest.raises(RuleError, match="the saved people cannot be read: "):
        _people().restore(raw)


def test_who_was_seen_in_a_zone_is_forgotten_after_ten_minutes() -> None:
    """And not before."""
    looks = [look_at(n, [(0.6, 0.65)]) for n in range(4)]
    people = _people(*looks, look_at(603))

    assert people.seen_in(RING) is not None
    people.watch(look_at(603.5), _at(603.5), is_blind=False)
    assert people.seen_in(RING) is None


def test_seen_in_a_zone_is_the_newest_who_stayed_long_enough() -> None:
    """The lowest number of equals; whoever is left out is left out."""
    left, right = (0.4, 0.65), (0.6, 0.65)
    looks = [look_at(n, [right] if n == 3 else [left, right]) for n in range(6)]
    people = _people(*looks)
    first = people.seen_in(RING)
    assert first is not None
    other = people.seen_in(RING, [first.walker])
    assert other is not None

    assert (first.walker, first.first, first.last, first.count) == (1, T0, _at(5), 5)
    assert (other.walker, other.first, other.last, other.count) == (2, T0, _at(5), 6)
    assert people.seen_in(RING, lasting_s=5) == first
    assert people.seen_in(RING, lasting_s=5.1) is None
    assert people.seen_in(RING, [1, 2]) is None
    assert people.seen_in(PIT) is None
    people.watch(look_at(6, [right]), _at(6), is_blind=False)
    newest = people.seen_in(RING)
    assert newest is not None
    assert (newest.walker, newest.last) == (2, _at(6))


def test_how_much_of_a_zone_is_hidden_is_asked_of_the_newest_look() -> None:
    """A truck over the right half of the ring; a person hides nothing."""
    truck = Track(Box(0.5, 0.3, 0.8, 0.9), "truck", 0.9, 500.0)
    people = _people(_look(0, truck, _tall(0.3, 0.4)))

    assert people.hidden_share(RING) == pytest.approx(0.5)
    assert people.hidden_share(ZoneName("elsewhere")) == 0
    people.watch(_look(1), _at(1), is_blind=False)
    assert people.hidden_share(RING) == 0
    assert _people().hidden_share(RING) == 0
