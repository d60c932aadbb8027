"""What the engine of one view saves: rules, people and the time of the newest look."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from rules.errors import RuleError
from rules.settings import RuleCode
from rules.state_text import text_of

STATE_VERSION = 2
READABLE = frozenset({1, STATE_VERSION})
"""Version 1 knew no people; what stands in its slots is taken up all the same."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Saved memory.

    Attributes:
        last_at: Media time of the newest look.
        rules: Each rule's state, canonical JSON.
        people: The view's memory of people; None where nobody is followed.
    """

    last_at: datetime | None
    rules: Mapping[RuleCode, bytes]
    people: bytes | None = None


def dump(saved: Saved) -> bytes:
    """One canonical JSON object; its parts are canonical JSON already."""
    at = text_of(saved.last_at.isoformat() if saved.last_at else None)
    rules = b",".join(
        text_of(code) + b":" + saved.rules[code] for code in sorted(saved.rules)
    )
    people = saved.people or b"null"
    return b'{"version":%d,"last_at":%b,"people":%b,"rules":{%b}}' % (
        STATE_VERSION,
        at,
        people,
        rules,
    )


def parse(raw: bytes) -> Saved:
    """Saved memory back.

    Raises:
        RuleError: It is damaged or of an unknown version.
    """
    try:
        content = json.loads(raw)
        if content["version"] not in READABLE:
            raise RuleError(f"its version is {content['version']}")
        at, people = content["last_at"], content.get("people")
        return Saved(
            last_at=None if at is None else datetime.fromisoformat(at).astimezone(UTC),
            rules={
                str(code): json.dumps(state).encode()
                for code, state in content["rules"].items()
            },
            people=None if people is None else json.dumps(people).encode(),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RuleError(f"the saved clocks cannot be read: {error}") from error
