"""Dates of a configuration: what is taken, what is refused, and what to write instead."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from agent.settings.load import SettingsError, load
from agent.settings.show import show
from tests.support.settings_files import faults, loaded, written

FEE = '[[date]]\nname = "Fee debit"\n'
_DAY = "a day is written 2027-01-31: year, month and day with all their digits, no quotes, no time, and one that is in the calendar"


def test_a_date_with_nothing_but_what_it_needs(tmp_path: Path) -> None:
    (fee,) = loaded(tmp_path, FEE + "due = 2027-01-31\n").settings.date
    assert (fee.due, fee.kind, fee.every, fee.remind_days, fee.owner) == (date(2027, 1, 31), "other", "", 14, "merchant")


def test_what_is_shown_can_be_read_again(tmp_path: Path) -> None:
    first = loaded(tmp_path, FEE + 'due = 2027-01-31\nevery = "1 month"\nkind = "fee"\nowner = "acquirer"\n')
    (shown,) = tomllib.loads(show(first))["date"]
    assert shown["due"] == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("value", "cure"),
    [
        ('"2027-01-31"', "without the quotes: 2027-01-31"),
        ('"2027年1月31日"', "without the quotes: 2027-01-31"),
        ("20270131", "without the quotes: 2027-01-31"),
        ("2027-01-31T05:00:00", "the day alone: 2027-01-31"),
        ("2027-1-31", _DAY),
        ("2027/01/31", _DAY),
        ("2027年1月31日", _DAY),
        ("31.01.2027", _DAY),
        ("2027-02-30", _DAY),
        ("2027-01-31T05:00", _DAY),
        ('"soon"', None),
        ('"2027-02-30"', None),
        ("true", None),
    ],
)
def test_a_day_that_is_written_otherwise(tmp_path: Path, value: str, cure: str | None) -> None:
    with pytest.raises(SettingsError) as raised:
        load(written(tmp_path, FEE + f"due = {value}\n"))
    (problem,) = raised.value.problems
    assert (problem.cure.en if problem.cure else None) == cure


@pytest.mark.parametrize(
    ("value", "cure"),
    [
        ("monthly", 'write "1 month"'),
        ("quarterly", 'write "3 months"'),
        ("每年", 'write "1 year"'),
        ("每 3 个月", 'write "3 months"'),
        ("2 星期", 'write "2 weeks"'),
        ("30d", 'write "30 days"'),
        ("0 months", None),
        ("11 years", None),  # what is refused is no cure
        ("now and then", None),
        ("1 month 2 days", None),
        ("-1 month", None),
    ],
)
def test_a_time_that_is_written_otherwise(tmp_path: Path, value: str, cure: str | None) -> None:
    with pytest.raises(SettingsError) as raised:
        load(written(tmp_path, FEE + f'due = 2027-01-31\nevery = "{value}"\n'))
    (problem,) = raised.value.problems
    assert problem.key == "date[0].every"
    assert (problem.cure.en if problem.cure else None) == cure


@pytest.mark.parametrize("every", ["", "1 month", "month", "2 Weeks", "10 days", "10 years", "120 months"])
def test_a_time_is_taken(tmp_path: Path, every: str) -> None:
    assert loaded(tmp_path, FEE + f'due = 2027-01-31\nevery = "{every}"\n').settings.date[0].every == every


@pytest.mark.parametrize("name", [" ", "\u200b", "\u202e", "\u05d0\u05d1"])
def test_a_name_that_nobody_could_say(tmp_path: Path, name: str) -> None:
    found = faults(tmp_path, f'[[date]]\nname = "{name}"\ndue = 2027-01-31\n')
    assert list(found) == ["date[0].name"]


def test_faults_of_dates_and_readiness(tmp_path: Path) -> None:
    text = """
        [readiness]
        drill_at = "5:00"
        drill_days = 400
        [[date]]
        name = "Fee"
        due = 1999-12-31
        [[date]]
        name = "Fee"
        due = 2200-01-01
        owner = "bank"
        remind_days = -1
        [[date]]
        kind = "fees"
        """
    assert faults(tmp_path, text) == {
        "readiness.drill_at": ("a time of the day, such as 05:00", '"5:00"'),
        "readiness.drill_days": ("a whole number from 0 to 366", "the number 400"),
        "date[0].due": ("a day of the years 2000 to 2199", "the day 1999-12-31"),
        "date[1].name": ("another name than every other date", '"Fee", as date number 1 has'),
        "date[1].due": ("a day of the years 2000 to 2199", "the day 2200-01-01"),
        "date[1].owner": ('one of "merchant", "cashier", "technician", "isp", "acquirer", "vendor"', '"bank"'),
        "date[1].remind_days": ("a whole number from 0 to 366", "the number -1"),
        "date[2].name": ("a value, as this key has no default", "nothing"),
        "date[2].due": ("a value, as this key has no default", "nothing"),
        "date[2].kind": (
            'one of "fee", "contract", "licence", "identity", "certificate", "keys", "sim_plan", "audit", "training", "other"',
            '"fees"',
        ),
    }
