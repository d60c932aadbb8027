"""Second looks, the daily sample, miss looks, and the figures made of them."""

import threading
from collections.abc import Callable, Hashable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Select, func, select

from alerts.alert import AlertId
from alerts.errors import NotFoundError
from alerts.evidence_writer import write_pack
from alerts.pack import EvidenceFile, Pack, PackId, PackState, Role
from base.ids import CameraId
from cases.blind_rows import SampleOutcome
from cases.errors import ConflictError, GateError, LeaseLostError, TooLateError
from cases.life import Act, ReviewState
from cases.queue import SampledAs, both, reviewed_as, sampled_as
from cases.review import LEASE_S, UNDO_S
from cases.sampling import Sampler, sample_size, stratified
from cases.statistics import kappa, wilson
from cases.tables import SecondLookRow
from cases.verdict import Reason, Verdict
from rules.violation import Phase
from tests.api.stored import staged
from tests.cases.conftest import (
    CLUE,
    LI,
    NOW,
    PERMITTED,
    WANG,
    ZHAO,
    Bureau,
    agreed,
    confirmed,
    person,
    run_together,
)

DAY_S = 86_400
REFUSED = Verdict(Act.DISAGREE, "有许可", reason=Reason.PERMITTED)


def _judged(bureau: Bureau, total: int, rejected: int) -> None:
    """`total` alerts judged by wang, the first `rejected` of them rejected."""
    ids = bureau.alerts([staged(n, phase=Phase.DUE) for n in range(total)])
    for n, alert in enumerate(ids):
        verdict = PERMITTED if n < rejected else CLUE
        bureau.desk.reviews.give(alert, WANG, verdict)


def _sampled(bureau: Bureau) -> int:
    bureau.clock.advance(DAY_S)
    return Sampler(bureau.database, bureau.clock).draw()


def test_the_sample_is_five_percent_and_at_least_twenty() -> None:
    """And never more than there is."""
    assert [sample_size(n) for n in (0, 7, 20, 400, 401, 1000)] == [
        0,
        7,
        20,
        20,
        21,
        50,
    ]


def test_every_stratum_gives_something_and_the_seed_the_same_again() -> None:
    """Small rules and the rejected pool are looked at too."""
    strata: dict[Hashable, list[int]] = {
        "big": list(range(900)),
        "small": [1000],
        "rejected": [2000, 2001],
    }

    first, again = (stratified(strata, 45, "2026-11-23") for _ in range(2))

    assert first == again
    assert len(first) == len(set(first)) == 45
    assert 1000 in first
    assert {2000, 2001} & set(first)
    assert stratified(strata, 45, "2026-11-24") != first
    assert len(stratified(strata, 903, "x")) == 903


def test_yesterdays_sample_is_drawn_once_and_never_by_its_own_author(
    bureau: Bureau,
) -> None:
    """It waits for another person, among second confirmations, not told apart."""
    _judged(bureau, 25, 10)

    assert _sampled(bureau) == 20
    assert Sampler(bureau.database, bureau.clock).draw() == 0
    with pytest.raises(NotFoundError):
        bureau.desk.blind.take(WANG, None)
    look = bureau.desk.blind.take(LI, None)
    begun = bureau.clock.utc_now() - timedelta(days=1)
    assert (
        _found(bureau, sampled_as(SampledAs(since=begun))) == 0
    )  # who looks knows nothing
    bureau.desk.blind.answer(look.id, LI, REFUSED)
    assert _found(bureau, sampled_as(SampledAs(since=begun))) == 1

    # a sample changes nothing about the review
    assert bureau.state(look.alert) in {"confirmed", "rejected"}


def test_agreement_kappa_and_precision_come_of_the_answers(bureau: Bureau) -> None:
    """The second says no to half of what the first confirmed."""
    _judged(bureau, 20, 10)
    assert _sampled(bureau) == 20
    seconds = 0
    for _ in range(20):
        look = bureau.desk.blind.take(LI, None)
        is_confirmed = bureau.state(look.alert) == "confirmed"
        seconds += is_confirmed
        says_yes = is_confirmed and seconds % 2 == 0
        answer = agreed() if says_yes else REFUSED
        bureau.desk.blind.answer(look.id, LI, answer)

    now = bureau.clock.utc_now()
    quality = bureau.desk.figures.quality(
        now - timedelta(days=1), now + timedelta(1), None
    )

    assert (quality.sampled, quality.answered) == (20, 20)
    assert (quality.agreement.hits, quality.agreement.of) == (15, 20)
    assert quality.kappa == pytest.approx(0.5)
    share = quality.qa_precision["SW-01"]
    assert (share.hits, share.of) == (5, 10)

    # each number opens its rows
    day = (now - timedelta(days=1), now + timedelta(1))

    def of_day(*outcomes: SampleOutcome) -> Select[UUID] | None:
        return sampled_as(SampledAs(frozenset(outcomes), *day))

    overturned, kept = SampleOutcome.OVERTURNED, SampleOutcome.AGREED_CONFIRMED
    assert _found(bureau, of_day()) == quality.answered
    assert _found(bureau, of_day(kept)) == share.hits
    assert _found(bureau, of_day(kept, overturned)) == share.of
    confirmed_first = both(reviewed_as([ReviewState.CONFIRMED], []), of_day(overturned))
    assert _found(bureau, confirmed_first) == 5
    assert _found(bureau, sampled_as(SampledAs(since=now + timedelta(1)))) == 0


def _found(bureau: Bureau, query: Select[UUID] | None) -> int:
    assert query is not None
    with bureau.database.reading() as session:
        return len(session.scalars(query).all())


def test_a_second_look_asks_for_all_that_the_first_was_asked(bureau: Bureau) -> None:
    """No agreement without ticks and clip, no refusal without reason and words."""
    bureau.desk.reviews.give(bureau.alert(), WANG, confirmed())
    look = bureau.desk.blind.take(LI, None)

    for verdict, gate in (
        (agreed(ticks=None), "ticks"),
        (agreed(clip_reached=None), "clip"),
        (Verdict(Act.DISAGREE, "x"), "reason"),
    ):
        with pytest.raises(GateError) as caught:
            bureau.desk.blind.answer(look.id, LI, verdict)
        assert caught.value.gate == gate


def test_a_lost_lease_answers_nothing(bureau: Bureau) -> None:
    """Whoever slept over it finds that another has it."""
    bureau.desk.reviews.give(bureau.alert(), WANG, confirmed())
    look = bureau.desk.blind.take(LI, None)
    bureau.clock.advance(LEASE_S + 1)
    other = person("qian")
    assert bureau.desk.blind.take(other, None).id == look.id

    with pytest.raises(LeaseLostError):
        bureau.desk.blind.answer(look.id, LI, agreed())
    bureau.desk.blind.answer(look.id, other, agreed())
    with pytest.raises(LeaseLostError):
        bureau.desk.blind.answer(look.id, other, agreed())
    skipped = [e.actor for e in bureau.trail() if e.action == "look.skipped"]
    assert skipped == ["li"]


def test_kappa_and_wilson_are_the_textbooks() -> None:
    """Cohen 1960 on a 2 x 2 table; Wilson 1927 for 8 of 10; nothing of nothing."""
    table = {("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}

    assert kappa(table) == pytest.approx(0.4)
    assert kappa({("y", "y"): 5}) is None
    share = wilson(8, 10)
    assert share.lower == pytest.approx(0.4902, abs=1e-4)
    assert share.upper == pytest.approx(0.9433, abs=1e-4)
    assert wilson(0, 0).share is None


def test_a_rule_is_put_down_only_when_it_is_surely_below_one_half(
    bureau: Bureau,
) -> None:
    """29 verdicts are too few; 30 with 8 confirmed are enough, 12 are not sure."""
    _judged(bureau, 29, 22)
    assert bureau.desk.figures.imprecise() == ()
    extra = bureau.alert(500)
    bureau.desk.reviews.give(extra, WANG, CLUE)

    (found,) = bureau.desk.figures.imprecise()

    assert (found.code, found.is_downgraded) == ("SW-01", True)
    assert (found.precision.hits, found.precision.of) == (8, 30)
    for n in range(600, 604):
        bureau.desk.reviews.give(bureau.alert(n), WANG, CLUE)
    assert bureau.desk.figures.imprecise() == ()


def test_precision_of_last_month_puts_nothing_down(bureau: Bureau) -> None:
    """Seven days count."""
    _judged(bureau, 30, 30)
    assert bureau.desk.figures.imprecise() != ()

    bureau.clock.advance(7 * DAY_S + 1)

    assert bureau.desk.figures.imprecise() == ()


def test_a_miss_look_is_asked_once_and_gives_a_rate(bureau: Bureau) -> None:
    """One of two looks shows what no rule raised; pictures go after a week."""
    misses, camera = bureau.desk.misses, CameraId("depot")
    for n in range(2):
        assert misses.keep(camera, b"jpeg %d" % n, ("SW-01",))
    (first, second), waiting = misses.waiting(None)
    assert waiting == 2

    misses.answer(first.id, WANG, frozenset({"SW-01"}), "")
    misses.answer(second.id, LI, frozenset(), "")

    with pytest.raises(ConflictError):
        misses.answer(first.id, LI, frozenset(), "")
    now = bureau.clock.utc_now()
    quality = bureau.desk.figures.quality(
        now - timedelta(hours=1), now + timedelta(1), None
    )
    assert (quality.missed["SW-01"].hits, quality.missed["SW-01"].of) == (1, 2)
    bureau.clock.advance(8 * DAY_S)
    assert misses.forget() == 2
    with pytest.raises(NotFoundError):
        misses.get(first.id)


def test_where_an_alert_lasts_nothing_is_missed(bureau: Bureau) -> None:
    """Its camera gives no miss look meanwhile."""
    bureau.alert()

    assert not bureau.desk.misses.keep(CameraId("campus"), b"jpeg", ("SW-01",))


def test_ones_own_pace_counts_spells_and_demands_a_break(bureau: Bureau) -> None:
    """Fifty minutes at it, then ten of rest; nobody else's verdicts count."""
    figures = bureau.desk.figures
    for n in range(11):
        bureau.desk.reviews.give(bureau.alert(n), WANG, CLUE)
        bureau.clock.advance(5 * 60)
    work = figures.own_work("wang")

    assert (work.verdicts_today, work.break_due) == (11, True)
    assert work.spell_s == pytest.approx(55 * 60)
    bureau.clock.advance(10 * 60)
    assert figures.own_work("wang").spell_started_at is None
    assert figures.own_work("li").verdicts_today == 0


def test_a_spell_does_not_end_at_midnight(bureau: Bureau) -> None:
    """From 23:30 on, +08:00: at 0:25 the break is due, the day's count is new."""
    bureau.clock.advance(12.5 * 3600)
    for n in range(11):
        bureau.desk.reviews.give(bureau.alert(n), WANG, CLUE)
        bureau.clock.advance(5 * 60)
    work = bureau.desk.figures.own_work("wang")

    assert (work.verdicts_today, work.break_due) == (5, True)
    assert work.spell_s == pytest.approx(55 * 60)


def test_figures_are_of_the_cameras_one_sees(bureau: Bureau) -> None:
    """Samples, miss looks and rules put down; all reviews tell which these are."""
    _judged(bureau, 30, 30)
    here, there = (frozenset({CameraId(name)}) for name in ("campus", "depot"))
    assert _sampled(bureau) == 20
    assert bureau.desk.misses.keep(CameraId("yard"), b"jpeg", ("SW-01",))
    (look,), _ = bureau.desk.misses.waiting(None)
    bureau.desk.misses.answer(look.id, WANG, frozenset(), "")
    now, figures = bureau.clock.utc_now(), bureau.desk.figures
    span = (now - timedelta(days=1), now + timedelta(1))

    seen = {
        name: (figures.quality(*span, visible), figures.imprecise(visible))
        for name, visible in (("here", here), ("there", there), ("all", None))
    }

    sampled = {name: quality.sampled for name, (quality, _) in seen.items()}
    assert sampled == {"here": 20, "there": 0, "all": 20}
    missed = {name: bool(quality.missed) for name, (quality, _) in seen.items()}
    assert missed == {"here": False, "there": False, "all": True}
    down = {name: [one.code for one in found] for name, (_, found) in seen.items()}
    assert down == {"here": ["SW-01"], "there": [], "all": ["SW-01"]}


def test_an_answer_taken_back_is_looked_at_again_still_unswayed(
    bureau: Bureau,
) -> None:
    """Within ten seconds it is the same person's again, and nothing follows from it."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, confirmed())
    look = bureau.desk.blind.take(LI, None)
    bureau.desk.blind.answer(look.id, LI, REFUSED)
    # what the first person said could sway a second answer
    assert bureau.desk.blind.kept_from(LI, None) == {alert}

    bureau.desk.reviews.undo(alert, LI, "wrong key")

    assert bureau.state(alert) == "second"
    assert bureau.desk.blind.take(LI, None).id == look.id
    bureau.desk.blind.answer(look.id, LI, agreed())
    assert bureau.state(alert) == "evidence"
    bureau.clock.advance(UNDO_S + 1)
    assert bureau.desk.blind.kept_from(LI, None) == frozenset()


def test_whoever_spoke_of_an_alert_is_asked_no_sample_of_it(bureau: Bureau) -> None:
    """Neither the first nor the second officer has fresh eyes any more."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, confirmed())
    bureau.desk.blind.answer(bureau.desk.blind.take(LI, None).id, LI, agreed())
    assert _sampled(bureau) == 1

    for name in (WANG, LI):
        with pytest.raises(NotFoundError):
            bureau.desk.blind.take(name, None)
    assert bureau.desk.blind.take(person("qian"), None).alert == alert


def test_a_sample_nobody_took_in_a_week_keeps_nothing_from_anybody(
    bureau: Bureau,
) -> None:
    """Else what was made of its alert would be hidden for ever."""
    alert = _sample(bureau)
    bureau.clock.advance(7 * DAY_S - 1)
    assert bureau.desk.blind.kept_from(LI, None) == {alert}
    bureau.clock.advance(1)

    assert bureau.desk.blind.kept_from(LI, None) == frozenset()
    with pytest.raises(NotFoundError):
        bureau.desk.blind.take(LI, None)


def test_two_services_draw_one_sample(bureau: Bureau) -> None:
    """At the same instant: one draws, the other finds it done."""
    _judged(bureau, 25, 10)
    bureau.clock.advance(DAY_S)
    together, drawn = threading.Barrier(2), []

    def draw() -> None:
        sampler = Sampler(bureau.database, bureau.clock)
        together.wait()
        drawn.append(sampler.draw())

    run_together([draw, draw])

    assert sorted(drawn) == [0, 20]
    with bureau.database.reading() as session:
        assert session.scalars(select(func.count(SecondLookRow.id))).one() == 20


def test_pictures_that_two_looks_share_go_with_the_last(bureau: Bureau) -> None:
    """A camera that stands still gives the same bytes again."""
    misses, camera = bureau.desk.misses, CameraId("depot")
    misses.keep(camera, b"the same", ("SW-01",))
    bureau.clock.advance(6 * DAY_S)
    misses.keep(camera, b"the same", ("SW-01",))
    bureau.clock.advance(2 * DAY_S)
    assert misses.forget() == 1

    ((left,), _) = misses.waiting(None)

    assert b"".join(bureau.store.open_range(left.picture)) == b"the same"
    bureau.clock.advance(6 * DAY_S)
    assert misses.forget() == 1
    with pytest.raises(NotFoundError):
        list(bureau.store.open_range(left.picture))


def test_a_picture_that_is_evidence_too_stays_with_it(bureau: Bureau) -> None:
    """Equal bytes are one object: the pack's file is not the look's to delete."""
    misses = bureau.desk.misses
    misses.keep(CameraId("depot"), b"the same", ("SW-01",))
    stored = bureau.store.put([b"the same"])
    still = EvidenceFile("first.jpg", Role.FIRST, "image/jpeg", stored, NOW)
    pack = Pack(PackId(uuid4()), PackState.COMPLETE, (still,), (), (), "c" * 64, "n@1")
    with bureau.database.transaction() as session:
        write_pack(session, pack, NOW)
    bureau.clock.advance(8 * DAY_S)

    assert misses.forget() == 1

    assert b"".join(bureau.store.open_range(stored.key)) == b"the same"


def _second(bureau: Bureau) -> AlertId:
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, confirmed())
    return alert


def _sample(bureau: Bureau) -> AlertId:
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, CLUE)
    assert _sampled(bureau) == 1
    return alert


@pytest.mark.parametrize("make", [_second, _sample])
def test_an_answer_is_taken_back_and_given_anew(
    bureau: Bureau, make: Callable[[Bureau], AlertId]
) -> None:
    """Second confirmation or sample: the same, on record, held again by its giver."""
    alert = make(bureau)
    before = bureau.state(alert)
    blind = bureau.desk.blind
    look = blind.take(LI, None)
    blind.answer(look.id, LI, REFUSED)
    bureau.clock.advance(UNDO_S - 1)

    again = blind.undo(look.id, LI)

    assert (again.id, again.claim.by) == (look.id, "li")
    assert bureau.state(alert) == before
    assert "look.undone" in {entry.action for entry in bureau.trail()}
    blind.answer(look.id, LI, agreed())
    if make is _second:
        assert bureau.state(alert) == "evidence"


@pytest.mark.parametrize("make", [_second, _sample])
def test_an_answer_stands_after_ten_seconds_and_for_others(
    bureau: Bureau, make: Callable[[Bureau], AlertId]
) -> None:
    """Nobody takes back what another said, nor what may have had its effect."""
    make(bureau)
    blind = bureau.desk.blind
    look = blind.take(LI, None)
    with pytest.raises(TooLateError):
        blind.undo(look.id, LI)  # nothing was said yet
    blind.answer(look.id, LI, agreed())
    with pytest.raises(TooLateError):
        blind.undo(look.id, ZHAO)
    bureau.clock.advance(UNDO_S + 1)
    with pytest.raises(TooLateError):
        blind.undo(look.id, LI)
