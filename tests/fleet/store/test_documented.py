"""Whoever asks the files by an engine of their own finds every column in the manual."""

from __future__ import annotations

import pytest

from agent.fleet.store.schema import INCIDENT, TERMINAL, Field
from tests.support.documented import text


@pytest.mark.parametrize("field", [*TERMINAL, *INCIDENT], ids=lambda field: field.name)
def test_column_stands_in_the_manual(field: Field) -> None:
    assert f"| `{field.name}` | {field.type} | {field.means} |" in text("docs/fleet.md")
