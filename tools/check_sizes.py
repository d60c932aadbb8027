"""Holds the walls: module, function, class, parameters.

A frame loop grew to 386 lines in a peer of ours, one harmless addition at a time;
nobody decided it. An exception needs `# size: reason` on the line of its `def` or
`class`, or on a module's first line.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (
    "base streams models detector rules sites alerts identity cases delivery api "
    "training nonsite tools benchmarks tests"
).split()
MODULE, TEST_MODULE, FUNCTION, CLASS, PARAMETERS = 400, 500, 60, 200, 5

Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def body_lines(node: Named) -> int:
    """Lines of the body, docstring not counted."""
    first = node.body[0]
    is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = first.end_lineno if is_doc else first.lineno - 1
    return (node.end_lineno or 0) - (start or 0)


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Parameters a caller must think of: self and cls are none."""
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    names = [name for name in names if name not in {"self", "cls"}]
    return len(names) + len(node.args.kwonlyargs)


def check(path: Path) -> list[str]:
    """Every wall this module breaks."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    name = path.relative_to(ROOT)
    is_test = name.parts[0] in {"tests", "benchmarks"}
    wall = TEST_MODULE if is_test else MODULE
    found = []
    if len(lines) > wall and "# size:" not in lines[0]:
        found.append(f"{name}: {len(lines)} lines, the wall is {wall}")
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if "# size:" in lines[node.lineno - 1]:
            continue
        where, length = f"{name}:{node.lineno} {node.name}", body_lines(node)
        if isinstance(node, ast.ClassDef):
            if length > CLASS:
                found.append(f"{where}: class of {length} lines, the wall is {CLASS}")
            continue
        if length > FUNCTION:
            found.append(f"{where}: body of {length} lines, the wall is {FUNCTION}")
        if parameters(node) > PARAMETERS and not is_test:
            found.append(
                f"{where}: {parameters(node)} parameters, at most {PARAMETERS}"
            )
    return found


def main() -> int:
    """Print what breaks a wall; 1 when anything does."""
    found = [
        problem
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for problem in check(path)
    ]
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
