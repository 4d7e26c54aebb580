"""First contact beside the terminal: complete, and never written twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.diagnosis.causes import Cause
from tests.lab.beside import BATCHES, CONTACTS, kept, table
from tests.lab.field.records import AlreadyMet, Record
from tests.support.documented import text

SOURCE = re.compile(r"^([\w.-]+/[\w.-]+#\d+( \(.+\))?|[^#]{3,}[:,] .{3,})$")  # a thread on GitHub, or a place with what stands there


def test_every_contact_has_a_name_of_its_own_a_source_and_what_is_expected() -> None:
    names, known = [contact.name for contact in CONTACTS], {cause.value for cause in Cause}
    assert sorted(set(names)) == sorted(names)
    assert [contact.source for contact in CONTACTS if not SOURCE.match(contact.source)] == []
    assert {code for each in CONTACTS for code in (*each.scenario.causes, *each.scenario.notices)} - known == set()
    assert all(set(contact.pays) <= {"yes", "no", "unknown"} and contact.pays for contact in CONTACTS)


@pytest.mark.parametrize("batch", BATCHES)
def test_a_third_of_a_batch_is_well(batch: int) -> None:
    assert 3 * sum(contact.healthy for contact in BATCHES[batch]) >= len(BATCHES[batch])


def test_every_batch_has_its_record_and_the_record_what_was_expected() -> None:
    assert [record.batch for record in kept.all_first()] == sorted(BATCHES)
    for record in kept.all_first():
        told = {each.name: (each.source, each.expected, each.doubtful, each.states, each.notices) for each in record.outcomes}
        contacts = BATCHES[record.batch]
        now = {c.name: (c.source, c.scenario.causes, c.doubtful, c.scenario.states, c.scenario.notices) for c in contacts}
        assert set(told) == set(now)
        assert [c.name for c in contacts if told[c.name] != now[c.name] and not c.erratum] == []
        assert re.fullmatch(r"[0-9a-f]{40}", record.commit), "the code of a first contact can be found again"


def test_the_published_table_is_of_the_records() -> None:
    assert table.section() in text("docs/accuracy.md")


def test_there_is_no_second_first_contact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "FOLDER", tmp_path)
    kept.write(Record(batch=7, commit="c", date="d", outcomes=()))
    with pytest.raises(AlreadyMet, match="batch 7"):
        kept.write(Record(batch=7, commit="another", date="d", outcomes=()))
    assert [record.commit for record in kept.all_first()] == ["c"]
