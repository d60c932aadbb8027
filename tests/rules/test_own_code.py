"""A bureau's own code: a row in YAML, judged, overridden, and refused by its path."""

from pathlib import Path

import pytest

from base.errors import ConfigError
from detector.look import Track
from rules.build import CameraRules
from rules.catalogue import with_codes
from rules.clause import Why
from rules.clock_store import MemoryClockStore
from rules.engine import RuleEngine
from rules.settings import Purpose, ZoneSection
from rules.violation import Severity
from sites.load import parse_site, read_site
from tests.rules.judging import judged, newest
from tests.rules.test_goods import MINDER
from tests.rules.test_goods import pavement as heap_pavement
from tests.rules.test_goods import street as heap_street
from tests.scenes.actor import parked
from tests.scenes.scene import CAMERA, VIEW
from tests.scenes.street import KERB, on_street, pavement

SAMPLE = Path(__file__).parents[2] / "samples" / "own_code.yaml"


def test_the_sample_code_raises_without_a_line_of_python() -> None:
    """Half a minute on the fire lane, and the car is told under the new code."""
    site = read_site(SAMPLE)
    lane = ZoneSection(purpose=Purpose.FIRE_LANE, points=pavement().points)
    settings = CameraRules(CAMERA, VIEW, {KERB: lane}, catalogue=with_codes(site.codes))
    engine = RuleEngine(settings, MemoryClockStore(), 1)

    found = newest(judged(on_street([parked(0, 50, 3.5, 16)]).looks(50), engine))

    assert [v.code for v in found.values()] == ["ZX-01"]


STEP = (
    "severity: S2\n    severity_when: [{severity: S1, "
    "when: {clause: overlaps_purpose, params: {share: 7}}}]"
)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "still_for]",
            "stands_for]",
            "codes.ZX-01.clauses.2: no clause is named stands_for",
        ),
        (
            "still_for]",
            "still_for, {clause: not_permitted, params: {true: 1}}]",
            "codes.ZX-01.clauses.3.params.true: YAML reads this key as no text",
        ),
        (
            "severity: S2",
            STEP,
            "codes.ZX-01.severity_when.0.when.params.share: Input should be less than",
        ),
        ("ZX-01:  ", "SW-01:  ", "codes.SW-01: is in the catalogue"),
        ("ZX-01:  ", "Z1:  ", "codes.Z1: a code looks like AB-01"),
        ("dwell_s: 30", "dwell_s: 0", "codes.ZX-01: defaults.dwell_s"),
    ],
    ids=[
        "no clause",
        "a key that is true",
        "in a step",
        "a code that is taken",
        "no code",
        "no dwell",
    ],
)
def test_a_wrong_code_is_refused_by_its_path(old: str, new: str, told: str) -> None:
    """The start stops with the key that is wrong."""
    text = SAMPLE.read_text().replace(old, new, 1)

    with pytest.raises(ConfigError) as caught:
        parse_site(text.encode())

    assert any(told in problem for problem in caught.value.problems)


def _graver_when(clause: str) -> RuleEngine:
    """The sample's code on things left on a pavement, graver when a clause is true."""
    step = f"severity: S2\n    severity_when: [{{severity: S1, when: {clause}}}]"
    text = (
        SAMPLE.read_text()
        .replace("vehicle_in_zone", "thing_in_zone")
        .replace("place: standing_vehicle", "place: standing_thing")
        .replace("zones: [fire_lane]", "zones: [pavement]")
        .replace("severity: S2", step, 1)
        .replace("dwell_s: 30,", "dwell_s: 300,")
    )
    codes = with_codes(parse_site(text.encode()).codes)
    settings = CameraRules(CAMERA, VIEW, heap_pavement(), catalogue=codes)
    return RuleEngine(settings, MemoryClockStore(), 1)


@pytest.mark.parametrize(
    ("beside", "graver"), [((MINDER,), Severity.S1), ((), Severity.S2)]
)
def test_a_step_alone_has_its_neighbours_watched(
    beside: tuple[Track, ...], graver: Severity
) -> None:
    """No clause of the row asks who minds the heap; what makes it graver does."""
    engine = _graver_when("{clause: attended}")

    found = newest(judged(heap_street(600, (0, 600), beside), engine)).values()

    assert [v.severity for v in found if v.code == "ZX-01"] == [graver]


def test_check_lists_what_a_step_lacks_and_that_it_holds_nothing_back() -> None:
    """The severity cannot be told, the violation can."""
    engine = _graver_when("{clause: class_near, params: {classes: [cone]}}")

    told = engine.wanted(frozenset({"person"}), has_reference=True)

    assert [(b.clause, b.why, b.holds_back) for b in told if b.code == "ZX-01"] == [
        ("class_near", Why.NO_SUCH_CLASS, False)
    ]


def test_what_is_wrong_with_a_code_is_told_once() -> None:
    """Not again at each zone that overrides it; the override's own key is named so."""
    sample = SAMPLE.read_text()
    code = sample.replace("still_for]", "stands_for]")
    override = sample.replace("dwell_s: 10", "clauses: {still_for: {speed: 3}}")
    whole = "cameras.campus.views.home.zones.lane.rules.ZX-01.clauses.still_for.speed"

    with pytest.raises(ConfigError) as of_code:
        parse_site(code.encode())
    with pytest.raises(ConfigError) as of_override:
        parse_site(override.encode())

    assert len(of_code.value.problems) == 1
    (told,) = of_override.value.problems
    assert told.startswith(f"{whole}: ")
    assert told.endswith("(line 31)")
