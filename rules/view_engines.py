"""The rules of all views of one camera: each look goes to the engine of its view.

A fixed camera has one view. A turning one is seen by one of them at a time; the others
get no looks meanwhile, and their clocks count that as time unobserved.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from threading import RLock

from base.ids import ViewName
from detector.look import Look
from rules.blindness import Blind
from rules.engine import EngineHealth, RuleEngine
from rules.violation import Violation
from streams.look_plan import LookRequest

Engines = Mapping[ViewName, RuleEngine]
States = Mapping[ViewName, bytes]
"""What the engine of each view remembers, as `RuleEngine.state` gives it."""


class ViewEngines:
    """Judges the looks of one camera, in one thread; another may change the rules."""

    def __init__(self, engines: Engines) -> None:
        """Take the engine of each view; at least one."""
        self._engines = dict(engines)
        self._turn = RLock()
        self._has_ended = False

    def judge(self, look: Look) -> tuple[Violation, ...]:
        """New revisions this look causes; none for a view nobody drew zones in."""
        with self._turn:
            engine = self._engines.get(look.view)
            return () if engine is None or self._has_ended else engine.judge(look)

    def replace(self, build: Callable[[States], Engines]) -> tuple[Violation, ...]:
        """Judge by other rules from the next look on; gives what these do not know.

        Args:
            build: Makes the engines, between two looks, of the memory of those there
                are. When it fails nothing changes.
        """
        with self._turn:
            before = self.remembered()
            states = {name: engine.state() for name, engine in self._engines.items()}
            self._engines = dict(build(states))
            known = {violation.id for violation in self.remembered()}
            return tuple(one for one in before if one.id not in known)

    def end(self) -> tuple[Violation, ...]:
        """Judge no look any more; gives what stood, ended."""
        with self._turn:
            self._has_ended = True
            return tuple(v for engine in self._engines.values() for v in engine.end())

    def needs(self, look: Look | None) -> LookRequest:
        """What the view of this look asks for; before the first, what any asks."""
        with self._turn:
            if look is not None and look.view in self._engines:
                return self._engines[look.view].needs(look)
            asked = [engine.needs(None) for engine in self._engines.values()]
        return LookRequest(
            max_gap_s=min(request.max_gap_s for request in asked),
            every_frame=any(request.every_frame for request in asked),
        )

    def standing(self) -> tuple[Violation, ...]:
        """Every raised violation remembered, of all views."""
        with self._turn:
            engines = self._engines.values()
            return tuple(v for engine in engines for v in engine.standing())

    def remembered(self) -> tuple[Violation, ...]:
        """Every violation remembered, candidates included, of all views."""
        with self._turn:
            engines = self._engines.values()
            return tuple(v for engine in engines for v in engine.remembered())

    def blind(self, classes: frozenset[str]) -> tuple[Blind, ...]:
        """Which rules a model of these classes leaves blind, in any view."""
        return tuple(b for e in self._engines.values() for b in e.blind(classes))

    def wanted(
        self,
        classes: frozenset[str],
        with_reference: Collection[ViewName],
        day: date | None = None,
    ) -> Mapping[ViewName, tuple[Blind, ...]]:
        """Every clause that stays unknown, view by view.

        Args:
            classes: What the model can name.
            with_reference: Views that have a reference picture.
            day: The local day the calendar must know; None: not asked.
        """
        return {
            name: engine.wanted(classes, has_reference=name in with_reference, day=day)
            for name, engine in self._engines.items()
        }

    def health(self) -> EngineHealth:
        """How the rules fare, all views together."""
        all_of = [engine.health() for engine in self._engines.values()]
        return EngineHealth(
            disabled=tuple(rule for health in all_of for rule in health.disabled),
            late_looks=sum(health.late_looks for health in all_of),
            foreign_looks=sum(health.foreign_looks for health in all_of),
            crowded=sum(health.crowded for health in all_of),
            is_fenced=any(health.is_fenced for health in all_of),
        )
