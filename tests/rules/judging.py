"""Looks through a real engine, for tests: what it raised, in order and by violation."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from base.ids import ZoneName
from detector.look import Look
from rules.build import CameraRules
from rules.clock_store import ClockStore, MemoryClockStore
from rules.context import Context
from rules.engine import RuleEngine
from rules.settings import Regime, RuleSection, ZoneSection
from rules.violation import Life, Violation
from tests.scenes.scene import CAMERA, VIEW
from tests.scenes.street import KERB, pavement


def engine_on(
    zones: Mapping[ZoneName, ZoneSection] | None = None,
    store: ClockStore | None = None,
    lease_epoch: int = 1,
    context: Context | None = None,
    rules: Mapping[str, RuleSection] | None = None,
) -> RuleEngine:
    """An engine on the street's pavement, or on other zones."""
    settings = CameraRules(
        CAMERA,
        VIEW,
        zones if zones is not None else {KERB: pavement()},
        camera_rules=rules or {},
        regime=Regime.INDUSTRY,
        config="c0",
    )
    return RuleEngine(
        settings, store or MemoryClockStore(), lease_epoch, context or Context()
    )


def judged(looks: Iterable[Look], engine: RuleEngine | None = None) -> list[Violation]:
    """Every revision, in order."""
    engine = engine or engine_on()
    return [violation for look in looks for violation in engine.judge(look)]


def newest(revisions: Iterable[Violation]) -> dict[UUID, Violation]:
    """The last revision of each violation that ever opened."""
    revisions = list(revisions)
    opened = {v.id for v in revisions if v.life is Life.OPEN}
    return {v.id: v for v in revisions if v.id in opened}


def lives(revisions: Iterable[Violation]) -> list[str]:
    """`open/grace`, … of the violations that opened, in order."""
    revisions = list(revisions)
    opened = newest(revisions)
    hidden = {Life.CANDIDATE, Life.DROPPED}
    return [
        f"{v.life}/{v.phase}"
        for v in revisions
        if v.id in opened and v.life not in hidden
    ]
