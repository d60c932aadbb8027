"""Rules changed between two looks: the places keep their clocks, the rest ends."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from base.ids import ViewName
from rules.build import CameraRules
from rules.clock_store import ClockStore, MemoryClockStore
from rules.engine import RuleEngine
from rules.errors import RuleError
from rules.settings import RuleSection
from rules.view_engines import Engines, States, ViewEngines
from rules.violation import Life
from tests.rules.test_goods import LORRY, pavement, street
from tests.scenes.scene import CAMERA, T0, VIEW


def _settings(**section: float | bool) -> CameraRules:
    rules = {"SW-01": RuleSection.model_validate(section)}
    return CameraRules(CAMERA, VIEW, pavement(), camera_rules=rules, config="c1")


def _engines(
    settings: CameraRules, store: ClockStore, states: States | None = None
) -> Engines:
    known: Mapping[ViewName, bytes] = states or {}
    return {VIEW: RuleEngine(settings, store, 1, None, known.get(VIEW))}


def test_a_shorter_dwell_counts_from_when_it_came() -> None:
    """Under a dwell of 300 s nothing; changed to 60 s at 100 s, it opens at once."""
    store = MemoryClockStore()
    engines = ViewEngines(_engines(_settings(dwell_s=300), store))
    shown = list(street(200, None, [LORRY]))
    found = [v for look in shown[:10] for v in engines.judge(look)]
    assert all(v.life is Life.CANDIDATE for v in found)

    quick = _settings(dwell_s=60)
    engines.replace(lambda states: _engines(quick, store, states))
    (opened,) = [v for v in engines.judge(shown[10]) if v.life is Life.OPEN]

    assert opened.first_seen == T0
    assert opened.opened_at == T0 + timedelta(seconds=100)
    assert opened.config == "c1"


def test_a_longer_dwell_ends_nothing_that_is_open() -> None:
    """What was open stays the same violation, with its grace as it was."""
    store = MemoryClockStore()
    engines = ViewEngines(_engines(_settings(dwell_s=60), store))
    shown = list(street(600, None, [LORRY]))
    for look in shown[:10]:
        engines.judge(look)
    (before,) = engines.standing()

    slow = _settings(dwell_s=300)
    engines.replace(lambda states: _engines(slow, store, states))
    (after,) = engines.standing()

    assert (after.id, after.life, after.due_at) == (
        before.id,
        before.life,
        before.due_at,
    )


def test_what_stood_under_a_rule_switched_off_is_given_back() -> None:
    """The caller tells its end: nobody judges it now."""
    store = MemoryClockStore()
    engines = ViewEngines(_engines(_settings(dwell_s=60), store))
    for look in street(100, None, [LORRY]):
        engines.judge(look)

    stood = engines.replace(
        lambda states: _engines(_settings(enabled=False), store, states)
    )

    assert [v.code for v in stood] == ["SW-01"]
    assert engines.standing() == ()


def test_rules_that_cannot_be_built_change_nothing() -> None:
    """The old ones go on, clocks and all."""
    store = MemoryClockStore()
    engines = ViewEngines(_engines(_settings(dwell_s=60), store))
    for look in street(100, None, [LORRY]):
        engines.judge(look)
    before = engines.standing()
    unknown = replace(_settings(), camera_rules={"XX-01": RuleSection()})

    with pytest.raises(RuleError, match="XX-01"):
        engines.replace(lambda states: _engines(unknown, store, states))

    assert engines.standing() == before


def test_a_candidate_of_a_rule_switched_off_is_given_back() -> None:
    """Nobody would ever say that it was dropped."""
    store = MemoryClockStore()
    engines = ViewEngines(_engines(_settings(dwell_s=300), store))
    for look in street(100, None, [LORRY]):
        engines.judge(look)
    (candidate,) = engines.remembered()
    assert engines.standing() == ()

    (gone,) = engines.replace(
        lambda states: _engines(_settings(enabled=False), store, states)
    )

    assert (gone.id, gone.life) == (candidate.id, Life.CANDIDATE)
    assert engines.remembered() == ()
