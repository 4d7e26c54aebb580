"""The rules of `docs/architecture.md` about who may import whom, and about the size of files, held against the real files."""

from __future__ import annotations

import ast
import contextlib
import importlib
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.documented import text

ROOT = Path(__file__).resolve().parents[2]
# The one order of packages, lowest first. A package imports those above it in this table, itself, and nothing of its own line or below.
# `docs/architecture.md` draws the same table.
ORDER: tuple[tuple[str, ...], ...] = (
    ("probes.ground", "agent.resources", "agent.build_date", "agent.process_exit", "agent.openssl_conf", "agent.lean_library"),
    ("probes.model", "probes.settings"),
    ("probes.assess",),  # what only decides; the edge, which only looks, needs nothing of it
    ("probes.edge.failures", "probes.edge.entry_points"),
    ("probes.edge.kernel",),
    ("probes.edge.net",),
    ("probes.edge.dns",),
    ("probes.edge.tls",),
    ("probes.edge.http",),
    ("probes.edge.acquirer",),
    ("probes.edge.serial", "probes.edge.adb"),
    ("probes.plugin",),  # the interface of other packages' probes
    ("probes",),  # the probes themselves: none knows another
    ("agent.diagnosis",),
    ("agent.contract", "agent.settings"),
    ("agent.storage", "agent.remedy"),
    ("agent.readiness",),
    ("agent.messages", "agent.present", "agent.record"),
    ("agent.examination",),
    ("agent.status",),
    ("agent.papers",),
    ("agent.outputs",),
    ("agent.daemon",),
    ("agent.guide",),
    ("agent.commands",),
    ("agent.fleet.model",),
    ("agent.fleet.settings",),
    ("agent.fleet.localise", "agent.fleet.reading"),
    ("agent.fleet.store",),
    ("agent.fleet.engines",),
    ("agent.fleet.trends",),
    ("agent.fleet.survey",),
    ("agent.fleet.page",),
    ("agent.fleet.lessons", "agent.fleet.watching"),
    ("agent.fleet.serve",),
    ("agent.fleet.commands",),
    ("agent.cli",),
    ("agent.__main__",),
)
SHARED_BY_PROBES = ("probes.plugin", "probes.model", "probes.assess", "probes.settings", "probes.ground", "probes.edge")
# what diagnosis may use: nothing here opens, waits or logs; of datetime, only what reads no clock
PURE = {
    "__future__",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "ipaddress",
    "itertools",
    "math",
    "msgspec",
    "re",
    "typing",
}
EMPTY = ("agent", "agent.fleet", "probes.edge")  # packages without code of their own but the version


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources(*folders: str) -> dict[str, Path]:
    return {module_name(path): path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))}


MODULES = sources("agent", "probes")
OF_TESTS = sources("tests")
PROGRAM = re.compile(r"^\s*(?:from|import) .+", re.MULTILINE)  # an import in a program that a test starts, as a string


def imports(tree: ast.AST, module: str, *, is_package: bool = False) -> Iterator[str]:
    """Full names of what is imported anywhere in the file; `from a.b import c` gives `a.b.c` where that is a module, else `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if is_package else module.split(".")[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in MODULES or full in OF_TESTS else base
    yield from (name for program in programs(tree) for name in imports(program, "") if within(name, "tests"))


def programs(tree: ast.AST) -> Iterator[ast.Module]:
    """The lines by which a program that stands in the file as a string imports something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for line in PROGRAM.findall(node.value.replace(";", "\n")):
                with contextlib.suppress(SyntaxError):  # a sentence
                    yield ast.parse(line.strip())


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def place(name: str) -> tuple[int, str] | None:
    """Where the module stands in the order, and the package that says so: the narrowest that holds it."""
    found = [(package, number) for number, line in enumerate(ORDER) for package in line if within(name, package)]
    package, number = max(found, key=lambda entry: len(entry[0]), default=("", -1))
    return (number, package) if package else None


def violations(module: str, imported: str) -> Iterator[str]:
    own, other = place(module), place(imported)
    if own and other and own != other and other[0] >= own[0]:
        yield f"{other[1]} does not stand above {own[1]} in the order of packages"
    if own and own[1] == "probes" and within(imported, "probes") and imported != "probes" and not within(imported, *SHARED_BY_PROBES):
        yield "a probe shares only the model, its settings, the ground and the edge"
    if within(module, "agent.diagnosis") and not (
        imported.split(".")[0] in PURE
        or within(imported, "agent.diagnosis", "probes.model", "probes.ground.vocabulary")
        or imported == "probes"
    ):
        yield "diagnosis is pure: no I/O, no clock, no log"
    if within(module, "probes.assess") and not (
        imported.split(".")[0] in PURE or within(imported, "probes.assess", "probes.model", "probes.settings")
    ):
        yield "what only decides is pure: no I/O, no clock, no log"
    if within(module, "probes.edge") and within(imported, "probes.assess"):
        yield "the edge looks, and decides nothing"
    if within(module, "agent", "probes") and within(imported, "tests"):
        yield "the product knows nothing of its tests"
    if within(imported, "tests") and imported.rpartition(".")[2].startswith("test_"):
        yield "a test is nobody's library: what is shared lies in tests/support"
    if within(module, "tests.support") and within(imported, "tests") and not within(imported, "tests.support"):
        yield "what tests share knows none of them"


def test_every_module_has_its_place() -> None:
    assert [name for name in MODULES if place(name) is None and name not in EMPTY] == []


def test_every_package_of_the_order_is_there() -> None:
    assert [package for line in ORDER for package in line if not any(within(name, package) for name in MODULES)] == []


@pytest.mark.parametrize("module", MODULES)
def test_imports_follow_the_plan(module: str) -> None:
    path = MODULES[module]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [
        f"{module} imports {name}: {why}"
        for name in imports(tree, module, is_package=path.name == "__init__.py")
        for why in violations(module, name)
    ]
    assert not found


@pytest.mark.parametrize("module", [name for name in OF_TESTS if OF_TESTS[name] != Path(__file__)])  # here they are examples
def test_no_test_is_imported_by_another_module(module: str) -> None:
    path = OF_TESTS[module]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [name for name in imports(tree, module, is_package=path.name == "__init__.py") if within(name, "tests")]
    assert [f"{module} imports {name}: {why}" for name in found for why in violations(module, name)] == []


@pytest.mark.parametrize("module", [name for name in OF_TESTS if OF_TESTS[name] != Path(__file__)])
def test_what_a_program_imports_that_stands_in_a_test_as_a_string_is_there(module: str) -> None:
    tree = ast.parse(OF_TESTS[module].read_text(encoding="utf-8"))
    wanted = [node for program in programs(tree) for node in program.body if isinstance(node, ast.ImportFrom)]
    missing = [
        f"{node.module}.{alias.name}"
        for node in wanted
        if node.module and within(node.module, "agent", "probes", "tests")
        for alias in node.names
        if f"{node.module}.{alias.name}" not in MODULES | OF_TESTS and not hasattr(importlib.import_module(node.module), alias.name)
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("probes.dns", "from agent.settings.model import Settings"),
        ("probes.dns", "import probes.link"),
        ("probes.edge.dns.wire", "import agent.settings"),
        ("agent.diagnosis.rules", "import time"),
        ("agent.diagnosis.rules", "def f():\n    import logging"),
        ("agent.diagnosis.rules", "from pathlib import Path"),
        ("agent.diagnosis.rules.link", "from ...contract import document"),
        ("agent.remedy.steps", "import agent.cli"),
        ("agent.contract.document", "import agent.storage.atomic"),
        ("agent.examination.plan", "from agent.status import build"),
        ("agent.storage.atomic", "import agent.remedy.steps"),
        ("probes.edge.net.tcp", "from probes.edge.tls import tls_client"),
        ("probes.edge.kernel.netlink", "import probes.edge.dns.wire"),
        ("probes.model", "import tests.support.world"),
        ("probes.assess.printer", "import time"),
        ("probes.assess.printer", "from probes.edge.serial import escpos"),
        ("probes.edge.serial.escpos", "from probes.assess import printer"),
        ("tests.daemon.test_devices", "from tests.daemon.test_real import command"),
        ("tests.daemon.test_devices", "from .test_real import command"),
        ("tests.daemon.test_devices", "from tests.daemon import test_real"),
        ("tests.lab.play", "import tests.daemon.test_real"),
        ("tests.messages.test_limiter", "PROGRAM = 'import sys; from tests.messages.test_record import turn; turn()'"),
        ("tests.support.staged", "from tests.lab.play import play"),
        ("tests.support.staged", "import tests.conftest"),
    ],
)
def test_a_breach_is_seen(module: str, line: str) -> None:
    assert [why for name in imports(ast.parse(line), module) for why in violations(module, name)]


@pytest.mark.parametrize("module", [name for name in MODULES if within(name, "agent.diagnosis")])
def test_diagnosis_reads_no_clock(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow")]


def test_files_are_small() -> None:
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in sources("agent", "probes", "tests").items()}
    assert {name: count for name, count in lines.items() if count > 300} == {}
    assert statistics.median(lines.values()) < 120


def test_the_document_draws_the_same_order() -> None:
    drawn = re.search(r"## The order of packages.*?```\n(.*?)\n```", text("docs/architecture.md"), re.DOTALL)
    assert drawn and drawn[1].splitlines() == [" · ".join(line) for line in ORDER]
