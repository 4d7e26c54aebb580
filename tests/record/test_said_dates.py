"""What people said of dates is found again: by its name, masked or not, over restarts, and not once it was taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from agent.contract.event import AgentEvent, AnyEvent, ToldEvent
from agent.record.carry import carried
from agent.record.said_dates import SaidDates, known_dates, same_name
from agent.record.standing import standing_of
from agent.record.words import MOST_DATES, Standing
from agent.settings.model import AgentSettings, Settings
from agent.storage.history_file import HistoryFile
from probes.assess.dates import Said
from probes.ground.clock import Clock

STAMP = {"at": "2027-01-20T08:00:00.000Z", "boot_id": "b", "running_s": 5.0}


def told(name: str, due: str = "", word: str = "w-00000001") -> ToldEvent:
    return ToldEvent(what="date", word=word, name=name, due=due, **STAMP)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "same"),
    [("Fee debit", True), ("  fee   DEBIT ", True), ("Fee", False), ("", False)],
)
def test_a_name_as_people_write_it(said: str, same: bool) -> None:
    assert same_name("Fee debit", said) is same


def test_what_a_word_does_not_keep_of_a_name_does_not_count() -> None:
    assert same_name("Fee \u202edebit\u200b", "Fee debit")


def test_who_may_not_look_into_the_directory_is_told_what_the_service_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    assert known_dates(Settings(agent=AgentSettings(state_dir=str(tmp_path))), Clock()) == []


def test_a_number_in_a_name_is_masked_in_the_record_and_found_all_the_same() -> None:
    assert same_name("SIM 13800138000", "SIM *******8000")
    assert not same_name("SIM 13800138000", "SIM *******8001")


def test_what_was_said_is_found_by_name_with_the_time_that_was_meant() -> None:
    said = SaidDates()
    said.told = lambda: (told("Contract", "2027-01-31"), told("fee debit"), told("Contract", "soon"))
    assert said.of("contract") == [Said(date(2027, 1, 20), of=date(2027, 1, 31))]
    assert said.of("Fee debit") == [Said(date(2027, 1, 20))]
    assert said.of("Training") == []


def test_it_is_kept_over_a_restart_and_over_rotation(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path, carry=lambda folder: carried(folder, STAMP), limit=6000)
    file.append([told("Contract", "2027-01-31")])
    filler: list[AnyEvent] = [AgentEvent(what="started", version="1", config_hash="0" * 16, **STAMP)] * 30  # type: ignore[arg-type]
    for _ in range(5):
        file.append(filler)
    assert [each.due for each in standing_of(tmp_path).dates] == ["2027-01-31"]


def test_one_that_is_taken_back_counts_no_more() -> None:
    standing = Standing()
    standing.take(told("Contract", "2027-01-31"))
    standing.forget("w-00000001")
    assert standing.dates == ()


def test_only_the_last_ones_are_kept() -> None:
    standing = Standing()
    for number in range(MOST_DATES + 5):
        standing.take(told(f"date {number}", word=f"w-{number:08x}"))
        standing.take(told(f"date {number}", word=f"w-{number:08x}"))
    assert len(standing.dates) == MOST_DATES
