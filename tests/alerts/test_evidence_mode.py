"""Clue or off-site evidence: every fact that keeps it a clue is named."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.evidence_facts import ClockCheck, Floor, PackFacts, TimeSource, TimeTrust
from alerts.evidence_mode import (
    REASONS_ZH,
    ClueReason,
    EvidenceMode,
    PackStanding,
    standing,
)
from alerts.pack import PackState
from rules.violation import Gap
from sites.dossier_section import EvidenceGap
from tests.alerts.violations import T0, violation

OPENED = T0 + timedelta(seconds=60)
CHECK = ClockCheck(TimeSource.SENDER_REPORT, 120.0, OPENED - timedelta(hours=1))
WHOLE = PackStanding(PackState.COMPLETE, PackFacts(clock=CHECK))


def facts(**changes: object) -> PackStanding:
    """A whole pack with other facts."""
    assert WHOLE.facts is not None
    return replace(WHOLE, facts=replace(WHOLE.facts, **changes))  # type: ignore[arg-type]


def test_with_every_fact_in_order_it_is_off_site_evidence() -> None:
    """No reason, and its times are trusted."""
    found = standing(violation(), WHOLE)

    assert found.mode is EvidenceMode.OFFSITE_EVIDENCE
    assert found.reasons == ()
    assert found.time_trust is TimeTrust.HIGH


@pytest.mark.parametrize(
    ("pack", "reason"),
    [
        pytest.param(None, ClueReason.NO_EVIDENCE_YET, id="no pack"),
        pytest.param(
            replace(WHOLE, state=PackState.PENDING),
            ClueReason.NO_EVIDENCE_YET,
            id="pending",
        ),
        pytest.param(
            replace(WHOLE, state=PackState.PARTIAL),
            ClueReason.EVIDENCE_PARTIAL,
            id="partial",
        ),
        pytest.param(
            replace(WHOLE, is_broken=True), ClueReason.INTEGRITY_BROKEN, id="broken"
        ),
        pytest.param(replace(WHOLE, facts=None), ClueReason.FACTS_UNKNOWN, id="mute"),
        pytest.param(facts(clock=None), ClueReason.CLOCK_UNCHECKED, id="no check"),
        pytest.param(
            facts(clock=replace(CHECK, checked_at=OPENED - timedelta(hours=25))),
            ClueReason.CLOCK_UNCHECKED,
            id="old check",
        ),
        pytest.param(
            facts(clock=replace(CHECK, offset_ms=1400.0)),
            ClueReason.CLOCK_OFF,
            id="clock fast by 1.4 s",
        ),
        pytest.param(
            facts(clock=replace(CHECK, offset_ms=-1000.5)),
            ClueReason.CLOCK_OFF,
            id="clock slow",
        ),
        pytest.param(
            replace(WHOLE, clock_read=ClockCheck(TimeSource.ON_SCREEN, 5000.0, OPENED)),
            ClueReason.CLOCK_OFF,
            id="a person read otherwise",
        ),
        pytest.param(facts(has_view_moved=True), ClueReason.VIEW_MOVED, id="moved"),
        pytest.param(
            facts(is_clock_stepped=True), ClueReason.CLOCK_STEPPED, id="stepped"
        ),
        pytest.param(
            facts(floors=(Floor.PICTURE_TOO_SMALL,)),
            ClueReason.PICTURE_TOO_SMALL,
            id="small",
        ),
        pytest.param(
            facts(device_lacks=("not_published",)),
            ClueReason.NOT_PUBLISHED,
            id="unpublished",
        ),
    ],
)
def test_each_fact_that_is_not_so_makes_a_clue(
    pack: PackStanding | None, reason: ClueReason
) -> None:
    """And is named."""
    found = standing(violation(), pack)

    assert found.mode is EvidenceMode.CLUE
    assert reason in found.reasons


def test_exactly_one_second_off_is_still_trusted() -> None:
    """GA/T 832 allows 1.0 s."""
    found = standing(violation(), facts(clock=replace(CHECK, offset_ms=1000.0)))

    assert found.time_trust is TimeTrust.HIGH


def test_a_camera_without_a_report_is_trusted_by_a_persons_reading() -> None:
    """The on-screen clock read off a still is a check of its own."""
    read = ClockCheck(TimeSource.ON_SCREEN, 300.0, OPENED)

    found = standing(violation(), replace(facts(clock=None), clock_read=read))

    assert found.mode is EvidenceMode.OFFSITE_EVIDENCE


@pytest.mark.parametrize(
    ("gap_s", "is_clue"),
    [pytest.param(20, False, id="a third"), pytest.param(21, True, id="more")],
)
def test_a_gap_over_a_third_of_the_dwell_makes_a_clue(
    gap_s: int, is_clue: bool
) -> None:
    """The dwell is 60 s here."""
    gap = Gap(T0 + timedelta(seconds=10), T0 + timedelta(seconds=10 + gap_s))

    found = standing(violation(gaps=(gap,)), WHOLE)

    assert (ClueReason.GAP_TOO_LONG in found.reasons) is is_clue


def test_another_occupant_perhaps_makes_a_clue() -> None:
    """Continuity that cannot be told is never assumed."""
    found = standing(violation(continuity_known=False), WHOLE)

    assert found.reasons == (ClueReason.CONTINUITY_UNKNOWN,)


def test_every_code_of_a_fact_is_a_reason_with_words() -> None:
    """Floors and gaps of a dossier are told by the same code."""
    codes = {gap.value for gap in EvidenceGap} | {floor.value for floor in Floor}

    assert codes <= {reason.value for reason in ClueReason}
    assert set(REASONS_ZH) == set(ClueReason)
