"""The pictures of the papers in docs/ are those of today's pages, and small."""

from __future__ import annotations

import pytest

from tests.pages.pictures import DOCS, FLEET, LANGUAGES, LARGEST, MADE_OF, PICTURES, fingerprint, fingerprints, pages, with_beginning
from tests.pages.sample import STORE
from tests.support.documented import ROOT

NAMES = [f"{name}.{language}.png" for name in PICTURES for language in LANGUAGES]


def test_they_are_of_the_pages_as_they_are_today() -> None:
    assert MADE_OF.read_text("utf-8") == fingerprints(), "draw them anew: python -m tests.pages.pictures"


def test_the_answer_beside_them_is_todays_too() -> None:
    assert FLEET.read_text("utf-8") == with_beginning(FLEET.read_text("utf-8")), "renew it: python -m tests.pages.pictures"
    assert "```json\n{\n" in FLEET.read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_small_picture_that_is_shown(name: str) -> None:
    assert (DOCS / name).read_bytes().startswith(b"\x89PNG") and (DOCS / name).stat().st_size <= LARGEST
    assert any(f"({name})" in (DOCS / document).read_text("utf-8") for document in ("papers.md", "fleet.md"))


@pytest.mark.parametrize(("readme", "language"), [("README.md", "en"), ("README.zh.md", "zh")])
def test_each_readme_shows_one_in_its_language(readme: str, language: str) -> None:
    assert f"(docs/page-status.{language}.png)" in (ROOT / readme).read_text("utf-8")


def test_a_rule_for_another_paper_changes_no_fingerprint_and_a_text_does() -> None:
    page = pages()["page-status.en"]
    assert fingerprint(page.replace(b"</style>", b".elsewhere { color: red; }\n</style>")) == fingerprint(page)
    assert fingerprint(page.replace(b"</style>", b".large { color: red; }\n</style>")) != fingerprint(page)
    assert fingerprint(page.replace(STORE.encode(), b"Another")) != fingerprint(page)
