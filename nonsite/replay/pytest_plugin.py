"""A suite's cases as tests: `pytest --nonsite-suite DIR`, for engineers who live there.

Loaded by pytest wherever Nonsite is installed, so nothing heavy is imported before a
suite is asked for.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from nonsite.replay.load import LoadedCase
    from nonsite.replay.player import PlayOptions


class DifferenceError(Exception):
    """A case did not give what it must; the text lists what differs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--nonsite-suite` and `--nonsite-cache`."""
    group = parser.getgroup("nonsite")
    group.addoption(
        "--nonsite-suite",
        action="append",
        default=[],
        metavar="DIR",
        help="replay cases to run as tests: a folder, a case, a recording; repeat",
    )
    group.addoption(
        "--nonsite-cache",
        default=None,
        metavar="DIR",
        help="folder of staged recordings and remembered looks",
    )


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Put the cases behind the other tests."""
    paths = [Path(given) for given in config.getoption("--nonsite-suite")]
    if paths:
        items += _cases(session, config, paths)


def _cases(
    session: pytest.Session, config: pytest.Config, paths: list[Path]
) -> Iterator[pytest.Item]:
    from base.errors import ConfigError  # noqa: PLC0415 - see the module's docstring
    from nonsite.replay.load import read_suite  # noqa: PLC0415
    from nonsite.replay.player import CACHE, PlayOptions  # noqa: PLC0415

    given = config.getoption("--nonsite-cache")
    options = PlayOptions(CACHE if given is None else Path(given))
    room = tempfile.TemporaryDirectory(prefix="nonsite-packs-")
    config.add_cleanup(room.cleanup)
    try:
        suite = read_suite(paths, Path(room.name))
    except ConfigError as error:
        raise pytest.UsageError("\n".join(error.problems)) from error
    for loaded in suite:
        yield CaseItem.from_parent(
            session, name=f"replay[{loaded.name}]", loaded=loaded, options=options
        )


class CaseItem(pytest.Item):
    """One case."""

    def __init__(
        self, *, loaded: "LoadedCase", options: "PlayOptions", **rest: Any
    ) -> None:
        super().__init__(**rest)
        self._loaded, self._options = loaded, options

    def runtest(self) -> None:
        """Play the case.

        Raises:
            DifferenceError: It did not give what it must.
        """
        from detector.threads import use_one_thread  # noqa: PLC0415
        from nonsite.lines import Networks  # noqa: PLC0415
        from nonsite.replay.player import play_case  # noqa: PLC0415
        from nonsite.replay.result import differences  # noqa: PLC0415

        use_one_thread()
        result = play_case(self._loaded, Networks(), self._options).result
        if not result.passed:
            raise DifferenceError("\n".join(differences(result)))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """What differs, without a traceback through the player."""
        if isinstance(excinfo.value, DifferenceError):
            return f"{self._loaded.path}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The case file stands for the test's source."""
        return self._loaded.path, 0, f"replay {self._loaded.name}"
