"""Cases made from alerts, and which of them must go: a clip lives as its evidence does.

In: the folder of cases, and what the stores say of an alert today. Out: cases whose
time has run. A legal hold placed after the case was made holds it too; a case without
pictures is kept for good. Loads no decoder and no network: the service does this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from alerts.alert import AlertId
from alerts.audit import Act, Actor
from alerts.evidence_acts import EvidenceActs
from base.clock import Clock, beijing_day
from base.errors import ConfigError
from nonsite.replay.case import Case, Provenance
from sites.yaml_text import parse_yaml

STRAY_S = timedelta(hours=1).total_seconds()
"""A file that no case names for so long is left of a capture that was killed."""
ACTOR = Actor("retention", "system")


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the stores say of an alert today.

    Attributes:
        expires_on: Last day its evidence is kept; None: no end is set.
        is_held: A legal hold stands on it.
        is_erased: Its evidence is gone already.
    """

    expires_on: date | None
    is_held: bool
    is_erased: bool


KeepingOf = Callable[[AlertId], Keeping | None]
"""None: the stores know no such alert."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A case on the shelf.

    Attributes:
        path: Its file.
        alert: Of which alert it was made.
        why: Why it must go; None: it stays.
        is_held: It would go, were it not held.
    """

    path: Path
    alert: AlertId
    why: str | None
    is_held: bool


@dataclass(frozen=True, slots=True)
class ShelfReport:
    """What the shelf holds.

    Attributes:
        cases: Every case that can be read.
        unreadable: Files that are no cases, with why.
        strays: Files no case names.
    """

    cases: tuple[Shelved, ...]
    unreadable: tuple[tuple[Path, str], ...]
    strays: tuple[Path, ...]

    @property
    def expired(self) -> tuple[Shelved, ...]:
        """Those that must go."""
        return tuple(case for case in self.cases if case.why and not case.is_held)

    @property
    def is_well(self) -> bool:
        """Nothing must go and nothing is damaged."""
        return not (self.expired or self.unreadable or self.strays)


class CaseShelf:
    """The folder of cases.

    Args:
        folder: Where they lie; need not exist.
        keeping_of: What the stores say of an alert.
        acts: Where a deletion is put on record.
        clock: For today.
    """

    def __init__(
        self, folder: Path, keeping_of: KeepingOf, acts: EvidenceActs, clock: Clock
    ) -> None:
        self._folder = folder
        self._keeping_of = keeping_of
        self._acts = acts
        self._clock = clock

    def examine(self) -> ShelfReport:
        """Look at every case.

        Raises:
            StoreError: A store is away.
        """
        cases: list[Shelved] = []
        unreadable: list[tuple[Path, str]] = []
        named: set[Path] = set()
        for path in sorted(self._folder.glob("*.yaml")):
            try:
                case = _read(path)
            except ConfigError as error:
                unreadable.append((path, error.problems[0]))
                continue
            named.add(self._folder / (case.clip or case.looks or path))
            if case.provenance is not None:
                cases.append(self._shelved(path, case, case.provenance))
        # with a case unread, nobody can say which file is whose
        strays = () if unreadable else self._strays(named)
        return ShelfReport(tuple(cases), tuple(unreadable), strays)

    def tidy(self) -> ShelfReport:
        """Delete what must go; returns what was found before.

        Raises:
            StoreError: A store is away; what was not put on record still lies there.
            OSError: A file cannot be deleted.
        """
        found = self.examine()
        for case in found.expired:
            act = Act("case.erased", f"alert/{case.alert}", case.why or "")
            self._acts.append(ACTOR, act)
            footage = _read(case.path).clip
            if footage is not None:
                (self._folder / footage).unlink(missing_ok=True)
            case.path.unlink()
        for stray in found.strays:
            stray.unlink(missing_ok=True)
        return found

    def _shelved(self, path: Path, case: Case, made: Provenance) -> Shelved:
        alert = AlertId(UUID(made.alert))
        if case.clip is None:
            return Shelved(path, alert, None, is_held=made.is_held)
        keeping = self._keeping_of(alert)
        if keeping is None:
            keeping = Keeping(made.expires_on, made.is_held, is_erased=False)
        expires_on = keeping.expires_on
        why = None
        if keeping.is_erased:
            why = "the evidence of its alert is gone"
        elif expires_on and beijing_day(self._clock.utc_now()) > expires_on:
            why = f"its time ran out on {expires_on.isoformat()}"
        return Shelved(path, alert, why, keeping.is_held)

    def _strays(self, named: set[Path]) -> tuple[Path, ...]:
        old_s = self._clock.utc_now().timestamp() - STRAY_S
        return tuple(
            path
            for path in sorted(self._folder.rglob("*"))
            if path.is_file()
            and path not in named
            and path.suffix != ".yaml"
            and path.stat().st_mtime < old_s
        )


def _read(path: Path) -> Case:
    """A case file alone, without its footage.

    Raises:
        ConfigError: It is none.
    """
    try:
        content, _ = parse_yaml(path.read_bytes())
        case = Case.model_validate(content)
        if case.provenance is not None:
            UUID(case.provenance.alert)
    except OSError as error:
        raise ConfigError((f"{path.name}: {error.strerror}",)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError((f"{path.name}: {where}: {first['msg']}",)) from error
    except ValueError as error:
        raise ConfigError((f"{path.name}: provenance.alert is no id",)) from error
    return case
