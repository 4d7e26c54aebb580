"""`python -X no_debug_ranges compile.py LIB [--root ROOT]`: the bytecode of what lies under LIB, for the Python that runs this. The package
makes it where it is installed, and again when another Python comes.

Without the columns of source lines, without docstrings and assertions, and without what only a type checker reads (the annotations of
functions and variables, overloads): 1.5 MiB and more of a daemon that never looks at them. Docstrings of the documents' and the
configuration's words are shown (`posdiag config schema`) and stay, as do the annotations of classes, which say what fields there are. The
files have the names that an interpreter without -O looks for, and stand for the sources whatever their dates. Beneath ROOT, paths are shown
as they will be once that is the root of the file system.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import marshal
import sys
from pathlib import Path

# whose docstrings stand in the JSON Schema
SHOWN = (
    "agent/contract",
    "agent/settings/model.py",
    "agent/diagnosis/causes.py",
    "agent/diagnosis/model.py",
    "probes/model",
    "probes/settings.py",
    "probes/ground",
)
_UNCHECKED_HASH = 0b01  # PEP 552


class Untyped(ast.NodeTransformer):
    """Without what only a type checker reads."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self.generic_visit(node)
        node.body = [each for each in map(_assigned, _last_overload(node.body)) if each is not None]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        node.body = _last_overload(node.body)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node


def _last_overload(body: list[ast.stmt]) -> list[ast.stmt]:
    """Without those that the function itself follows."""
    real = {each.name for each in body if isinstance(each, ast.FunctionDef) and not _is_overload(each)}
    return [each for each in body if not (isinstance(each, ast.FunctionDef) and _is_overload(each) and each.name in real)]


def _is_overload(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(each) in ("overload", "typing.overload") for each in function.decorator_list)


def _assigned(statement: ast.stmt) -> ast.stmt | None:
    """A variable of a module, without its annotation; None for one that says nothing else."""
    if not isinstance(statement, ast.AnnAssign):
        return statement
    if statement.value is None:
        return None
    return ast.copy_location(ast.Assign(targets=[statement.target], value=statement.value), statement)


def bytecode(source: bytes, shown: str, *, docstrings: bool) -> bytes:
    """Raises SyntaxError and ValueError."""
    tree = ast.fix_missing_locations(Untyped().visit(ast.parse(source, shown)))
    code = compile(tree, shown, "exec", dont_inherit=True, optimize=0 if docstrings else 2)
    head = importlib.util.MAGIC_NUMBER + _UNCHECKED_HASH.to_bytes(4, "little") + importlib.util.source_hash(source)
    return head + marshal.dumps(code)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("lib", type=Path)
    parser.add_argument("--root", type=Path, default=Path("/"))
    options = parser.parse_args()
    if "no_debug_ranges" not in sys._xoptions:
        parser.error("run it with -X no_debug_ranges, or the columns stay")
    for source in sorted(options.lib.resolve().rglob("*.py")):
        place = source.relative_to(options.lib.resolve()).as_posix()
        try:
            made = bytecode(source.read_bytes(), f"/{source.relative_to(options.root.resolve())}", docstrings=place.startswith(SHOWN))
        except (SyntaxError, ValueError) as error:
            print(f"{source}: {error}", file=sys.stderr)
            return 1
        target = Path(importlib.util.cache_from_source(str(source), optimization=""))
        target.parent.mkdir(exist_ok=True)
        draft = target.with_suffix(".new")
        draft.write_bytes(made)
        draft.replace(target)  # nobody ever reads half of one
    return 0


if __name__ == "__main__":
    sys.exit(main())
