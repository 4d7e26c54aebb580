"""The first screen holds what matters: on 80×24 verdict, cause, how to go on selling and two steps; on 40×20 verdict and first step."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.screens.shown import READMES, SCREENS, document, pictures, readme, screen, text

ROOT = Path(__file__).resolve().parents[2]


def test_the_document_shows_what_is_shown() -> None:
    """`python -m tests.screens --text` renews it after a change of words or layout."""
    assert (ROOT / "docs" / "screens.md").read_text("utf-8") == text()


@pytest.mark.parametrize("name", SCREENS)
def test_a_step_has_the_time_of_the_examination(name: str) -> None:
    moments = {
        found for step in document(name).remediation for found in re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", step.text.zh + step.text.en)
    }
    assert moments <= {"2026-01-31 08:00"}


@pytest.mark.parametrize("name", READMES)
def test_the_readme_shows_what_is_shown(name: str) -> None:
    before = (ROOT / name).read_text("utf-8")
    assert "posdiag check --details\n```" in before and before == readme(name, before)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_shows_what_the_document_shows(language: str) -> None:
    """Letter by letter, and each README shows the one in its language. The same command renews it."""
    drawn = (ROOT / "docs" / f"screen.{language}.svg").read_text("utf-8")
    assert drawn == pictures()[language] and len(drawn) < 12288
    lines = ["".join(line.itertext()) for line in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert "```\n" + "\n".join(lines) + "\n```" in (ROOT / "docs" / "screens.md").read_text("utf-8")
    assert f"(docs/screen.{language}.svg)" in (ROOT / ("README.md" if language == "en" else "README.zh.md")).read_text("utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_of_80_by_24_holds_verdict_cause_selling_and_two_steps(name: str, language: str) -> None:
    lines = screen(name, language, 80)[:24]
    steps = [line for line in lines if line.startswith(("  1. ", "  2. ", "  3. "))]
    assert "能收款吗" in lines[0] or "take payments" in lines[0]
    assert any(line.startswith("  3. ") for line in lines) or len(steps) == 2 == len(whole(name)) or after(lines, "  2. ")
    if document(name).selling:
        assert any(line.startswith("  - ") for line in lines)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_of_40_by_20_holds_verdict_and_first_step(name: str, language: str) -> None:
    lines = screen(name, language, 40)[:20]
    assert any("吗？" in line or "payments?" in line for line in lines[:2])
    assert after(lines, "  1. ")


def whole(name: str) -> list[int]:
    return [step.step for step in document(name).remediation if step.cause == document(name).cause]


def after(lines: list[str], step: str) -> bool:
    """The step begins, and something behind it too: so all of it is there."""
    place = next((number for number, line in enumerate(lines) if line.startswith(step)), None)
    return place is not None and any(not line.startswith("     ") for line in lines[place + 1 :])
