"""Writes `desk/openapi.json`, which the desk's client is generated from.

`--check` fails where the file is stale: the desk would be typed after an older API.
"""

import json
import sys
from pathlib import Path

from api.app import openapi_document

TARGET = Path(__file__).resolve().parent.parent / "desk" / "openapi.json"


def document() -> str:
    """The document as text, one key a line: two branches can be merged."""
    return json.dumps(openapi_document(), ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write, or check with `--check`."""
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(document(), encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == document():
        return 0
    print(f"{TARGET.name} is stale: run python -m tools.make_openapi")
    return 1


if __name__ == "__main__":
    sys.exit(main())
