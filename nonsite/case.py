"""A replay case: one recording with the YAML beside it that says what it must raise."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from base.errors import ConfigError
from rules.settings import RuleCode, RuleSection
from rules.violation import Severity
from sites.schema import CameraScene, CameraSection, Site
from sites.yaml_text import parse_yaml, problems_of
from streams.settings import FileFeed

CAMERA = "case"
"""Name of the one camera of a case, unless the case says otherwise."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(_Section):
    """One alert the recording must raise, exactly once."""

    code: RuleCode = Field(description="catalogue code")
    place: str = Field(
        pattern=r"^[a-z0-9_]+/[a-z0-9_]+$", description="view/zone it is raised in"
    )
    start_s: float = Field(ge=0, description="opens this long after the first picture")
    tolerance_s: float = Field(default=2.0, gt=0, description="give or take, seconds")
    severity: Severity | None = Field(default=None, description="when it matters")


class Case(_Section):
    """What stands in the YAML."""

    version: Literal[1] = Field(description="version of this format")
    title: str = Field(min_length=1, description="what happens in the recording")
    clip: Path = Field(description="the recording, relative to this file")
    start: datetime = Field(description="media time of the first picture, with offset")
    conditions: tuple[str, ...] = Field(default=(), description="day, night, rain, …")
    licence: str = Field(min_length=1, description="under which it may be used")
    origin: str = Field(min_length=1, description="where it comes from")
    camera: CameraScene = Field(description="camera section without its feed")
    rules: dict[RuleCode, RuleSection] = Field(
        default_factory=dict, description="overrides for the whole site, by code"
    )
    expect: tuple[Expectation, ...] = Field(default=(), description="what it raises")


class LoadedCase(_Section):
    """A case ready to be played."""

    name: str
    folder: Path
    case: Case
    site: Site


def find_cases(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The case files named by `paths`: YAML files, recordings beside one, folders.

    Raises:
        ConfigError: A path leads to no case.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob("*.yaml"))
            if not inside:
                raise ConfigError((f"{path}: holds no case (*.yaml)",))
            found += inside
        elif path.suffix in {".yaml", ".yml"}:
            found.append(path)
        else:
            beside = path.with_suffix(".yaml")
            if not beside.is_file():
                raise ConfigError((f"{path}: needs a case beside it: {beside.name}",))
            found.append(beside)
    return tuple(dict.fromkeys(found))


def read_case(path: Path) -> LoadedCase:
    """Read and check one case.

    Raises:
        ConfigError: One line for each problem, with file and key.
    """
    try:
        content, lines = parse_yaml(path.read_bytes())
        case = Case.model_validate(content)
    except OSError as error:
        raise ConfigError((f"{path}: {error.strerror or error}",)) from error
    except ConfigError as error:
        raise ConfigError(tuple(f"{path}: {p}" for p in error.problems)) from error
    except ValidationError as error:
        told = problems_of(error, lines)
        raise ConfigError(tuple(f"{path}: {p}" for p in told)) from error
    if case.start.tzinfo is None:
        raise ConfigError((f"{path}: start: needs an offset, e.g. +08:00",))
    if not (path.parent / case.clip).is_file():
        raise ConfigError((f"{path}: clip: no such file {case.clip}",))
    site = _site_of(case, path.stem)
    return LoadedCase(name=path.stem, folder=path.parent, case=case, site=site)


def _site_of(case: Case, name: str) -> Site:
    scene = {field: getattr(case.camera, field) for field in CameraScene.model_fields}
    camera = CameraSection(**scene, feed=FileFeed(path=case.clip))
    return Site(version=1, name=name, cameras={CAMERA: camera}, rules=case.rules)
