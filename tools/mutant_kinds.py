"""Which small faults of `mutants/` change behaviour, and what each changes.

Not behaviour, by rule: the wording of a raised error, what is logged, what `repr` and
`str` show, the name of an encoding, and two that only assert what holds by construction
(`strict=` of a zip, the type of a cast). What differs in nothing else is no fault.
"""

import ast
from copy import deepcopy
from difflib import ndiff
from pathlib import Path

MADE = Path("mutants")
SHOWN = frozenset({"__repr__", "__str__"})
CODECS = frozenset({"encode", "decode", "read_text", "write_text"})

LOGS = frozenset({"debug", "info", "warning", "error", "bind"})


class _Bare(ast.NodeTransformer):
    """A function without what is not behaviour."""

    def __init__(self, function: ast.FunctionDef) -> None:
        raised = [n for n in ast.walk(function) if isinstance(n, ast.Raise)]
        names = [n for one in raised for n in ast.walk(one) if isinstance(n, ast.Name)]
        self._words = {name.id for name in names}

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return _without_words(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """The same where the wording has a name first."""
        names = {t.id for t in node.targets if isinstance(t, ast.Name)}
        return _without_words(node) if names & self._words else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = ast.unparse(node.func).rpartition(".")[2]
        if name in CODECS | LOGS:
            node.args, node.keywords = [], []
        if name == "zip":
            node.keywords = [k for k in node.keywords if k.arg != "strict"]
        if name == "cast" and len(node.args) == 2:
            node.args = node.args[1:]
        return node


def _without_words(node: ast.stmt) -> ast.AST:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            inner.value = ""
    return node


class Faults:
    """The faults of one module, as mutmut wrote them.

    Args:
        module: Its dotted name, `rules.life`.
    """

    def __init__(self, module: str) -> None:
        path = MADE / Path(*module.split(".")).with_suffix(".py")
        tree = ast.parse(path.read_text("utf-8"))
        self._bares: dict[str, str] = {}
        self._functions = {
            node.name: node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
        }

    def is_behaviour(self, name: str) -> bool:
        """Whether the fault `x_step__mutmut_3` changes more than words."""
        own, _, _ = name.partition("__mutmut_")
        if own.rpartition("ǁ")[2] in SHOWN:
            return False
        return self._bare(name) != self._bare(f"{own}__mutmut_orig")

    def change(self, name: str) -> str:
        """Its lines that differ, before and after."""
        own, _, _ = name.partition("__mutmut_")
        before, after = self._text(f"{own}__mutmut_orig"), self._text(name)
        return "\n".join(one for one in ndiff(before, after) if one[0] in "+-")

    def _text(self, name: str) -> list[str]:
        return "\n".join(map(ast.unparse, self._functions[name].body)).splitlines()

    def _bare(self, name: str) -> str:
        if name not in self._bares:
            function = deepcopy(self._functions[name])
            function.name = ""
            self._bares[name] = ast.dump(_Bare(function).visit(function))
        return self._bares[name]
