"""How deep a verdict was shown: what the hosts said, how long ago where they were not asked now, and when they may be asked again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from agent.diagnosis.model import CanPay
from agent.present import times
from agent.present.document import Document
from agent.present.page import Page
from agent.present.reasons import reason
from probes.edge.acquirer.send_permit import NOT_KEPT
from probes.model import Check, Outcome
from probes.model.facts import GatewayFacts, Phase

_SECONDS_AGO = re.compile(r"\b(\d+) s ago")
_ONE_LOOK_S = 20.0  # checks of one examination are not further apart


class Word(Struct, frozen=True):
    """What one host said. `age_s`: how long ago, where it was not asked in this look."""

    check: Check[GatewayFacts]
    age_s: float | None


def words_of(document: Document, read_s: float = 0.0) -> list[Word]:
    """Of every host whose application answered, now or earlier. `read_s`: how old the document is by now."""
    written = times.parse(document.status.generated_at)
    found = []
    for check in hosts(document):
        facts = check.facts
        if facts.app_answered_at is None and facts.app_answer_age_s is None and facts.depth not in (Phase.HTTP, Phase.APP):
            continue
        came = times.parse(facts.app_answered_at or check.observed_at)
        age_s = (written - came).total_seconds() if written and came else 0.0
        if facts.app_answer_age_s is not None:
            age_s = max(age_s, facts.app_answer_age_s)
        elif facts.reached_at is None and age_s < _ONE_LOOK_S:
            found.append(Word(check, None))
            continue
        found.append(Word(check, age_s + read_s))
    return found


def hosts(document: Document) -> list[Check[GatewayFacts]]:
    return [check for check in document.checks if isinstance(check.facts, GatewayFacts)]  # type: ignore[misc]


def only_earlier(document: Document) -> bool:
    """Whether payments are taken for possible, or not, only by what hosts said earlier."""
    told = [word for word in words_of(document) if _bears(word.check, document)]
    return bool(told) and all(word.age_s is not None for word in told)


def lines(document: Document, page: Page, read_s: float) -> list[str]:
    told = [word for word in words_of(document, read_s) if _bears(word.check, document)]
    old = [word for word in told if word.age_s is not None]
    shown = [] if document.status.can_pay is not CanPay.YES else _shown(document, told, page)
    return [*page.paint_all([line for text in shown for line in page.wrap(text)], "faint"), *_earlier(old, document, page, read_s)]


def in_short(document: Document, page: Page, read_s: float) -> str:
    """Behind a verdict in one line: how old what it rests on is. Empty where hosts were asked now."""
    found = age_of(document, read_s)
    if found is None:
        return ""
    age = times.span(found, page)
    return page.say(f"（{age}前的应答）", f" (answer of {age} ago)")


def age_of(document: Document, read_s: float = 0.0) -> float | None:
    """Seconds since the newest answer that the verdict rests on; None where a host was asked now, or none was ever asked."""
    ages = [word.age_s for word in words_of(document, read_s) if _bears(word.check, document)]
    old = [age for age in ages if age is not None]
    return min(old) if old and len(old) == len(ages) else None


def _bears(check: Check[GatewayFacts], document: Document) -> bool:
    """Whether the answer rests on it: on what passed where that is yes, else on what failed."""
    return check.ok if document.status.can_pay is CanPay.YES else check.failed


def _shown(document: Document, told: Sequence[Word], page: Page) -> list[str]:
    """What was not asked, where a yes rests on no more; a host's own answer of now needs no word."""
    ids = {word.check.id for word in told}
    reached = [check for check in hosts(document) if check.ok and check.id not in ids]
    if reached and not told:
        return [page.say("收单主机能连上；没有询问账户是否正常。", "The host was reached; the account was not asked.")]
    found = []
    if reached:
        names = page.shorten(", ".join(page.fit(check.target) for check in reached), page.width // 2)
        found.append(page.say(f"{names}：只确认能连上，没有询问账户。", f"{names}: only reached; the account was not asked."))
    now = [word.check.facts for word in told if word.age_s is None]
    if now and not any(facts.depth is Phase.APP for facts in now):
        text = page.say(
            "收单主机的网络服务应答正常；账户是否正常不一定看得出。", "The host's web service answers; that need not tell of the account."
        )
        found.append(text)
    return found


def _earlier(old: Sequence[Word], document: Document, page: Page, read_s: float) -> list[str]:
    """The age of answers that were not asked for now, what prevents asking, and until when."""
    if not old:
        return []
    age = times.span(max(word.age_s or 0.0 for word in old), page)
    many = len(hosts(document)) > 1
    names = page.shorten(", ".join(page.fit(word.check.target) for word in old), page.width // 2)
    whose = page.say(f"收单主机（{names}）" if many else "收单主机", f" ({names})" if many else "")
    texts = [page.say(f"这是{whose} {age}前的应答", f"By the host's answer of {age} ago{whose}")]
    wrong = document.status.can_pay is not CanPay.YES
    texts[0] += page.say("，可能已经过时。" if wrong else "。", ", which may be out of date." if wrong else ".")
    first = old[0].check
    because = first.facts.app_because
    if because and not because.startswith(NOT_KEPT):
        said = reason(_by_now(because, first, document, read_s), page)
        texts.append(page.say(f"没有重新询问：{said}。", f"Not asked anew: {said}."))
    moments = [word.check.facts.app_again_at for word in old if word.check.facts.app_again_at]
    if moments:
        at = times.of_day(max(moments), page)
        texts.append(page.say(f"{at} 起可以再问。", f"It may be asked again at {at}."))
    return page.paint_all(page.wrap(page.say("", " ").join(texts)), "yellow" if wrong else "faint")


def _by_now(because: str, check: Check[GatewayFacts], document: Document, read_s: float) -> str:
    """A reason that counts seconds back from the look, as it counts now: beside it stands an age that goes on."""
    written, made = times.parse(document.status.generated_at), times.parse(check.observed_at)
    since_s = max((written - made).total_seconds(), 0.0) if written and made else 0.0
    return _SECONDS_AGO.sub(lambda found: f"{int(found[1]) + round(since_s + read_s)} s ago", because)


def barred(document: Document, page: Page, read_s: float = 0.0) -> list[str]:
    """Why a gateway's host was not asked, where that leaves the answer open, or where this user may not ask at all."""
    reasons: dict[str, str | None] = {}
    for check in hosts(document):
        if check.outcome is Outcome.UNKNOWN and check.because and " " in check.because:
            reasons.setdefault(_by_now(check.because, check, document, read_s), check.facts.app_again_at)
        told = check.facts.app_because
        if told and (told.startswith(NOT_KEPT) or (check.ok and check.facts.app_answer_age_s is None)):
            reasons.setdefault(_by_now(told, check, document, read_s), check.facts.app_again_at)
    found = []
    for text, again in reasons.items():
        said = page.say(f"没有询问收单主机：{reason(text, page)}", f"The host was not asked: {reason(text, page)}")
        if again:
            at = times.of_day(again, page)
            said += page.say(f"。{at} 起可以再问。", f". It may be asked again at {at}.")
        found += page.paint_all(page.wrap(said), "yellow")
    return found
