"""The documents say what the code does: every key, code and word, both ways."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest
from msgspec import Struct, inspect

from agent.commands.option_table import OPTIONS
from agent.commands.table import COMMANDS
from agent.contract.checks import CheckEntry
from agent.contract.day import Today
from agent.contract.document import CauseEntry, DataUse, Incident, Pending, Readiness, Recorded, Status, Step, Terminal
from agent.diagnosis.causes import Cause
from agent.storage.status_file import EXIT_STATUS
from probes.model import Layer, Symptom
from tests.support import facts_table, rights_table
from tests.support.documented import ROOT, rows, section, settings, text, words
from tests.support.world import World, host_faults
from tests.support.world.verdict import NOBODY

STATUS, CONFIGURATION, ARCHITECTURE = "docs/status.md", "docs/configuration.md", "docs/architecture.md"
READMES = ("README.md", "README.zh.md")
DOCUMENTS = (*READMES, "CHANGELOG.md", "CONTRIBUTING.md", *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").glob("*.md"))))


def first_words(name: str, title: str) -> list[str]:
    return [words(row[0])[0] for row in rows(section(name, title))]


def test_every_key_of_the_configuration_with_its_default_and_range() -> None:
    table = {words(row[0])[0]: (row[1], row[2]) for row in rows(text(CONFIGURATION)) if len(row) == 4}
    assert table == settings()


@pytest.mark.parametrize(
    ("title", "shape"),
    [
        ("Keys", Status),
        ("terminal", Terminal),
        ("causes[]", CauseEntry),
        ("remediation[]", Step),
        ("checks[]", CheckEntry),
        ("pending", Pending),
        ("incident", Incident),
        ("data[]", DataUse),
        ("today", Today),
        ("readiness", Readiness),
        ("record", Recorded),
    ],
)
def test_every_key_of_the_status_document(title: str, shape: type[Struct]) -> None:
    described = inspect.type_info(shape)
    assert isinstance(described, inspect.StructType)
    assert first_words(STATUS, title) == [each.encode_name for each in described.fields]


@pytest.mark.parametrize(("title", "words_of"), [("Layers", Layer), ("Causes", Cause), ("Symptoms", Symptom)])
def test_every_word_of_the_vocabularies(title: str, words_of: type[StrEnum]) -> None:
    assert first_words(STATUS, title) == [member.value for member in words_of]


def test_a_cause_has_its_layer_and_its_owner() -> None:
    for code, layer, owner, _ in rows(section(STATUS, "Causes")):
        cause = Cause.of(words(code)[0])
        assert (words(layer), words(owner)) == ([cause.layer.value], [cause.owner.value])


@pytest.mark.parametrize(("name", "title"), [(STATUS, "Exit status"), ("README.md", "Exit status"), ("README.zh.md", "退出码")])
def test_exit_statuses(name: str, title: str) -> None:
    said = {words(row[1])[0]: int(row[0]) for row in rows(section(name, title)) if words(row[1])}
    assert said == {state.value: number for state, number in EXIT_STATUS.items()}


@pytest.mark.parametrize("name", READMES)
def test_every_command_and_option_is_in_the_readme(name: str) -> None:
    readme = text(name)
    assert [word for word in (each.written for each in (*COMMANDS, *OPTIONS)) if f"`{word}`" not in readme.replace("\\|", "|")] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_and_places_exist(name: str) -> None:
    document = text(name)
    links = [(ROOT / name).parent / link.partition("#")[0] for link in re.findall(r"\]\(([^):]+)\)", document)]
    places = [ROOT / place for place in re.findall(r"`((?:agent|probes|tests|config|docs|systemd)/[\w./-]*)`", document)]
    missing = [str(path) for path in (*links, *places) if not path.exists() and path != ROOT / "agent" / "_data"]
    assert missing == []


def test_the_table_of_facts_is_made_from_the_structs() -> None:
    lines = [line for line in section(ARCHITECTURE, facts_table.TITLE).splitlines() if line.startswith("|")]
    assert lines == facts_table.table().splitlines(), "make facts renews it"


def test_the_table_of_rights_is_made_from_their_declaration() -> None:
    assert rights_table.written() == rights_table.table(), "make facts renews it"


def undocumented(checks: dict[str, dict[str, object]]) -> list[str]:
    table = rows(section(ARCHITECTURE, facts_table.TITLE))
    found = []
    for name, check in checks.items():
        told = {word for about, facts in table if facts_table.fits(name, about) for word in words(facts)}
        facts = check["facts"]
        assert isinstance(facts, dict)
        found += [f"{name}: {fact}" for fact in facts if fact not in told]
    return found


@pytest.mark.root
def test_facts_of_real_examinations_are_in_the_table(tmp_path: Path) -> None:
    beside = {
        "serial": [{"name": "printer", "port": "/dev/ttyNONE0", "protocol": "escpos"}],
        "app": [{"name": "payapp", "process": "no-such-process-runs-here"}],
    }
    with World(gateways="ab", backup=True) as world:
        healthy = world.check()
        host_faults.certificate_expired(world)
        host_faults.gateway_stopped(world, "b")
        broken = world.check(changes=beside)
        host_faults.dns_stopped(world)
        nameless = world.check(user=NOBODY, changes=beside)
    for verdict in (healthy, broken, nameless):
        assert len(verdict.checks()) > 15, verdict.explain()
        assert undocumented(verdict.checks()) == [], verdict.explain()
