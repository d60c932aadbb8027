"""House rules ruff cannot say, each with the accident that taught it.

- One broad catch: 309 `except Exception` in a peer hid the errors that mattered; ours
  stands in `base/guard.py` alone.
- No rooms without a name: `utils` grew to import the database in a peer.
- `__init__.py` is a docstring: a re-export loads a decoder for whoever wants a type.
- No marks left open in code: what is not done belongs to the tracker.
- Words: the house says alert, violation, look; never incident.
- Nothing of the shared footage is ever committed, whatever its name.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BANNED_NAMES = re.compile(r"^(utils?|helpers?|common|misc|manager|data|obj|info)$")
MARKS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
WORDS = re.compile(r"\bincident", re.IGNORECASE)
WORDS_FREE = ("docs/", "tools/check_house.py", "README")
MEDIA = {
    ".mp4",
    ".avi",
    ".gif",
    ".mkv",
    ".mov",
    ".jpg",
    ".jpeg",
    ".png",
    ".onnx",
    ".pt",
}
MEDIA_HOMES = ("samples/", "models/", "docs/", "benchmarks/results/", "tests/golden/")


def tracked() -> list[Path]:
    """Files git tracks, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [Path(name) for name in listed.split("\0") if name]


def broad_catches(tree: ast.AST) -> list[int]:
    """Lines that catch everything."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            names = ast.unparse(node.type) if node.type else "BaseException"
            if re.search(r"\b(Base)?Exception\b", names):
                lines.append(node.lineno)
    return lines


def check_python(path: Path, text: str) -> list[str]:
    """What one module breaks."""
    tree = ast.parse(text)
    found = []
    if BANNED_NAMES.match(path.stem) or any(map(BANNED_NAMES.match, path.parts[:-1])):
        found.append(f"{path}: this name says nothing of what is inside")
    if path.name == "__init__.py" and len(tree.body) != 1:
        found.append(f"{path}: a package's __init__ is its docstring, nothing else")
    if path != Path("base/guard.py") and path.parts[0] != "tests":
        found += [
            f"{path}:{line}: a broad catch stands in base/guard.py only"
            for line in broad_catches(tree)
        ]
    return found


def check_text(path: Path, text: str) -> list[str]:
    """What the words of one file break."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if MARKS.search(line):
            found.append(f"{path}:{number}: an open mark: {line.strip()[:60]}")
        if WORDS.search(line) and not str(path).startswith(WORDS_FREE):
            found.append(f"{path}:{number}: say violation, alert or case")
    return found


def main() -> int:
    """Print what breaks a rule; 1 when anything does."""
    found = []
    for path in tracked():
        full = ROOT / path
        if not full.is_file():
            continue
        if path.suffix in MEDIA and not str(path).startswith(MEDIA_HOMES):
            found.append(f"{path}: media live in {', '.join(MEDIA_HOMES)}")
        if path.suffix in {".py", ".ts", ".tsx", ".lua", ".sql"}:
            text = full.read_text(encoding="utf-8")
            found += check_text(path, text)
            if path.suffix == ".py":
                found += check_python(path, text)
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
