"""docs/fleet.md says what can explain each family."""

from __future__ import annotations

from agent.fleet.model.attributes import CELLS
from tests.support.documented import rows, section, words


def test_what_can_explain_each_family() -> None:
    table = [row for row in rows(section("docs/fleet.md", "One fault or many")) if len(row) == 3]
    told = {words(row[0])[0]: [tuple(words(cell)) for cell in row[2].split(", ")] for row in table}
    assert told == {family.value: list(cells) for family, cells in CELLS.items()}
