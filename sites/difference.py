"""What differs between two configurations, key by key."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sites.revision import Revision


@dataclass(frozen=True, slots=True)
class Change:
    """One key that differs.

    Attributes:
        path: Of the key, `cameras.dock.views.home.zones.kerb.points`.
        before: Its value; None where the key is new (or was null).
        after: Its value; None where the key is gone (or is null).
    """

    path: str
    before: Any
    after: Any


def changes_between(before: Revision | None, after: Revision) -> tuple[Change, ...]:
    """What putting `after` in the place of `before` changes, by path.

    Maps are compared key by key, lists (the points of a polygon) as wholes. A camera
    or zone that comes or goes is one change with its whole content.
    """
    old = {} if before is None else json.loads(before.content)
    return tuple(_changes("", old, json.loads(after.content)))


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        if before != after:
            yield Change(path, before, after)
        return
    for key in sorted(before.keys() | after.keys()):
        inner = f"{path}.{key}" if path else key
        yield from _changes(inner, before.get(key), after.get(key))
