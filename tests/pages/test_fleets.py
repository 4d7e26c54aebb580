"""The page of every made fleet, in Chinese and in English: as it is seen on a wide and on a narrow screen and as it is printed, whatever
texts it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages.fleet_page import keeps_to_itself
from tests.pages.fleets import fleets, hostile, page
from tests.pages.hostile import TEXTS
from tests.pages.sample import Sample
from tests.support.browser import Browser, browser, colours_in, pages_in

WIDTHS = (500, 1280)
SAMPLES = fleets()


@pytest.fixture(scope="module")
def shown() -> Iterator[Browser]:
    with browser() as found:
        yield found


def seen(made: bytes, file: Path, shown: Browser) -> None:
    """That all of it stands in its place."""
    file.write_bytes(made)
    for width in WIDTHS:
        shown.open(file, width)
        assert shown.cut_off() == [], width
        assert colours_in(shown.picture()) > 20


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_it_is_whole_on_every_screen_and_on_paper(sample: Sample, language: str, shown: Browser, tmp_path: Path) -> None:
    made = sample.page(language)
    keeps_to_itself(made)
    seen(made, tmp_path / "page.html", shown)
    assert shown.broken_words() == [], "on the wide screen"
    least, most = sample.sheets
    assert least <= pages_in(shown.printed()) <= most


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("text", TEXTS)
def test_no_text_gets_out_of_its_place(text: str, language: str, shown: Browser, tmp_path: Path) -> None:
    made = page(hostile(TEXTS[text]), (language,))
    keeps_to_itself(made)
    seen(made, tmp_path / "page.html", shown)


def test_a_mark_planted_everywhere_is_seen() -> None:
    assert page(hostile("Q-planted-Q"), ("en",)).count(b"Q-planted-Q") > 40
