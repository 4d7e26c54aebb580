"""docs/beside.md and its Chinese twin tell the same, and every README leads to the one in its language."""

from __future__ import annotations

import re

import pytest
from msgspec import inspect

from probes.settings import Beside
from tests.support.documented import text

ENGLISH, CHINESE = "docs/beside.md", "docs/beside.zh.md"
# what both name alike: codes, keys, commands, files, numbers with their units
NAMED = re.compile(r"`([^`\n]+)`")
IN_WORDS = re.compile(r"\b(\d[\d.]* (?:MiB|kB))")


def tables(name: str) -> list[int]:
    """Rows of each, in order."""
    return [len(block.splitlines()) for block in re.findall(r"(?:^\|.*\n)+", text(name), re.MULTILINE)]


@pytest.mark.parametrize("pattern", [NAMED, IN_WORDS], ids=["names", "measures"])
def test_both_name_the_same(pattern: re.Pattern[str]) -> None:
    here, there = (sorted(set(pattern.findall(text(name)))) for name in (CHINESE, ENGLISH))
    assert here == there


def test_both_have_the_same_parts_tables_and_examples() -> None:
    shapes = [(len(re.findall(r"^## ", text(name), re.MULTILINE)), tables(name), text(name).count("```")) for name in (CHINESE, ENGLISH)]
    assert shapes[0] == shapes[1] and len(shapes[0][1]) == 4


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_every_key_is_told(name: str) -> None:
    described = inspect.type_info(Beside)
    assert isinstance(described, inspect.StructType)
    elsewhere = {"adb_server", "required"}  # in docs/configuration.md
    assert [each.name for each in described.fields if each.name not in elsewhere and each.name not in text(name)] == []


def test_each_leads_to_the_other_and_the_readmes_to_theirs() -> None:
    assert "](beside.zh.md)" in text(ENGLISH) and "](beside.md)" in text(CHINESE)
    assert "](docs/beside.md)" in text("README.md") and "](docs/beside.zh.md)" in text("README.zh.md")
