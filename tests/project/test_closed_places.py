"""Path.exists and its like raise where a directory above is closed up to Python 3.13, and say that nothing is there from 3.14 on: the
product asks by `probes/ground/files.py`, which says the same on each."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = [path for folder in ("agent", "probes") for path in sorted((ROOT / folder).rglob("*.py"))]
DIFFERS = {"exists", "is_dir", "is_file", "is_symlink", "is_mount", "is_socket", "is_fifo", "is_block_device", "is_char_device"}
OF_A_LISTING = ("entry", "installed")  # os.DirEntry, which is no path; and the package's own folder
PROGRAM = """
import sys
from pathlib import Path
from probes.ground.files import is_file, is_folder, is_link, is_there
closed = Path(sys.argv[1])
print(*(each(closed / name) for each in (is_file, is_folder, is_link) for name in ("file", "folder", "link", "none")))
try:
    print(is_there(closed / "file"))
except PermissionError:
    print("closed")
"""


def differing(tree: ast.AST) -> list[str]:
    """Questions whose answer depends on the Python."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    asked = [each for each in calls if isinstance(each, ast.Attribute) and each.attr in DIFFERS]
    return [name for each in asked if ast.unparse(each.value) not in (*OF_A_LISTING, "os.path") and (name := ast.unparse(each))]


def test_no_question_that_pythons_answer_differently() -> None:
    found = {str(path.relative_to(ROOT)): differing(ast.parse(path.read_text("utf-8"))) for path in PRODUCT}
    assert {path: asked for path, asked in found.items() if asked} == {}


def test_such_a_question_is_found() -> None:
    assert differing(ast.parse("Path('/x').exists() or folder.is_dir() or entry.is_dir()")) == ["Path('/x').exists", "folder.is_dir"]


@pytest.mark.root
def test_what_is_closed_to_this_user(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    tmp_path.chmod(0o700)
    argv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", PROGRAM, str(tmp_path)]
    closed = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert closed == f"{' '.join(['False'] * 12)}\nclosed\n"
    for above in (tmp_path, *tmp_path.parents[:3]):
        above.chmod(above.stat().st_mode | 0o055)
    opened = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert opened == "True False True False False True False False False False True False\nTrue\n"
