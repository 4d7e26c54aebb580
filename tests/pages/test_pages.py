"""Every paper in every state, in Chinese, in English and in both: as it is seen on a wide and on a narrow screen, as it is printed, as
valid HTML that loads and runs nothing, whatever texts it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages.hostile import TEXTS, planted
from tests.pages.sample import Sample
from tests.pages.samples import samples
from tests.support.browser import Browser, browser, colours_in, complaints, pages_in
from tests.support.shown_text import PASSES

SAMPLES = samples()
LANGUAGES = (("zh",), ("en",), ("zh", "en"))
WIDTHS = (500, 1000)
FIRST = [next(each for each in SAMPLES if each.paper == paper) for paper in dict.fromkeys(each.paper for each in SAMPLES)]


@pytest.fixture(scope="module")
def shown() -> Iterator[Browser]:
    with browser() as found:
        yield found


def safe(html: bytes) -> None:
    """That it is valid, loads nothing, runs nothing, and shows what cannot be seen."""
    text = html.decode()
    assert complaints(html) == ""
    assert "default-src &#39;none&#39;" in text and text.index("Content-Security-Policy") < text.index("<style>")
    tags = re.findall(r"<[^>]*>", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))
    assert not [tag for tag in tags if re.search(r"<(script|link|iframe|object|img|base|form)\b|\s(on\w+|src|href|style)=", tag)]
    assert not re.search(r"url\(|@import", text.split("<style>")[1].split("</style>")[0])
    assert not set(text) & set(PASSES)


def seen(page: bytes, file: Path, shown: Browser) -> None:
    """That all of it stands in its place."""
    file.write_bytes(page)
    for width in WIDTHS:
        shown.open(file, width)
        assert shown.cut_off() == [], width
        assert colours_in(shown.picture()) > 20


@pytest.mark.parametrize("languages", LANGUAGES, ids="+".join)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_it_is_whole_on_every_screen_and_on_paper(sample: Sample, languages: tuple[str, ...], shown: Browser, tmp_path: Path) -> None:
    page = sample.page(*languages)
    safe(page)
    seen(page, tmp_path / "page.html", shown)
    assert shown.broken_words() == [], "on the wide screen"
    least, most = sample.sheets
    assert least * len(languages) <= pages_in(shown.printed()) <= most * len(languages)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("sample", FIRST, ids=lambda sample: sample.paper)
def test_no_text_gets_out_of_its_place(sample: Sample, text: str, shown: Browser, tmp_path: Path) -> None:
    given = planted(sample.given, TEXTS[text])
    page = sample.made(given, ("zh", "en"))
    safe(page)
    seen(page, tmp_path / "page.html", shown)
    assert sample.made(planted(sample.given, "Q-planted-Q"), ("en",)).count(b"Q-planted-Q") >= 2


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("sample", FIRST, ids=lambda sample: sample.paper)
def test_codes_and_moments_may_be_anything_too(sample: Sample, text: str) -> None:
    safe(sample.made(planted(sample.given, TEXTS[text], all_of_it=True), ("zh", "en")))
