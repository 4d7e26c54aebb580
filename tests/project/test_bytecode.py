"""The bytecode that the package carries says less than the sources, and does the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.documented import ROOT

MODULE = '''"""What it is for."""
from __future__ import annotations
from typing import NamedTuple, overload
import typing
COUNT: int = 5
unset: str

@overload
def twice(of: int) -> int: ...
@typing.overload
def twice(of: str) -> str: ...
def twice(of: int | str, *, more: list[int] | None = None) -> int | str:
    """Said twice."""
    inner: int = 2
    assert of, "something"
    return of * inner

class Pair(NamedTuple):
    """Two."""
    left: int
    right: str = "r"
    @overload
    def both(self, sep: str) -> str: ...
    @overload
    def both(self) -> str: ...
    def both(self, sep: str = "") -> str:
        return f"{self.left}{sep}{self.right}"

class Empty:
    """Nothing."""

async def later(of: int) -> int:
    return of
'''
SHOW = """
import sys
sys.path.insert(0, sys.argv[1])
import typing, made
from agent.contract import encode
print(made.COUNT, made.twice(4), made.twice("", more=[]) == "", made.Pair(1), made.Pair(1).both("-"), made.Empty().__class__.__name__)
print(made.__doc__, made.twice.__doc__, made.Empty.__doc__, getattr(made, "__annotations__", None))
print(made.twice.__annotations__, made.Pair.both.__annotations__, made.later.__annotations__, made.Pair.__annotations__)
print(typing.get_overloads(made.twice), typing.get_overloads(made.Pair.both), list(made.twice.__code__.co_positions())[-1][2:])
print(made.twice.__code__.co_firstlineno)
print(encode.__doc__, encode.said.__doc__)
"""


def test_it_does_the_same_without_what_is_only_read(tmp_path: Path) -> None:
    lib = tmp_path / "opt/lib"
    (lib / "agent/contract").mkdir(parents=True)
    (lib / "made.py").write_text(MODULE)
    (lib / "agent/contract/encode.py").write_text('"""Shown."""\ndef said(of: int) -> int:\n    """Too."""\n    return of\n')
    compiler = [sys.executable, "-X", "no_debug_ranges", str(ROOT / "packaging/compile.py"), "--root", str(tmp_path), str(lib)]
    subprocess.run(compiler, check=True)
    lines = subprocess.run([sys.executable, "-ISB", "-c", SHOW, str(lib)], check=True, capture_output=True, text=True).stdout.splitlines()
    assert lines == [
        "5 8 True Pair(left=1, right='r') 1-r Empty",
        "None None None {}",
        "{} {} {} {'left': ForwardRef('int'), 'right': ForwardRef('str')}",
        "[] [] (None, None)",
        "12",
        "Shown. Too.",
    ]


def test_what_cannot_be_compiled_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def (:\n")
    compiler = [sys.executable, "-X", "no_debug_ranges", str(ROOT / "packaging/compile.py"), str(tmp_path)]
    done = subprocess.run(compiler, check=False, capture_output=True, text=True)
    assert done.returncode == 1 and "broken.py" in done.stderr
