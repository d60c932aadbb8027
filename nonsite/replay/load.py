"""Finds the cases of a suite and reads them, or tells every problem with its place."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from base.errors import ConfigError
from detector.look import Look
from nonsite.replay.case import Case, Problems, contradictions, either_or
from nonsite.replay.pack_case import case_of_pack, is_pack
from nonsite.replay.recorded_looks import read_looks
from rules.catalogue import CatalogueRow, with_codes
from rules.settings import RuleCode
from sites.inputs_section import InputsSection
from sites.load import read_site
from sites.schema import CameraScene, CameraSection, Site
from sites.yaml_text import KeyPath, parse_yaml, problem_at, problems_of
from streams.errors import FeedError
from streams.extent import Extent, extent
from streams.settings import FileFeed

CAMERA = "case"
"""Name of the one camera of a case."""

ENDINGS = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class LoadedCase:
    """A case ready to be played.

    Attributes:
        name: Folder inside the suite and file name without its ending: unique there.
        path: The case file.
        clip: The recording, found and readable; of a case without pictures: its looks.
        extent: How long it is.
        case: What stands in the file.
        site: The site it makes: one camera, fed by the clip.
        looks: Looks in place of a recording; empty where there is one.
    """

    name: str
    path: Path
    clip: Path
    extent: Extent
    case: Case
    site: Site
    looks: tuple[Look, ...] = ()


def find_cases(paths: Sequence[Path]) -> tuple[tuple[str, Path], ...]:
    """Names and files of the cases in `paths`: folders, files, recordings beside one.

    Folders are searched whole, in alphabetical order; what begins with a dot is not.
    An evidence pack (a ZIP, a folder with a manifest) stands for its case.

    Raises:
        ConfigError: A path leads to no case, or two cases have one name.
    """
    found: dict[Path, str] = {}
    for path in paths:
        if is_pack(path):
            found.setdefault(path.resolve(), path.stem)
        elif path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if _is_case(p, path)]
            if not inside:
                told = f"{path}: holds no case (*.yaml) and no evidence pack (*.zip)"
                raise ConfigError((told,))
            for case in inside:
                inner = case.relative_to(path).with_suffix("").as_posix()
                found.setdefault(case.resolve(), inner)
        elif path.suffix in ENDINGS:
            found.setdefault(path.resolve(), path.stem)
        else:
            beside = path.with_suffix(".yaml")
            if not beside.is_file():
                raise ConfigError((f"{path}: needs a case beside it: {beside.name}",))
            found.setdefault(beside.resolve(), beside.stem)
    names = list(found.values())
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError((f"two cases are named {', '.join(twice)}: rename one",))
    return tuple((name, path) for path, name in found.items())


def _is_case(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    is_one = path.suffix in ENDINGS or is_pack(path)
    return is_one and not any(part.startswith(".") for part in parts)


def read_suite(
    paths: Sequence[Path], room: Path | None = None
) -> tuple[LoadedCase, ...]:
    """Every case of `paths`; all problems of all of them are told at once.

    Args:
        paths: Cases, recordings with one beside, folders, evidence packs.
        room: Where packs are unpacked, as private as they are; None: they are refused.

    Raises:
        ConfigError: One line for each problem: file, key, line.
    """
    cases: list[LoadedCase] = []
    problems: list[str] = []
    for name, path in find_cases(paths):
        try:
            cases.append(read_case(_unpacked(path, room), name))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(tuple(problems))
    return tuple(cases)


def _unpacked(path: Path, room: Path | None) -> Path:
    """The case file; of a pack it is made, in a folder of its own."""
    if not is_pack(path):
        return path
    if room is None:
        raise ConfigError((f"{path}: evidence packs are not taken here",))
    own = Path(tempfile.mkdtemp(dir=room))
    return case_of_pack(path, own)


def read_case(path: Path, name: str | None = None) -> LoadedCase:
    """Read and check one case.

    Raises:
        ConfigError: One line for each problem, with file, key and line.
    """
    try:
        content, lines = parse_yaml(path.read_bytes())
        case = Case.model_validate(content)
        _refuse(either_or(case), lines)
        clip, length, looks = _footage_of(case, path.parent, lines)
        scene, own = _scene_of(case, path.parent, lines)
        inputs = _inputs_of(case.inputs, path.parent, lines)
        codes = frozenset(with_codes(own).rules)
        _refuse(contradictions(case, length.length_s, codes), lines)
    except OSError as error:
        raise ConfigError((f"{path}: {error.strerror or error}",)) from error
    except ConfigError as error:
        raise ConfigError(tuple(f"{path}: {p}" for p in error.problems)) from error
    except ValidationError as error:
        told = problems_of(error, lines)
        raise ConfigError(tuple(f"{path}: {p}" for p in told)) from error
    fields = {field: getattr(scene, field) for field in CameraScene.model_fields}
    camera = CameraSection(**fields, feed=FileFeed(path=clip.resolve()))
    name = name or path.stem
    cameras = {CAMERA: camera}
    site = Site(
        version=1,
        name=name,
        cameras=cameras,
        rules=case.rules,
        codes=own,
        inputs=inputs,
    )
    return LoadedCase(name, path, clip, length, case, site, looks)


def _inputs_of(
    section: InputsSection, folder: Path, lines: dict[KeyPath, int]
) -> InputsSection:
    """The same, with the files found."""
    found = {}
    for key, file in section.files().items():
        path = (folder / file.path).resolve()
        if not path.is_file():
            told = problem_at(("inputs", key, "path"), f"no such file {path}", lines)
            raise ConfigError((told,))
        found[key] = file.model_copy(update={"path": path})
    return section.model_copy(update=found)


def _footage_of(
    case: Case, folder: Path, lines: dict[KeyPath, int]
) -> tuple[Path, Extent, tuple[Look, ...]]:
    """Recording and its extent, or looks and the time they span."""
    if case.clip is not None:
        return folder / case.clip, _extent_of(folder / case.clip, lines), ()
    assert case.looks is not None  # one of the two: checked before
    path = folder / case.looks
    try:
        looks = read_looks(path)
    except ConfigError as error:
        told = [problem_at(("looks",), p, lines) for p in error.problems]
        raise ConfigError(tuple(told)) from error
    if case.start.tzinfo is not None and case.start != looks[0].at:
        words = f"the first look is of {looks[0].at.isoformat()}"
        raise ConfigError((problem_at(("start",), words, lines),))
    length_s = (looks[-1].at - looks[0].at).total_seconds()
    return path, Extent(length_s, None, looks[0].size_px), looks


def _extent_of(clip: Path, lines: dict[KeyPath, int]) -> Extent:
    try:
        return extent(clip)
    except FeedError as error:
        raise ConfigError((problem_at(("clip",), str(error), lines),)) from error


def _refuse(problems: Problems, lines: dict[KeyPath, int]) -> None:
    if problems:
        raise ConfigError(tuple(problem_at(path, p, lines) for path, p in problems))


def _scene_of(
    case: Case, folder: Path, lines: dict[KeyPath, int]
) -> tuple[CameraScene, dict[RuleCode, CatalogueRow]]:
    """The camera, and the codes of its bureau's own."""
    if case.camera is not None:
        return case.camera, case.codes
    assert case.site is not None  # one of the two: checked before
    try:
        site = read_site(folder / case.site.file)
    except ConfigError as error:
        raise ConfigError(
            tuple(problem_at(("site", "file"), p, lines) for p in error.problems)
        ) from error
    found = site.cameras.get(case.site.camera)
    if found is None:
        told = f"the site has no such camera; it has {', '.join(site.cameras)}"
        raise ConfigError((problem_at(("site", "camera"), told, lines),))
    return found, site.codes | case.codes
