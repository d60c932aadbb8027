"""The violation of one place: which look makes a revision, and what it carries."""

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from base.ids import ViewName, ZoneName
from detector.box import Box
from rules.build import CameraRules, build_rules
from rules.clause import ALWAYS, Outcome, Truth, Why, false, true, unknown
from rules.life import Fact
from rules.lives import Lives, Told
from rules.place import SlotId
from rules.rule_state import Kept
from rules.settings import RuleSection
from rules.slot import Slot
from rules.state_text import read
from rules.violation import Gap, Life, Phase, Severity, Violation
from tests.scenes.scene import CAMERA, T0
from tests.scenes.street import KERB, pavement

BOX = Box(0.2, 0.2, 0.4, 0.4)
RULE = RuleSection(dwell_s=60, grace_s=100)


def at(seconds: float) -> datetime:
    """That long after the beginning."""
    return T0 + timedelta(seconds=seconds)


def _inputs_lives() -> Lives:
    zone = pavement({"SW-01": RULE}).model_copy(update={"ground": "square"})
    settings = CameraRules(CAMERA, ViewName("home"), {KERB: zone}, config="c7")
    return Lives(build_rules(settings)["SW-01"].inputs)


@dataclass
class Place:
    """One slot and its violation."""

    lives: Lives = field(default_factory=_inputs_lives)
    slot: Slot = field(
        default_factory=lambda: Slot(
            SlotId("x30y40"), KERB, BOX, "car", 0.8, 0.7, 90.0, T0, at(4), at(2), at(4)
        )
    )

    def look(
        self,
        seconds: float,
        fact: Fact = Fact.UNTOLD,
        *outcomes: Outcome,
        severity: Severity = Severity.S3,
        names: tuple[str, ...] = ("there", "still"),
    ) -> Violation | None:
        """One look; by default there and not yet long enough."""
        said = outcomes or (true(0.8, 0.5), false(seconds, 60))
        told = Told(self.slot, names, said, fact, severity)
        return self.lives.judge(told, at(seconds), "net@1")


def _new(told: Violation | None) -> Violation:
    assert told is not None
    return told


def test_the_first_look_is_a_candidate_with_everything_in_it() -> None:
    """Revision 1: the place, the times, the trace, the configuration, the network."""
    place = Place()
    place.slot.observed_s, place.slot.gaps = 3.5, [Gap(at(1), at(2))]
    first = _new(place.look(4))

    assert (first.revision, first.life, first.phase) == (1, Life.CANDIDATE, Phase.GRACE)
    assert (first.code, first.config, first.model) == ("SW-01", "c7", "net@1")
    assert (first.place.camera, first.place.view) == (CAMERA, "home")
    assert (first.place.zone, first.place.slot) == (KERB, "x30y40")
    assert first.place.ground == "square"
    assert (first.first_seen, first.last_seen, first.at) == (T0, at(4), at(4))
    assert (first.box, first.label, first.score) == (BOX, "car", 0.8)
    assert (first.observed_s, first.gaps) == (3.5, (Gap(at(1), at(2)),))
    assert (first.opened_at, first.due_at, first.cleared_at) == (None, None, None)
    assert first.continuity_known
    there, still = first.clauses
    assert (there.clause, there.truth, there.value, there.limit) == (
        "there",
        Truth.TRUE,
        0.8,
        0.5,
    )
    assert (still.clause, still.truth, still.why) == ("still", Truth.FALSE, None)
    assert (there.since, there.looks) == (at(4), (T0, at(2), at(4)))


def test_a_look_without_news_makes_no_revision() -> None:
    """A number that moves is none."""
    place = Place()
    place.look(4)

    assert place.look(6) is None
    assert place.look(8, Fact.UNTOLD, true(0.9, 0.5), false(8, 60)) is None


def test_a_clause_that_turns_is_news_and_dated() -> None:
    """The turned one since now, the other since it was so; the reason counts too."""
    place = Place()
    place.look(4)
    turned = _new(place.look(60, Fact.HOLDS, true(0.8, 0.5), true(60, 60)))

    assert (turned.revision, turned.life) == (2, Life.OPEN)
    assert [c.since for c in turned.clauses] == [at(4), at(60)]
    assert (turned.opened_at, turned.due_at) == (at(60), at(160))

    dark = unknown(Why.OCCLUDED, 0.8, 0.5)
    hidden = _new(place.look(70, Fact.UNTOLD, dark, true(60, 60)))
    assert (hidden.revision, hidden.life) == (3, Life.OPEN)
    assert hidden.clauses[0].why is Why.OCCLUDED
    assert [c.since for c in hidden.clauses] == [at(70), at(60)]
    assert place.look(72, Fact.UNTOLD, dark, true(62, 60)) is None
    other = unknown(Why.NOT_COVERED)
    assert _new(place.look(80, Fact.UNTOLD, other, true(70, 60))).revision == 4


def test_a_clause_that_flickers_while_it_stands_is_told_every_ten_seconds() -> None:
    """Dated when it turned, not when it is told; its life is told at once."""
    dark, still = unknown(Why.OCCLUDED, 0.8, 0.5), true(60, 60)
    place = Place()
    place.look(4)
    place.look(60, Fact.HOLDS, true(0.8, 0.5), still)

    assert place.look(62, Fact.UNTOLD, dark, still) is None
    assert place.look(64, Fact.HOLDS, true(0.8, 0.5), still) is None
    assert place.look(66, Fact.UNTOLD, dark, still) is None
    assert place.look(69.9, Fact.UNTOLD, dark, still) is None
    told = _new(place.look(70, Fact.UNTOLD, dark, still))
    assert (told.revision, told.at, told.clauses[0].since) == (3, at(70), at(66))

    assert place.look(72, Fact.HOLDS, true(0.8, 0.5), still) is None
    ended = _new(place.look(74, Fact.ENDED, true(0.8, 0.5), false()))
    assert (ended.revision, ended.life) == (4, Life.CLEARED)
    assert [c.since for c in ended.clauses] == [at(72), at(74)]


def test_a_clause_that_has_turned_back_is_not_told() -> None:
    """Nothing is different from what was told; a turn not told outlives a restart."""
    dark, still = unknown(Why.OCCLUDED, 0.8, 0.5), true(60, 60)
    place = Place()
    place.look(4)
    place.look(60, Fact.HOLDS, true(0.8, 0.5), still)
    place.look(62, Fact.UNTOLD, dark, still)
    again = _inputs_lives()
    again.restore(read(place.lives.dump(), list[Kept], "kept"))

    assert place.look(64, Fact.HOLDS, true(0.8, 0.5), still) is None
    assert place.look(90, Fact.HOLDS, true(0.8, 0.5), still) is None
    assert place.lives.lasts_until(place.slot) == at(160)
    place.lives = again
    assert place.lives.lasts_until(place.slot) is None
    told = _new(place.look(90, Fact.UNTOLD, dark, still))
    assert told.clauses[0].since == at(62)
    assert place.lives.lasts_until(place.slot) == at(160)


def test_a_clause_that_knows_since_when_is_believed() -> None:
    """And one that always was so is dated by the look."""
    place = Place()
    first = _new(place.look(9, Fact.UNTOLD, true(since=at(2)), true(since=ALWAYS)))

    assert [c.since for c in first.clauses] == [at(2), at(9)]


def test_another_composition_is_news() -> None:
    """More clauses, or others under the same truths."""
    place = Place()
    place.look(4)

    assert place.look(6, names=("there", "moved")) is not None
    more = place.look(8, Fact.UNTOLD, true(), false(), true(), names=("a", "b", "c"))
    assert len(_new(more).clauses) == 3


def test_doubt_and_severity_are_news() -> None:
    """Told once each, and kept."""
    place = Place()
    place.look(4)
    place.slot.continuity_known = False
    doubted = _new(place.look(6))
    assert not doubted.continuity_known
    assert place.look(8) is None

    graver = _new(place.look(10, severity=Severity.S2))
    assert graver.severity is Severity.S2
    assert place.look(12, severity=Severity.S2) is None


def _opened() -> Place:
    place = Place()
    place.look(4)
    place.look(60, Fact.HOLDS, true(0.8, 0.5), true(60, 60))
    return place


def test_it_ends_when_the_place_was_left_and_is_then_silent() -> None:
    """Cleared since the place says; what turns afterwards is no news."""
    place = _opened()
    place.slot.is_absent, place.slot.missing_since = True, at(80)
    ended = _new(place.look(100, Fact.ENDED, false(0.8, 0.5), true(60, 60)))

    assert (ended.life, ended.cleared_at) == (Life.CLEARED, at(80))
    assert place.lives.is_cleared(place.slot)
    assert not place.lives.is_standing(place.slot)
    assert place.look(102, Fact.ENDED, unknown(Why.OCCLUDED), true(60, 60)) is None


def test_closing_an_open_one_is_its_last_word() -> None:
    """Over since then, because the first clause is no longer so; then forgotten."""
    place = _opened()
    last = _new(place.lives.close(place.slot, at(70), at(90), "net@2"))

    assert (last.life, last.cleared_at, last.at) == (Life.CLEARED, at(70), at(90))
    assert (last.revision, last.model) == (3, "net@2")
    first, second = last.clauses
    assert (first.truth, first.since, first.why) == (Truth.FALSE, at(70), None)
    assert (second.truth, second.since) == (Truth.TRUE, at(60))
    assert place.lives.kept() == []
    assert place.lives.remembered(place.slot) is None


def test_closing_what_is_over_or_was_never_told_says_nothing() -> None:
    """A candidate is told to be dropped; nothing after the end."""
    cleared = _opened()
    cleared.slot.is_absent, cleared.slot.missing_since = True, at(80)
    cleared.look(100, Fact.ENDED, false(), true())
    candidate, fresh = Place(), Place()
    candidate.look(4)

    assert cleared.lives.close(cleared.slot, at(80), at(600), "") is None
    assert fresh.lives.close(fresh.slot, at(8), at(9), "") is None
    dropped = _new(candidate.lives.close(candidate.slot, at(8), at(9), ""))
    assert dropped.life is Life.DROPPED


def test_what_is_remembered_says_whether_it_left_the_worker() -> None:
    """A candidate is nobody's business outside; an open one is told whole."""
    place = Place()
    place.look(4)
    candidate = place.lives.remembered(place.slot)
    assert candidate is not None
    assert candidate.life is Life.CANDIDATE
    assert not place.lives.was_raised(place.slot)
    opened = _opened()

    again = opened.lives.remembered(opened.slot)
    assert again is not None
    assert (again.revision, again.at, again.life) == (2, at(60), Life.OPEN)
    assert opened.lives.was_raised(opened.slot)
    assert opened.lives.is_standing(opened.slot)
    assert opened.lives.life(opened.slot) is Life.OPEN


def test_what_is_saved_is_written_anew_only_after_a_change() -> None:
    """And read back it goes on where it was."""
    place = _opened()
    saved = place.lives.dump()
    place.look(62, Fact.HOLDS, true(0.8, 0.5), true(62, 60))
    assert place.lives.dump() is saved

    other = replace(place, lives=_inputs_lives())
    other.lives.restore(place.lives.kept())
    due = _new(other.look(160, Fact.HOLDS, true(0.8, 0.5), true(160, 60)))
    assert (due.revision, due.phase, due.opened_at) == (3, Phase.DUE, at(60))
    assert other.lives.dump() != saved


def test_places_are_told_apart_by_zone_and_slot() -> None:
    """Two slots, two violations."""
    place = _opened()
    other = replace(place, slot=copy(place.slot))
    elsewhere = replace(place, slot=copy(place.slot))
    other.slot.id, elsewhere.slot.zone = SlotId("x31y40"), ZoneName("far")

    assert _new(other.look(70)).revision == 1
    assert place.lives.remembered(elsewhere.slot) is None
    place.lives.forget(place.slot)
    assert place.lives.remembered(place.slot) is None
    assert [(one.zone, one.slot) for one in place.lives.kept()] == [
        (other.slot.zone, other.slot.id)
    ]


def test_a_place_merely_asked_about_is_not_saved() -> None:
    """Whatever is asked of it, even its end."""
    place = Place()
    lives, slot = place.lives, place.slot

    assert not lives.is_standing(slot)
    assert not lives.is_cleared(slot)
    assert not lives.was_raised(slot)
    assert lives.life(slot) is Life.CANDIDATE
    assert lives.remembered(slot) is None
    assert lives.close(slot, at(5), at(5), "net@1") is None
    assert lives.dump() == b"[]"
