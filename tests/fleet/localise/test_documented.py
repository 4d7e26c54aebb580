"""docs/fleet.md and its Chinese twin say what can explain each family, and know every command, option, key and column."""

from __future__ import annotations

import pytest
from msgspec import Struct, inspect

from agent.fleet.commands.table import COMMANDS, OPTIONS
from agent.fleet.model.answer import Answer, Ended, Fault, Totals
from agent.fleet.model.attributes import ATTRIBUTES, CELLS
from agent.fleet.reading.inventory import COLUMNS, known_column
from tests.support.documented import rows, section, text, words

ENGLISH, CHINESE = "docs/fleet.md", "docs/fleet.zh.md"
MANUALS = (ENGLISH, CHINESE)


@pytest.mark.parametrize(("name", "title"), [(ENGLISH, "One fault or many"), (CHINESE, "答案里的话")])
def test_what_can_explain_each_family(name: str, title: str) -> None:
    table = [row for row in rows(section(name, title)) if len(row) == 3]
    told = {words(row[0])[0]: [tuple(words(cell)) for cell in row[2].split(", ")] for row in table}
    assert told == {family.value: list(cells) for family, cells in CELLS.items()}


@pytest.mark.parametrize("name", MANUALS)
@pytest.mark.parametrize("shape", [Answer, Totals, Fault, Ended])
def test_every_key_of_the_answer(name: str, shape: type[Struct]) -> None:
    described = inspect.type_info(shape)
    assert isinstance(described, inspect.StructType)
    known = text(name)
    assert [each.name for each in described.fields if f"`{each.name}`" not in known and each.name != "schema"] == []


@pytest.mark.parametrize("name", MANUALS)
def test_every_command_and_option(name: str) -> None:
    known = text(name).replace("\\|", "|")
    assert [each.name for each in COMMANDS if f"posdiag fleet {each.name}" not in known] == []
    assert [each.name for each in OPTIONS if each.name not in known] == []


def test_every_attribute_and_column_in_chinese() -> None:
    assert [name for name in ATTRIBUTES if f"`{name}`" not in text(CHINESE)] == []
    table = {words(row[0])[0]: row[1].split("、") for row in rows(section(CHINESE, "终端清单"))}
    assert list(table) == list(COLUMNS)
    assert {name: {known_column(each) for each in called} for name, called in table.items()} == {name: {name} for name in COLUMNS}


def test_settings_and_exit_statuses_are_those_of_the_english_manual() -> None:
    here, there = ([row[:2] for row in rows(section(name, title))] for name, title in ((CHINESE, "设置"), (ENGLISH, "Settings")))
    assert here == there
    assert [row[0] for row in rows(section(CHINESE, "退出码"))] == ["0", "1", "2", "3"]
