"""The catalogue is complete in both directions and in both languages."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from agent.diagnosis.causes import Cause
from agent.remedy import catalogue
from agent.remedy.catalogue import PLACEHOLDER, Entry, all_entries, entry, menus, name_of, response_codes
from agent.remedy.values import UNKNOWN
from agent.resources import data_path
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape
from probes.model import Kind

CHINESE = re.compile(r"[\u4e00-\u9fff]")
IDS = tuple(kind.id("name") for kind in Kind if kind is not Kind.OTHER)  # one of every form that a check may have


def texts(each: Entry) -> list[Bilingual]:
    return [each.summary, each.recognised, *(part for step in each.steps for part in (Bilingual(step.zh, step.en), step.expect))]


def test_every_cause_has_a_file_and_every_file_a_cause() -> None:
    files = {path.name for path in data_path("config", "catalogue").iterdir()}
    assert files == {f"{cause.value}.toml" for cause in Cause}
    assert [each.code for each in all_entries()] == list(Cause)


@pytest.mark.parametrize("code", Cause)
def test_every_text_stands_in_both_languages_with_known_placeholders(code: Cause) -> None:
    for text in texts(entry(code)):
        assert CHINESE.search(text.zh), text
        assert text.en.strip() and not CHINESE.search(text.en), text
        assert set(PLACEHOLDER.findall(text.zh)) == set(PLACEHOLDER.findall(text.en)) <= {*UNKNOWN, *menus()}, text
        for part in (text.zh, text.en):
            assert not re.search(r"[{}]", PLACEHOLDER.sub("", part)), part
            assert part == escape(part, 1000)
            assert not re.search(r"\d{5}", part), f"a phone number comes from the configuration only: {part}"
    assert not PLACEHOLDER.search(entry(code).recognised.zh)


@pytest.mark.parametrize("code", Cause)
def test_every_pattern_fits_a_check_that_there_may_be(code: Cause) -> None:
    for step in entry(code).steps:
        for pattern in (*step.unless, *step.only_if, *step.unless_failed, *step.only_failed, *([step.verify] if step.verify else [])):
            assert any(fnmatchcase(each, pattern) for each in IDS), pattern


@pytest.mark.parametrize("code", Cause)
def test_every_cause_says_whom_to_call_and_what_to_keep(code: Cause) -> None:
    said = " ".join(step.zh for step in entry(code).steps)
    assert {"provider", "acquirer", "technician", "isp"} & set(PLACEHOLDER.findall(said))
    assert re.search("留|拍|记|带上", said)


def test_a_name_is_told_from_its_own_file_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """And none is looked for by a code that came from outside."""
    opened: list[str] = []

    def watched(*parts: str) -> Path:
        opened.append(parts[-1])
        return data_path(*parts)

    monkeypatch.setattr(catalogue, "data_path", watched)
    entry.cache_clear()
    assert name_of(Cause.SLOW).en == "slow network"
    assert name_of(Cause.foreign("../../etc/passwd")) == Bilingual("../../etc/passwd", "../../etc/passwd")
    assert opened == ["network.slow.toml"]


def test_a_slip_of_the_pen_is_no_word_of_a_later_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = '{ zh = "x", en = "x" }'
    step = f'[[step]]\nwho = "robot"\nzh = "x"\nen = "x"\nexpect = {both}\n'
    (tmp_path / "network.slow.toml").write_text(f"name = {both}\nsummary = {both}\nrecognised = {both}\n{step}")
    (tmp_path / "response_codes.toml").write_text(f'[00]\nmeaning = {both}\ndo = {both}\ncause = "network.eaten"\n')
    monkeypatch.setattr(catalogue, "data_path", lambda *parts: tmp_path / parts[-1])
    entry.cache_clear()
    response_codes.cache_clear()
    try:
        with pytest.raises(catalogue.CatalogueError, match="'robot' is unknown"):
            entry(Cause.SLOW)
        with pytest.raises(catalogue.CatalogueError, match=r"'network\.eaten' is unknown"):
            response_codes()
    finally:
        entry.cache_clear()
        response_codes.cache_clear()


def test_every_cause_has_a_short_name() -> None:
    for cause in Cause:
        assert CHINESE.search(name_of(cause).zh) and len(name_of(cause).zh) <= 10
        assert not CHINESE.search(name_of(cause).en) and len(name_of(cause).en) <= 28


def test_response_codes_lead_to_their_causes() -> None:
    codes = response_codes()
    expected = {
        "03": Cause.ACCOUNT_SUSPENDED,
        **dict.fromkeys(("97", "58"), Cause.TERMINAL_NOT_REGISTERED),
        **dict.fromkeys(("77", "99", "A0"), Cause.SIGN_IN_REQUIRED),
        **dict.fromkeys(("12", "30", "94"), Cause.GATEWAY_PROTOCOL_ERROR),
        **dict.fromkeys(("68", "90", "91", "92", "96", "98"), Cause.GATEWAY_ERROR),
        **dict.fromkeys(("00", "01", "04", "05", "14", "34", "38", "41", "43", "51", "54", "55", "57", "59", "61", "62", "65", "75")),
    }
    assert {code: codes[code].cause for code in expected} == expected
    for each in codes.values():
        for text in (each.meaning, each.do, *([each.on_sale] if each.on_sale else [])):
            assert CHINESE.search(text.zh) and text.en and not CHINESE.search(text.en)
            assert not re.search(r"[{}]", text.zh + text.en)
    assert codes["03"].on_sale is not None
