"""One module asks the machine for the time; everybody else is handed a clock, and whoever tests them sets that."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLOCK = ROOT / "probes/ground/clock.py"
MOMENTS = ROOT / "probes/ground/moments.py"
PRODUCT = [path for folder in ("agent", "probes") for path in sorted((ROOT / folder).rglob("*.py")) if path != CLOCK]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
WALL = re.compile(r"(datetime\.)?(time\.time(_ns)?|datetime\.(now|utcnow|today)|date\.today)")
# what a C library with seconds of 32 bits cannot do after 2038; a terminal's may have them, the machine that collects may not
COUNTED = re.compile(r".*\.(fromtimestamp|utcfromtimestamp|timestamp|gmtime|localtime|mktime|ctime|utime|astimezone)")
UNLESS_GIVEN = ("time.localtime()", "time.gmtime()")  # these ask for the time only where they are given none
THE_PROCESS_S_OWN = {"agent/present/output.py": ["global _own"]}  # a process has one standard output
TIMES = re.compile(r"\w+\.(setattr|patch|patch\.object)\('?(time|datetime)\b")


def readings(tree: ast.AST) -> list[str]:
    """Where the wall clock is read, or handed on as a function to be read."""
    by_name = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "time"]
    calls = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    functions = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return [*by_name, *(each for each in calls if each in UNLESS_GIVEN), *filter(WALL.fullmatch, functions)]


def counted(tree: ast.AST) -> list[str]:
    """Where the C library is asked to convert a moment; to a zone that is named it is not."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and COUNTED.fullmatch(ast.unparse(node.func))]
    named = [each for each in calls if ast.unparse(each.func).endswith(".astimezone") and each.args and ast.unparse(each.args[0]) != "None"]
    return [ast.unparse(each) for each in calls if each not in named]


def rebound(tree: ast.AST) -> list[str]:
    """Names of a module that a function binds anew."""
    return [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Global)]


def patches(tree: ast.AST) -> list[str]:
    """Where a test puts something in the place of a function of `time` or `datetime`."""
    return [call for node in ast.walk(tree) if isinstance(node, ast.Call) and TIMES.match(call := ast.unparse(node))]


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_asks_the_machine_for_the_time_or_rebinds_a_name_of_its_module(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert readings(tree) == []
    assert rebound(tree) == THE_PROCESS_S_OWN.get(str(path.relative_to(ROOT)), [])


@pytest.mark.parametrize(
    "path",
    [path for path in (*PRODUCT, CLOCK) if path != MOMENTS and not path.is_relative_to(ROOT / "agent/fleet")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_one_module_converts_moments(path: Path) -> None:
    """`probes/ground/moments.py`, also past 2038 on 32 bits."""
    assert counted(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("datetime.fromtimestamp(now, UTC)", True),
        ("time.strftime('%H', time.localtime(now))", True),
        ("parse(text).timestamp()", True),
        ("moment.astimezone()", True),
        ("moment.astimezone(None)", True),
        ("os.utime(path, (now, now))", True),
        ("moment.astimezone(UTC)", False),
        ("seconds_of(moment)", False),
    ],
)
def test_a_conversion_is_seen(line: str, seen: bool) -> None:
    assert bool(counted(ast.parse(line))) is seen


def test_no_test_patches_time() -> None:
    found = {str(path.relative_to(ROOT)): patches(ast.parse(path.read_text(encoding="utf-8"))) for path in TESTS}
    assert {name: each for name, each in found.items() if each} == {}


@pytest.mark.parametrize(
    "line",
    ["time.time()", "now = time.time", "datetime.now(UTC)", "datetime.datetime.now()", "time.gmtime()", "from time import time"],
)
def test_a_reading_is_seen(line: str) -> None:
    assert readings(ast.parse(line))


@pytest.mark.parametrize("line", ["time.gmtime(now)", "time.monotonic()", "datetime.fromtimestamp(now, UTC)", "deadline.clock.wall()"])
def test_what_is_none_is_not(line: str) -> None:
    assert readings(ast.parse(line)) == []


def test_a_patch_is_seen() -> None:
    for line in ("monkeypatch.setattr(time, 'monotonic', later)", "monkeypatch.setattr('time.time', later)", "mock.patch('time.sleep')"):
        assert patches(ast.parse(line))
