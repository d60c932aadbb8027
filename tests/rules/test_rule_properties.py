"""What must never change the set of alerts, whatever the story."""

from dataclasses import replace
from datetime import timedelta, timezone
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.look import Look, TrackId
from rules.clock_store import MemoryClockStore
from rules.violation import RAISED, TRANSITIONS, Life, Violation
from tests.rules.judging import engine_on, judged, newest
from tests.scenes.actor import BLACK, RED, WHITE, along, arriving
from tests.scenes.noise import QUIET, Noise, NoiseLevel, measured
from tests.scenes.street import on_street

PERIOD_S = 3.0
UNTIL_S = 420.0
COLOURS = st.sampled_from([WHITE, RED, BLACK])
COMMON = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@st.composite
def streets(draw: st.DrawFn) -> list[Look]:
    """One or two cars that come and go in places of their own, and a walker."""
    actors = []
    for z in (14.0, 24.0)[: draw(st.integers(1, 2))]:
        start = draw(st.integers(8, 120))
        stands_s = draw(st.sampled_from([20, 40, 120, 200]))
        colour = draw(COLOURS)
        actors.append(arriving(start, start + stands_s, 3.6, z, colour=colour))
    # false boxes are left out: a look with one is another story, not the same one
    vehicle = replace(measured().vehicle, false_boxes=0.0)
    level = draw(st.sampled_from([QUIET, NoiseLevel("no ghosts", Noise(), vehicle)]))
    seed = draw(st.integers(0, 10_000))
    return list(on_street(actors, level, seed).looks(UNTIL_S, PERIOD_S))


def _alerts(revisions: list[Violation]) -> set[tuple[str, str]]:
    return {(v.code, str(v.id)) for v in newest(revisions).values()}


@COMMON
@given(streets(), st.randoms(use_true_random=False))
def test_ids_of_tracks_mean_nothing(looks: list[Look], chance: Random) -> None:
    """Relabelling every track at every look changes no revision."""

    def relabelled(look: Look) -> Look:
        tracks = tuple(
            replace(track, id=TrackId(f"9.{chance.randrange(10**6)}"))
            for track in look.tracks
        )
        return replace(look, tracks=tracks)

    assert judged(relabelled(look) for look in looks) == judged(looks)


@COMMON
@given(streets(), st.sets(st.integers(0, int(UNTIL_S / PERIOD_S))))
def test_a_restart_at_any_look_gives_the_same_future(
    looks: list[Look], restarts: set[int]
) -> None:
    """The saved state is the whole memory."""
    store, found = MemoryClockStore(), list[Violation]()
    engine = engine_on(store=store)
    for index, look in enumerate(looks):
        if index in restarts:
            engine = engine_on(store=store, lease_epoch=index + 2)
        found += engine.judge(look)

    assert found == judged(looks)


@COMMON
@given(streets(), st.integers(0, 139), st.integers(1, 3))
def test_dropped_looks_below_the_gap_change_no_alert(
    looks: list[Look], first: int, count: int
) -> None:
    """Three looks lost (12 s at a dwell of 60 s): as many alerts, the same places."""
    kept = looks[:first] + looks[first + count :]

    whole, less = newest(judged(looks)), newest(judged(kept))

    assert [v.place.zone for v in less.values()] == [
        v.place.zone for v in whole.values()
    ]


@COMMON
@given(streets(), st.integers(0, 400))
def test_a_passer_by_changes_no_alert(looks: list[Look], start: int) -> None:
    """Somebody walking past the cars leaves the same number of alerts."""
    walker = along("person", (start, 6.0, 10.0), (start + 12, 1.0, 13.0))
    passing = list(on_street([walker]).looks(UNTIL_S, PERIOD_S))
    both = [
        replace(look, tracks=look.tracks + other.tracks)
        for look, other in zip(looks, passing, strict=True)
    ]

    assert len(newest(judged(both))) == len(newest(judged(looks)))


@COMMON
@given(streets(), st.integers(-12, 14))
def test_the_zone_of_the_stamps_changes_nothing(looks: list[Look], hours: int) -> None:
    """Media time is an instant: written in any zone it gives the same alerts."""
    zone = timezone(timedelta(hours=hours))
    moved = [replace(look, at=look.at.astimezone(zone)) for look in looks]

    assert _alerts(judged(moved)) == _alerts(judged(looks))


@COMMON
@given(streets())
def test_no_place_is_raised_twice_without_clearing(looks: list[Look]) -> None:
    """One open violation a place, legal steps only, revisions without a hole."""
    standing: dict[str, str] = {}
    before: dict[str, Violation] = {}
    for violation in judged(looks):
        key, id_ = violation.place.key, str(violation.id)
        last = before.get(id_)
        assert violation.revision == (last.revision + 1 if last else 1)
        assert last is None or violation.life in TRANSITIONS[last.life]
        before[id_] = violation
        if violation.life in RAISED:
            assert standing.get(key, id_) == id_
            standing[key] = id_
        if violation.life is Life.CLEARED:
            del standing[key]
