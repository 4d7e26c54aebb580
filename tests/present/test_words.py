"""Nothing the agent can say is without its words."""

from __future__ import annotations

from typing import Any

import pytest

from agent.diagnosis.causes import Category, Cause, Owner, Severity
from agent.present import explain, words
from agent.present.encoding import stand_in
from agent.present.facts import in_words
from agent.present.page import Page
from agent.present.symptoms import SYMPTOMS
from agent.present.words import kind_of, state_of, subject_of
from agent.remedy.catalogue import PLACEHOLDER, all_entries, entry, response_codes
from probes.model import Outcome, Symptom
from tests.support.documents import check


def repr_of(value: object) -> str:
    return repr(value)[:12]


ZH, EN = Page(), Page(language="en")


def test_every_symptom_has_its_words_in_both_languages() -> None:
    assert set(SYMPTOMS) == set(Symptom)
    for zh, en in SYMPTOMS.values():
        assert zh and not zh.isascii()
        assert en and en.isascii()
        assert len(zh) <= 30 and len(en) <= 60


@pytest.mark.parametrize(
    ("table", "vocabulary"),
    [(words.PEOPLE, Owner), (words.CATEGORIES, Category), (words.SEVERITIES, Severity), (words.OUTCOMES, Outcome)],
)
def test_every_vocabulary_has_its_words(table: dict[str, tuple[str, str]], vocabulary: type[Owner]) -> None:
    assert set(table) == set(vocabulary)


@pytest.mark.parametrize(
    ("check_id", "said"),
    [
        ("dns:192.0.2.1", "name server 192.0.2.1"),
        ("internet:check-1", "internet check 1"),
        ("internet:loss:eth0", "packet loss eth0"),
        ("system:disk:/var", "disk /var"),
        ("system:memory", "memory"),
        ("gateway:a", "acquirer's host a"),
        ("address:conflict:eth0", "address conflict eth0"),
        ("new:thing", "new:thing"),
    ],
)
def test_a_check_is_called_by_a_name(check_id: str, said: str) -> None:
    assert subject_of(check_id, EN) == said


def test_a_skipped_check_says_because_of_what() -> None:
    skipped = check("gateway:a", "skip", because="dns:192.0.2.1")
    assert state_of(skipped, EN) == "not examined (because of: name server 192.0.2.1)"
    assert "域名服务器 192.0.2.1" in state_of(skipped, ZH)
    assert state_of(check("router:x", "unknown", because="no right to send"), EN) == "could not be told (because of: no right to send)"


def test_facts_are_said_with_their_unit_and_in_the_page_s_language() -> None:
    seen = check("system:disk:/", "fail", "disk_full", used_percent=97.25, free_mb=120)
    assert in_words(seen, EN) == ["used 97.2%", "free 120 MB"]
    assert in_words(seen, ZH) == ["已用 97.2%", "剩余 120 MB"]
    slow = check("internet:loss:eth0", "fail", "loss", loss_percent=35.0, rtt_ms=1250.0)
    assert in_words(slow, EN) == ["loss 35%", "round trip 1.2 s"]


@pytest.mark.parametrize("odd", [None, "", [], {}, object(), {"pid": 3}, "soon", float("nan"), 10**400, True, ["a"] * 9], ids=repr_of)
@pytest.mark.parametrize("key", ["holder", "certificate", "rtt_ms", "skew_s", "date_skew_s", "names", "now", "used_percent", "addresses"])
def test_facts_of_an_unexpected_shape_do_no_harm(key: str, odd: Any) -> None:
    facts: dict[str, Any] = {key: odd}
    in_words(check("system:x", **facts), ZH)


@pytest.mark.parametrize("code", list(Cause))
@pytest.mark.parametrize("page", [Page(width=40), Page(language="en", width=80)])
def test_every_cause_can_be_explained_with_no_placeholder_left(code: Cause, page: Page) -> None:
    lines = explain.cause_lines(entry(code), page)
    assert not PLACEHOLDER.search("\n".join(lines))
    assert [line for line in lines if page.measure(line) > page.width] == []


def test_the_list_names_every_cause_and_response_code() -> None:
    text = "\n".join(explain.list_lines(all_entries(), response_codes(), EN))
    assert all(code.value in text for code in Cause)
    assert all(f"\n  {code}  " in text for code in response_codes())


def test_symbols_and_accents_have_stand_ins() -> None:
    assert stand_in("✓ ✗ → ─ … café （x）", "ascii") == "[ok] [X] -> - ... cafe (x)"
    assert stand_in("✓ ✗ →", "gbk") == "√ × →"
    assert stand_in("终端", "ascii") == "\\u7ec8\\u7aef"
    assert stand_in("\udc80", "utf-8") == "\\udc80"
    assert kind_of("link:eth0", Page(language="en", encoding="ascii")) == "interface"
