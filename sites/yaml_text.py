"""YAML text in, plain values and the line of every key out.

YAML is read into nodes first, so that a wrong value can be shown with its line, and
duplicate keys and aliases (a small file that grows without end) are refused.
"""

from typing import Any, TypeAlias

import yaml
from pydantic import ValidationError

from base.errors import ConfigError

MAX_BYTES = 4_000_000
KeyPath: TypeAlias = tuple[str | int, ...]
_TEXT = "tag:yaml.org,2002:str"
"""Keys are words; unquoted, YAML takes `true`, `on`, `no`, `01` for something else."""
_TAGS = frozenset({"url", "file"})


def parse_yaml(raw: bytes) -> tuple[Any, dict[KeyPath, int]]:
    """Plain values, and the line of each key's path.

    Raises:
        ConfigError: Too large, no YAML, aliases, a key that stands twice.
    """
    if len(raw) > MAX_BYTES:
        raise ConfigError((f"the file has {len(raw)} bytes, at most {MAX_BYTES}",))
    try:
        text = raw.decode("utf-8")
        if any(isinstance(e, yaml.AliasEvent) for e in yaml.parse(text)):
            raise ConfigError(("aliases (*name) are not taken: write the value out",))
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        summary = " ".join(str(error).split())
        raise ConfigError((f"this is no YAML: {summary}",)) from error
    if node is None:
        raise ConfigError(("the file is empty: it needs `version: 1`",))
    lines: dict[KeyPath, int] = {}
    _walk(node, (), lines)
    try:
        return yaml.safe_load(text), lines
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        summary = " ".join(str(error).split())
        raise ConfigError((f"this is no YAML: {summary}",)) from error


def _walk(node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int]) -> None:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            where = ".".join(str(part) for part in (*path, name))
            line = key.start_mark.line + 1
            if key.tag != _TEXT:
                told = f"{where}: YAML reads this key as no text: write '{name}'"
                raise ConfigError((f"{told} (line {line})",))
            if name in seen:
                raise ConfigError((f"{where}: stands twice (line {line})",))
            seen.add(name)
            _walk(value, (*path, name), lines)
            lines[(*path, name)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*path, index), lines)


def problems_of(error: ValidationError, lines: dict[KeyPath, int]) -> tuple[str, ...]:
    """One line for each problem: `key.path: what is wrong (line n)`."""
    told: list[str] = []
    for problem in error.errors(include_url=False, include_input=False):
        path = _without_tags(problem["loc"], lines)
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = "no such key"
        told.append(problem_at(path, message, lines))
    return tuple(dict.fromkeys(told))


def problem_at(path: KeyPath, message: str, lines: dict[KeyPath, int]) -> str:
    """`key.path: what is wrong (line n)`."""
    where = ".".join(str(part) for part in path) or "(top)"
    line = _line_of(path, lines)
    return f"{where}: {message}" + (f" (line {line})" if line else "")


def with_line(told: str, lines: dict[KeyPath, int]) -> str:
    """A problem `key.path: what is wrong`, with the line where one is known."""
    where, _, message = told.partition(": ")
    parts = where.split(".")
    path = tuple(int(part) if part.isdigit() else part for part in parts)
    return problem_at(path, message, lines)


def _without_tags(loc: KeyPath, lines: dict[KeyPath, int]) -> KeyPath:
    """Pydantic puts the kind of a feed or step into the path; nobody wrote it there."""
    path: KeyPath = ()
    for index, part in enumerate(loc):
        is_kind = part in _TAGS and index > 0 and loc[index - 1] == "feed"
        follows = (*path, *loc[index + 1 : index + 2])
        is_passed_over = (*path, part) not in lines and len(follows) > len(path)
        if is_kind or (is_passed_over and follows in lines):
            continue
        path = (*path, part)
    return path


def _line_of(path: KeyPath, lines: dict[KeyPath, int]) -> int | None:
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None
