"""Of a terminal beside this machine, where no cause is found: that it is there, which of its ports answer, and why it tells no more."""

from __future__ import annotations

from collections.abc import Iterator

from agent.present.deeds import is_deed
from agent.present.document import Document
from agent.present.page import Page
from agent.present.reasons import in_both
from agent.present.symptoms import symptom_in_words
from probes.ground.bilingual import Bilingual, same
from probes.model import Check, Facts, Kind, Outcome, Symptom
from probes.model.facts import OnLanFacts

_BY = {
    "icmp": Bilingual("有应答", "it answers an echo request"),
    "arp": Bilingual("只应答 ARP，多半在休眠", "it answers ARP alone, as one that sleeps does"),
    "port": Bilingual("端口有应答", "a port of it answers"),
}
_UNSEEN = Bilingual(
    "能不能收款，从旁边看不到（没有配置 adb）。",
    "Whether it can take payments cannot be seen from beside it (no adb is configured).",
)


def of_it(document: Document, page: Page) -> str:
    """Empty where there is nothing of the kind to say."""
    ways = [check for check in document.checks if check.kind in (Kind.DEVICE, Kind.ON_LAN)]
    if any(check.kind is Kind.DEVICE and check.ok for check in ways):  # it was looked into: what it told itself counts
        return trouble(document, page)
    there = next((check for check in ways if isinstance(check.facts, OnLanFacts) and check.facts.answered_by), None)
    shut = next((check for check in ways if check is not there and not check.ok), None)
    said = list(_present(there, page)) if there is not None else []
    if there is not None and len(ways) == 1:
        said.append(page.words(_UNSEEN))
    if shut is not None:
        said.append(_tells_nothing(shut, document, page))
    return page.say("", " ").join(said)


def trouble(document: Document, page: Page) -> str:
    """Which of its ports do not answer; empty where all do."""
    seen = [check for check in document.checks if isinstance(check.facts, OnLanFacts) and check.facts.answered_by]
    return page.say("", " ").join(text for check in seen for text in _ports(check, page, wrong=True))


def _present(check: Check[Facts], page: Page) -> Iterator[str]:
    facts = check.facts
    assert isinstance(facts, OnLanFacts)
    name, address = page.fit(check.target), page.fit(facts.address or "")
    by = _believed(facts.entry_age_s) if facts.answered_by == "neighbour" else _BY.get(facts.answered_by or "")
    by = by or same(page.fit(facts.answered_by or ""))
    yield page.say(
        f"终端 {name} 在店里的网络上（{address}，{by.zh}）。", f"Terminal {name} is present on the shop's network ({address}: {by.en})."
    )
    if facts.was_at:
        was = page.fit(facts.was_at)
        yield page.say(
            f"它的地址变了：配置里是 {was}，现在是 {address}，请改好配置。",
            f"It has moved: the configuration has {was}, and it is at {address} now. Mend the configuration.",
        )
    yield from _ports(check, page, wrong=False)
    yield from _ports(check, page, wrong=True)
    if check.outcome is Outcome.UNKNOWN and check.because:
        because = in_both(check.because)
        yield page.say(f"{because.zh}。", f"{because.en[:1].upper()}{because.en[1:]}.")


def _believed(age_s: int | None) -> Bilingual:
    """By an entry of the kernel's table alone."""
    if age_s is None:
        return Bilingual(
            "只凭本机的邻居表；刚关机的也还在表里", "by this machine's neighbour table alone, where one just switched off stands too"
        )
    return Bilingual(
        f"只凭本机的邻居表，{age_s} 秒前确认过；之后关机的也还在表里，最多 45 秒",
        f"by this machine's neighbour table alone, confirmed {age_s} s ago; one switched off since stands there too, for up to 45 s",
    )


def _ports(check: Check[Facts], page: Page, *, wrong: bool) -> Iterator[str]:
    facts = check.facts
    assert isinstance(facts, OnLanFacts)
    if not wrong:
        ports = [page.fit(port) for port, word in facts.ports.items() if word == "open"]
        if ports:
            yield page.say(
                f"有应答的端口：{'、'.join(ports)}。",
                f"{'Its port answers' if len(ports) == 1 else 'Its ports answer'}: {', '.join(ports)}.",
            )
        busy = [page.fit(port) for port, word in facts.ports.items() if word == "busy"]
        if busy:
            yield page.say(
                f"接通后马上挂断的端口：{'、'.join(busy)}，多半正在服务另一个客户端（例如收银机）。",
                f"{'Port' if len(busy) == 1 else 'Ports'} {', '.join(busy)}: accepted and hung up at once, as while another client"
                " (the till) is served.",
            )
        return
    for each, word in facts.ports.items():
        port = page.fit(each)
        if word == Symptom.REFUSED:
            yield page.say(
                f"它的端口 {port} 拒绝连接：上面的程序或服务没有运行，或者配置里的端口写错了。",
                f"Its port {port} refuses: the application or service there does not run, or the configured port is wrong.",
            )
        elif word not in ("open", "busy"):
            seen = _symptom(word)
            yield page.say(f"它的端口 {port} 连不上：{seen.zh}。", f"Its port {port} is not reached: {seen.en}.")


def _symptom(word: str) -> Bilingual:
    try:
        return symptom_in_words(Symptom(word))
    except ValueError:  # of a later version
        return same(word)


def _tells_nothing(check: Check[Facts], document: Document, page: Page) -> str:
    """Why, and what to do about that."""
    seen = symptom_in_words(check.symptom) if check.symptom is not None else None
    why = check.because if check.because and document.hindrance is None else ""
    said = [each for each in (seen, in_both(why) if why else None) if each is not None]
    zh = "；".join(each.zh for each in said)
    en = (". To do: " if is_deed(why) else ", and ").join(each.en for each in said)
    name = page.fit(check.target)
    zh, en = f"看不到终端 {name} 里面的情况：{zh}", f"Terminal {name} tells nothing: {en}"
    return page.say(zh if zh.endswith("？") else f"{zh}。", en if en.endswith("?") else f"{en}.")
