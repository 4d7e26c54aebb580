"""Nothing the agent can say is without its words."""

from __future__ import annotations

from typing import Any

import pytest

from agent.contract.checks import CheckEntry, check_from
from agent.diagnosis.causes import Category, Cause, Owner, Severity
from agent.diagnosis.model import CanPay, State
from agent.present import explain, words
from agent.present.encoding import stand_in
from agent.present.facts import in_words
from agent.present.page import Page
from agent.present.symptoms import SYMPTOMS
from agent.present.verdicts import ANSWERS, STATES
from agent.present.words import kind_in_words, state_of, subject_of
from agent.remedy.catalogue import PLACEHOLDER, all_entries, entry, response_codes
from probes.ground.bilingual import Bilingual
from probes.model import Kind, Layer, Outcome, Symptom
from tests.support.documents import check


def repr_of(value: object) -> str:
    return repr(value)[:12]


ZH, EN = Page(), Page(language="en")


def test_every_symptom_has_its_words_in_both_languages() -> None:
    assert set(SYMPTOMS) == set(Symptom)
    for said in SYMPTOMS.values():
        assert said.zh and not said.zh.isascii()
        assert said.en and said.en.isascii()
        assert len(said.zh) <= 30 and len(said.en) <= 60


@pytest.mark.parametrize(
    ("table", "vocabulary"),
    [
        (words.PEOPLE, Owner),
        (words.CATEGORIES, Category),
        (words.SEVERITIES, Severity),
        (words.OUTCOMES, Outcome),
        (STATES, State),
        (ANSWERS, CanPay),
    ],
)
def test_every_vocabulary_has_its_words(table: dict[str, object], vocabulary: type[Owner]) -> None:
    assert set(table) == set(vocabulary)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.OTHER])
def test_every_kind_of_check_has_a_human_name(kind: Kind) -> None:
    """Whoever adds a probe says what people call its subject."""
    name = kind.called
    assert name.en and not name.zh.isascii()
    assert kind_in_words(kind.id("x"), EN) == name.en
    assert subject_of(kind.id("x"), ZH).startswith(name.zh)


def test_words_of_a_later_version_are_said_by_their_code() -> None:
    assert words.person(Owner("robot")) == Bilingual("robot", "robot")
    assert state_of(check("dns:192.0.2.1", "fail", "eaten_by_wolves"), ZH) == "eaten_by_wolves"


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
        ("address:route", "default route"),
        ("new:thing", "new:thing"),
    ],
)
def test_a_check_is_called_by_a_name(check_id: str, said: str) -> None:
    assert subject_of(check_id, EN) == said


def test_a_skipped_check_says_because_of_what() -> None:
    skipped = check("gateway:a", "skip", because="dns:192.0.2.1")
    assert state_of(skipped, EN) == "not examined (because of: name server 192.0.2.1)"
    assert "域名服务器 192.0.2.1" in state_of(skipped, ZH)
    assert state_of(check("router:x", "unknown", because="no right to send"), EN) == "could not be told (no right to send)"


def test_facts_are_said_with_their_unit_and_in_the_page_s_language() -> None:
    seen = check("system:disk:/", "fail", "disk_full", used_percent=97.25, free_mb=120)
    assert in_words(seen, EN) == ["used 97.2%", "free 120 MB"]
    assert in_words(seen, ZH) == ["已用 97.2%", "剩余 120 MB"]
    slow = check("internet:loss:eth0", "fail", "loss", loss_percent=35.0, rtt_ms=1250.0)
    assert in_words(slow, EN) == ["loss 35%", "round trip 1.2 s"]


def test_what_a_program_that_failed_said_of_itself_is_no_word_for_people() -> None:
    crashed = check("serial:pad", "unknown", "crashed", because="TypeError: x", text="TypeError: x")
    for page in (ZH, EN):
        assert "TypeError" not in " ".join([state_of(crashed, page), *in_words(crashed, page)])


def test_what_this_machine_lacked_is_said_in_the_page_s_language() -> None:
    short = check("system:clock", "unknown", "not_looked", text="no memory is left for this process: end programs")
    assert in_words(short, EN) == ["text no memory is left for this process: end programs"]
    assert "本进程没有可用内存" in in_words(short, ZH)[0]


@pytest.mark.parametrize("odd", [None, "", [], {}, object(), {"pid": 3}, "soon", float("nan"), 10**400, True, ["a"] * 9], ids=repr_of)
@pytest.mark.parametrize(
    ("check_id", "key"),
    [
        *(("serial:pad", key) for key in ("holder", "errors", "signal_dbm")),
        *(("gateway:a", key) for key in ("certificate", "rtt_ms", "date_skew_s", "phase", "port")),
        *(("system:clock", key) for key in ("now", "skew_s")),
        *(("dns:192.0.2.1", "names"), ("system:disk:/", "used_percent"), ("address:eth0", "addresses"), ("cell:x", "anything")),
    ],
)
def test_facts_of_an_unexpected_shape_do_no_harm(check_id: str, key: str, odd: Any) -> None:
    """Beside them, the others are said."""
    entry = CheckEntry(id=check_id, layer=Layer.SYSTEM, target="x", outcome=Outcome.FAIL, facts={key: odd, "text": "so it was"})
    for page in (ZH, EN):
        assert any("so it was" in words for words in in_words(check_from(entry), page))


def test_facts_of_a_kind_that_is_unknown_here_are_said_by_their_names() -> None:
    seen = check("weather:roof", "fail", wind_ms=3.25, raining=True, since=["a", "b"], sensors={"a": 1}, empty="")
    assert in_words(seen, EN) == ["wind_ms 3.2", "raining yes"]
    assert in_words(seen, ZH) == ["wind_ms 3.2", "raining 是"]


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
    assert kind_in_words("link:eth0", Page(language="en", encoding="ascii")) == "interface"
