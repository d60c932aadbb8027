"""Cameras out of a list somebody keeps in a spreadsheet.

In: CSV, UTF-8 or GB 18030, a header and a camera a line. Out: camera sections as plain
values beside what is wrong, by line and column. Lines with a problem are left out, the
others are not held up by them.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from base.errors import ConfigError
from sites.draft import draft_site, key_problems
from sites.schema import NAME

MOST_LINES = 2000
NEEDED = ("name", "looks")
COLUMNS = (
    *NEEDED,
    *"title area evidence login transport lat lon regime priority".split(),
    *"owner document signed_on expires_on purposes gb_code".split(),
)
"""What a header may name; `purposes` are separated by blanks."""


@dataclass(frozen=True, slots=True)
class ListProblem:
    """What is wrong; line 1 is the header, 0 the whole."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class CameraList:
    """What a list holds.

    Attributes:
        cameras: Sections by name, as they stand in a site's content.
        problems: Lines that were left out, and why.
    """

    cameras: dict[str, dict[str, Any]]
    problems: tuple[ListProblem, ...]


def read_camera_list(raw: bytes, taken: Iterable[str] = ()) -> CameraList:
    """Cameras of a list; never raises for what it holds.

    Args:
        raw: The file.
        taken: Names of cameras there are: not used twice.
    """
    text = _text(raw)
    if text is None:
        words = "is neither UTF-8 nor GB 18030: save it as CSV UTF-8"
        return CameraList({}, (ListProblem(0, "", words),))
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True)
        header = [name.strip() for name in reader.fieldnames or ()]
        problems = _header_problems(header)
        if problems:
            return CameraList({}, problems)
        reader.fieldnames = header
        return _cameras(reader, set(taken))
    except csv.Error as error:
        return CameraList({}, (ListProblem(0, "", f"is no CSV: {error}"),))


def _text(raw: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _header_problems(header: list[str]) -> tuple[ListProblem, ...]:
    found = [
        ListProblem(1, name[:100], f"no such column; there are {', '.join(COLUMNS)}")
        for name in header
        if name not in COLUMNS
    ]
    found += [ListProblem(1, n, "is missing") for n in NEEDED if n not in header]
    if len(set(header)) < len(header):
        found.append(ListProblem(1, "", "a column stands twice"))
    return tuple(found)


def _cameras(reader: "csv.DictReader[str]", taken: set[str]) -> CameraList:
    cameras: dict[str, dict[str, Any]] = {}
    problems: list[ListProblem] = []
    for number, row in enumerate(reader):
        line = reader.line_num
        if number >= MOST_LINES:
            words = f"at most {MOST_LINES} cameras are taken at once"
            problems.append(ListProblem(line, "", words))
            break
        if None in row or None in row.values():
            problems.append(ListProblem(line, "", "has another number of columns"))
            continue
        values = {key: value.strip() for key, value in row.items() if value.strip()}
        if not values:
            continue
        name = values.pop("name", "")
        told = _name_problem(name, taken | cameras.keys())
        section = _section(values)
        wrong = [told] if told else _wrong(section)
        problems += [ListProblem(line, column, words) for column, words in wrong]
        if not wrong:
            cameras[name] = section
    return CameraList(cameras, tuple(problems))


def _name_problem(name: str, taken: set[str]) -> tuple[str, str] | None:
    if not re.fullmatch(NAME, name):
        return "name", "has small letters, digits and _, begins with a letter"
    if name in taken:
        return "name", f"there is a camera {name} already"
    return None


def _section(values: dict[str, str]) -> dict[str, Any]:
    feed = {"kind": "url"} | _picked(values, "looks evidence login transport")
    section: dict[str, Any] = {"feed": feed} | _picked(values, "title area regime")
    if "priority" in values:
        section["priority"] = values["priority"]
    position = _picked(values, "lat lon")
    if position:
        section["position"] = position
    access = _picked(values, "document signed_on expires_on")
    dossier: dict[str, Any] = _picked(values, "owner gb_code")
    if "purposes" in values:
        dossier["purposes"] = values["purposes"].split()
    if access or dossier:
        section["dossier"] = dossier | {"access": access}
    return section


def _picked(values: dict[str, str], names: str) -> dict[str, str]:
    return {name: values[name] for name in names.split() if name in values}


def _wrong(section: dict[str, Any]) -> list[tuple[str, str]]:
    content = {"version": 1, "name": "list", "cameras": {"camera": section}}
    try:
        draft_site(content)
    except ConfigError as error:
        return [
            (one.path.removeprefix("cameras.camera.").split(".")[-1], one.message)
            for one in key_problems(error)
        ]
    return []
