"""Python's own library as the package makes it for the service: without docstrings, and only as long as it is that library."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.documented import ROOT

# modules that `packaging/library.py` knows by name, with something of ours in them
SHUTIL = '''"""What it is for."""
class Thing:
    """Alone in its class."""
def said():
    """It says:"""
    "which is no docstring"
    assert False, "asserts stay"
'''
PROGRAM = """
import sys
sys.path[:0] = sys.argv[1:3]
from agent import lean_library
lean_library.prefer(sys.argv[2])
import shutil, email, fnmatch
try:
    shutil.said()
except AssertionError as error:
    print(error, type(shutil.__loader__).__name__)
print(shutil.__doc__, shutil.Thing.__doc__, shutil.said.__doc__, email.__doc__, fnmatch.__doc__)
"""


class Installed:
    """A posdiag of its own, and a library of Python of its own."""

    def __init__(self, folder: Path) -> None:
        self.lib, self.library = folder / "lib", folder / "python"
        (self.lib / "agent").mkdir(parents=True)
        for name in ("__init__.py", "lean_library.py"):
            shutil.copy(ROOT / "agent" / name, self.lib / "agent" / name)
        (self.library / "email").mkdir(parents=True)
        (self.library / "shutil.py").write_text(SHUTIL)
        (self.library / "email/__init__.py").write_text('"""Of a package."""\n')
        (self.library / "fnmatch.py").write_text('"""Later broken."""\n')
        self.bytecode = Path(f"{self.lib}/agent/_python{self.library}/shutil.pyc")

    def make(self) -> None:
        words = [str(ROOT / "packaging/library.py"), str(self.lib), "--library", str(self.library)]
        subprocess.run([sys.executable, "-ISB", "-X", "no_debug_ranges", *words], check=True)

    def loaded(self) -> list[str]:
        argv = [sys.executable, "-ISB", "-c", PROGRAM, str(self.lib), str(self.library)]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path)


WHOLE = ["asserts stay SourceFileLoader", "What it is for. Alone in its class. It says: Of a package. Later broken."]
LEAN = ["asserts stay _Lean", "None None None None None"]


def test_docstrings_go_and_asserts_stay(installed: Installed) -> None:
    assert installed.loaded() == WHOLE, "before anything is made"
    installed.make()
    assert installed.loaded() == LEAN
    readable = [path for path in (installed.lib / "agent/_python").rglob("*") if path.stat().st_mode & 0o005 < 0o004]
    assert readable == [], "for the service's user"


def test_what_an_upgrade_of_python_replaced_is_loaded_as_it_is_and_made_anew(installed: Installed) -> None:
    installed.make()
    source = installed.library / "shutil.py"
    source.write_text(SHUTIL.replace("Alone", "New"))
    os.utime(source, (1, 1))
    assert installed.loaded()[1].startswith("What it is for. New in its class. It says: None"), "the others are as they were"
    installed.make()
    assert installed.loaded() == LEAN


def test_bytecode_that_cannot_be_used_is_none(installed: Installed) -> None:
    installed.make()
    for damaged in (b"", b"nonsense", installed.bytecode.read_bytes()[:60], b"\0" * 16 + installed.bytecode.read_bytes()[16:]):
        installed.bytecode.write_bytes(damaged)
        assert installed.loaded()[1].startswith("What it is for. Alone in its class. It says:"), damaged
    installed.bytecode.unlink()
    installed.bytecode.mkdir()
    assert installed.loaded()[1].startswith("What it is for.")


def test_what_cannot_be_compiled_is_left_out(installed: Installed) -> None:
    (installed.library / "copy.py").write_text("def (:\n")
    installed.make()
    assert installed.loaded() == LEAN
