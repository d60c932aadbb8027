"""Values of JSON, and the one text of each."""

import json
from typing import TypeAlias

JsonValue: TypeAlias = (
    "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"
)


def canonical_json(value: JsonValue) -> str:
    """The one text of a JSON value: sorted keys, no spaces, UTF-8, no NaN.

    Raises:
        ValueError: A number is not finite.
    """
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
