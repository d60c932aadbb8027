"""Writes `docs/replay-case.schema.json` from the model of a case.

`--check` fails where the file is stale: an editor that knows an old format misleads.
"""

import json
import sys
from pathlib import Path

from nonsite.replay.case import Case

TARGET = Path(__file__).resolve().parent.parent / "docs" / "replay-case.schema.json"


def schema() -> str:
    """The schema as text."""
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    content |= Case.model_json_schema()
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write, or check with `--check`."""
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(schema(), encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == schema():
        return 0
    print(f"{TARGET.name} is stale: run python -m tools.make_schema")
    return 1


if __name__ == "__main__":
    sys.exit(main())
