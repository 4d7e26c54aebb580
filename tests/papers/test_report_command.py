"""`posdiag report`: which days it is about, where it goes, and what is refused."""

from __future__ import annotations

import re
import subprocess
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.storage.history_file import HistoryFile
from tests.support.command_line import POSDIAG, configured, environment, posdiag
from tests.support.lived import shop


def command(config: Path, *args: str, **extra: str) -> Any:
    return posdiag("report", "--config", str(config), *args, **extra)


@pytest.fixture
def lived(tmp_path: Path) -> tuple[Path, date]:
    """A record of sixty days until yesterday, and its first day."""
    config = configured(tmp_path)
    first = datetime.fromtimestamp(time.time(), UTC).date() - timedelta(days=60)
    HistoryFile(config.parent / "state").append(shop(60, mended=30, first=first).lines())
    return config, first


def test_as_a_command_it_is_about_the_last_thirty_days(lived: tuple[Path, date], tmp_path: Path) -> None:
    config, first = lived
    target = tmp_path / "report.html"
    done = command(config, "-o", str(target), TZ="UTC")
    assert (done.returncode, done.stderr) == (0, b"") and target.stat().st_mode & 0o777 == 0o600
    html = target.read_text("utf-8")
    assert f"{first + timedelta(days=31)} 至 {first + timedelta(days=60)}" in html
    assert html.count("<article") == 1 and command(config, "--lang", "both", "-o", "-").stdout.decode().count("<article") == 2


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "Pacific/Auckland", "America/Los_Angeles"])
def test_days_are_those_that_people_name_wherever_they_are(lived: tuple[Path, date], zone: str) -> None:
    config, first = lived
    begin, end = first + timedelta(days=3), first + timedelta(days=9)
    html = command(config, "--since", str(begin), "--until", str(end), "--lang", "en", "-o", "-", TZ=zone).stdout.decode()
    assert f"{begin} to {end}" in html
    days = set(re.findall(r"<title>(\d{4}-\d\d-\d\d): ", html))
    assert days == {str(begin + timedelta(days=n)) for n in range(7)}
    month = command(config, "--month", f"{first:%Y-%m}", "--lang", "en", "-o", "-", TZ=zone).stdout.decode()
    assert f"{first:%Y-%m}-01 to {first:%Y-%m}-" in month


def test_of_promises_those_that_nobody_has_answered_stand_in_it(tmp_path: Path) -> None:
    config = configured(tmp_path)
    made = shop(3, first=datetime.fromtimestamp(time.time(), UTC).date() - timedelta(days=3))
    made.called(50, who="isp", ticket="T-1", promised="2026-01-20")
    made.called(51, who="isp", ticket="T-1")
    made.called(52, who="isp", ticket="T-2", promised="2026-01-21")
    HistoryFile(config.parent / "state").append(made.lines())
    html = command(config, "-o", "-", "--lang", "en").stdout.decode()
    assert "T-2" in html and "T-1" not in html and "overdue" in html


def test_a_day_to_compare_brings_the_time_before_it(lived: tuple[Path, date]) -> None:
    config, first = lived
    html = command(config, "--compare", str(first + timedelta(days=30)), "--lang", "en", "-o", "-", TZ="UTC").stdout.decode()
    assert f"{first} to {first + timedelta(days=60)}" in html and "Before and after" in html


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["--month", "2026-13"], "--month needs a month such as 2026-01"),
        (["--month", "January"], "--month needs a month such as 2026-01"),
        (["--month", "2026-01", "--since", "2026-01-01"], "--month and --since or --until cannot be combined"),
        (["--compare", "x"], "--compare needs a date"),
        (["--since", "2999-01-01"], "has not come yet"),
        (["--month", "2999-01"], "has not come yet"),
        (["--since", "2026-01-01", "--until", "2026-01-31", "--compare", "2026-03-01"], "has to lie within the time of the report"),
        (["--since", "2026-01-01", "--compare", "2026-01-01"], "has to lie within the time of the report"),
        (["--cause", "network"], "goes with history"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, args: list[str], why: str) -> None:
    config = configured(tmp_path)
    target = tmp_path / "report.html"
    done = command(config, *args, "-o", str(target), "--lang", "en")
    assert done.returncode == 3 and why in re.sub(r"\s+", " ", done.stderr.decode()) and not target.exists()


@pytest.mark.parametrize(
    ("place", "language", "why"),
    [
        ("no/x.html", "zh", "没有这个目录"),
        ("", "zh", "那里是一个目录"),
        ("no/x.html", "en", "no such directory"),
        ("", "en", "a directory lies there"),
    ],
)
def test_where_it_cannot_be_written_the_reader_is_told_in_one_language(tmp_path: Path, place: str, language: str, why: str) -> None:
    done = command(configured(tmp_path), "-o", str(tmp_path / place), "--lang", language)
    said = re.sub(r"\s+", "" if language == "zh" else " ", done.stderr.decode())
    assert done.returncode == 3 and why in said
    assert ("标准输出" if language == "zh" else "standard output") in said and "屏幕" not in said


def test_a_closed_output_gets_no_paper_and_that_is_said(tmp_path: Path) -> None:
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *POSDIAG, "report", "-o", "-", "--lang", "en", "--config", str(configured(tmp_path))]
    done = subprocess.run(shell, stderr=subprocess.PIPE, env=environment(), cwd="/", check=False)
    assert done.returncode == 3 and b"standard output is closed" in done.stderr


def test_without_a_record_it_says_so(tmp_path: Path) -> None:
    done = command(configured(tmp_path), "-o", "-", "--lang", "en")
    assert done.returncode == 0 and "Nothing is recorded yet" in done.stdout.decode()


def test_a_clock_that_was_lost_hides_nothing(tmp_path: Path) -> None:
    """The last line that was believed tells that it is later by now; a single line of the future that came before does not."""
    config = configured(tmp_path)
    today = datetime.fromtimestamp(time.time(), UTC).date()
    ahead = shop(60, first=today + timedelta(days=300))
    HistoryFile(config.parent / "state").append(ahead.lines())
    html = command(config, "-o", "-", "--lang", "en", TZ="UTC").stdout.decode()
    assert "The clock of this machine is wrong" in html and f"to {today + timedelta(days=360)}" in html
    now = shop(10, first=today - timedelta(days=10))
    HistoryFile(config.parent / "state", sequence=1000).append(now.lines()[1:])
    html = command(config, "-o", "-", "--lang", "en", TZ="UTC").stdout.decode()
    assert "The clock" not in html and f"to {today}" in html


def test_a_day_before_the_record_has_nothing_to_be_compared_with(lived: tuple[Path, date]) -> None:
    config, first = lived
    done = command(config, "--compare", "1999-12-31", "--lang", "en", "-o", "-", TZ="UTC")
    assert done.returncode == 3 and done.stdout == b"" and f"the report, {first} to" in re.sub(r"\s+", " ", done.stderr.decode())


def test_of_time_before_the_record_nothing_is_drawn(lived: tuple[Path, date]) -> None:
    config, first = lived
    html = command(config, "--since", "1990-01-01", "--lang", "en", "-o", "-", TZ="UTC").stdout.decode()
    assert f"{first} to {first + timedelta(days=60)}" in html
