"""The verdict for a person, made from a status document: the answer first, then why, then what to do."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from agent.contract.document import Status
from agent.diagnosis.model import CanPay
from agent.present import asked, beside, brief, changes, path, promised, rights, sections, terminal, times, watched
from agent.present.document import Document
from agent.present.page import Page
from agent.present.ports import serial_ports
from agent.present.verdicts import ANSWERS, STATES
from agent.present.words import CATEGORIES
from probes.ground.bilingual import Bilingual
from probes.model import Layer


class Reader(Struct, frozen=True, kw_only=True):
    """What the report says around the document. `command`: by which it was asked for. `details`: everything, else what is needed first.

    `stale`: why the document tells nothing about now. `saved_at`: the file that holds it. `contacts`: whom to send it to, each as a sort
    of person, name and number. `only`: nothing but that was looked at.
    """

    command: str = "posdiag check"
    details: bool = False
    only: str | None = None

    stale: Bilingual | None = None
    age_s: float | None = None
    saved_at: str | None = None
    contacts: tuple[tuple[str, str], ...] = ()


def render(status: Status, page: Page, reader: Reader) -> list[str]:
    document = Document(status)
    parts = _everything(document, page, reader) if reader.details else _first_things(document, page, reader)
    lines: list[str] = []
    for part in parts:
        if part:
            lines += [*([""] if lines else []), *part]
    return lines


def _first_things(document: Document, page: Page, reader: Reader) -> list[list[str]]:
    status = document.status
    narrow = page.width < brief.LIST_FROM
    if reader.only is not None:
        return [
            sections.evidence(document, page, everything=True),
            _why(document, page) if document.leading else [],
            _about(document, page, reader),
        ]
    return [
        [*_answer(status, page, reader), *_shown_by(document, page, reader)],
        [*_why(document, page), *(_pending(status, page) if narrow else _before(document, page))],
        brief.selling(status, page),
        brief.first_steps(document, page),
        brief.call(document, page),
        [*changes.last_before(document, page), *watched.lines(status, page)] if narrow else [],  # what is to be done stands first there
        [
            *promised.in_short(status, page),
            *brief.others(document, page),
            *(rights.in_short(document, reader.command, page) if reader.stale is None else []),
        ],
        [*_about(document, page, reader), *brief.more(reader.command, page)],
    ]


def _everything(document: Document, page: Page, reader: Reader) -> list[list[str]]:
    status = document.status
    return [
        [*_answer(status, page, reader), *_shown_by(document, page, reader)],
        _verdict(document, page),
        brief.selling(status, page),
        sections.steps(document, page),
        brief.call(document, page),
        path.draw(document, page),
        sections.evidence(document, page),
        sections.ruled_out(document, page),
        sections.other_causes(document, page),
        terminal.about(document, page),
        terminal.durations(document, page),
        serial_ports(document, page),
        sections.others(document, page),
        rights.in_full(document, page),
        sections.notices(document, page),
        promised.planned(status, page),
        promised.in_full(status, page),
        _advice(document, page),
        _foot(document, page, reader),
    ]


def _shown_by(document: Document, page: Page, reader: Reader) -> list[str]:
    """By what the answer was found, and what was not asked."""
    if reader.stale is not None:
        return []
    return [*asked.lines(document, page, reader.age_s or 0.0), *asked.barred(document, page, reader.age_s or 0.0)]


def _answer(status: Status, page: Page, reader: Reader) -> list[str]:
    answer = ANSWERS[status.can_pay]
    question = page.say(f"终端 {page.about} 现在能收款吗？", f"Can terminal {page.about} take payments? ")
    if not page.about:
        question = page.say("这台终端现在能收款吗？", "Can this terminal take payments? ")
    if reader.stale is None:
        return [_tinted(line, question, answer.colour, page) for line in page.wrap(question + page.words(answer.word))]
    now = ANSWERS[CanPay.UNKNOWN]
    then = page.say(f"当时的结果：{answer.word.zh}。", f"The answer then: {answer.word.en}.")
    why = page.words(reader.stale)
    lines = [_tinted(line, question, now.colour, page) for line in page.wrap(question + page.words(now.word))]
    return [*lines, *page.paint_all(page.wrap(f"{why.rstrip('。. ')}{page.say('。', '. ')}{then}"), "yellow")]


def _tinted(line: str, question: str, colour: str, page: Page) -> str:
    asked, answer = (question, line[len(question) :]) if line.startswith(question) else ("", line)
    return page.paint(asked, "bold") + page.paint(answer, colour)


def _verdict(document: Document, page: Page) -> list[str]:
    status, leading = document.status, document.leading
    if leading is None:
        return [*page.wrap(no_cause(document, page)), *watched.lines(status, page)]
    about = [
        page.words(CATEGORIES[leading.category]),
        str(leading.code),
        page.say(f"把握 {leading.confidence:.0%}", f"confidence {leading.confidence:.0%}"),
    ]
    began, written = times.parse(status.since), times.parse(status.generated_at)
    if began and written and (written - began).total_seconds() > 60:
        about.append(page.say(f"自 {times.local(status.since, page)} 起", f"since {times.local(status.since, page)}"))
    return [*page.wrap(page.words(leading.summary)), *page.paint_all(page.flow(about), "faint"), *_before(document, page)]


def _before(document: Document, page: Page) -> list[str]:
    return [*changes.last_before(document, page), *watched.lines(document.status, page), *_pending(document.status, page)]


def _why(document: Document, page: Page) -> list[str]:
    """One sentence, with how sure it is."""
    leading = document.leading
    if leading is None:
        return page.wrap(no_cause(document, page))
    sure = page.say(f"（把握 {leading.confidence:.0%}）", f" ({leading.confidence:.0%} sure)")
    return page.wrap(page.words(leading.summary).rstrip("。.") + sure + page.say("。", "."))


def _pending(status: Status, page: Page) -> list[str]:
    if status.pending is None:
        return []
    coming, count = STATES[status.pending.state].told, status.pending.count
    return page.wrap(
        page.say(
            f"可能正在变化：已有 {count} 次结果为“{coming.zh}”，等待确认。",
            f"Perhaps changing: “{coming.en}” was seen {count} time(s), to be confirmed.",
        )
    )


def no_cause(document: Document, page: Page) -> str:
    if document.status.can_pay is CanPay.YES:
        if asked.only_earlier(document):
            return page.say("没有发现问题，但没有重新询问收单主机。", "Nothing was found wrong; the host was not asked anew.")
        return beside.trouble(document, page) or page.say("没有发现问题。", "Nothing is wrong.")
    if seen := beside.of_it(document, page):
        return seen
    if not any(check.layer is Layer.GATEWAY for check in document.checks):
        online = any(check.layer is Layer.INTERNET and check.ok for check in document.checks)
        return page.say(
            "没有配置收单主机，所以不知道能不能收款。" + ("互联网可以连通。" if online else "没有确认互联网是否连通。"),
            "No acquirer's host is configured, so nobody knows whether payments get through. "
            + ("The internet can be reached." if online else "Whether the internet can be reached is not confirmed."),
        )
    return page.say("检查没有得出结论，也没有找到原因。", "The examination came to no conclusion and found no cause.")


def _advice(document: Document, page: Page) -> list[str]:
    if any(check.layer is Layer.GATEWAY for check in document.checks):
        return []
    heading = page.paint(page.say("补充", "To know more"), "bold")
    return [
        heading,
        *page.wrap(
            page.say(
                "在配置文件里写上收单主机（[[gateway]]：name、host、port、protocol），就能检查到收单主机的整条路径：解析、连接、加密和应答，"
                "并说明能不能收款。示例：posdiag config example",
                "Name the acquirer's host in the configuration ([[gateway]] with name, host, port and protocol), and posdiag examines "
                "the whole way to it: its name, connection, encryption and answer. Then it can say whether payments get through. "
                "For an example: posdiag config example",
            ),
            first="  ",
        ),
    ]


def _foot(document: Document, page: Page, reader: Reader) -> list[str]:
    status, lines = document.status, list[str]()
    if status.causes:
        for who, whom in reader.contacts:
            lines += page.wrap(page.say(f"可以把结果发给{who}：{whom}", f"The results can be sent to the {who}: {whom}"))
    if reader.saved_at:
        lines += page.wrap(page.say(f"完整结果在文件 {reader.saved_at}", f"The full results are in the file {reader.saved_at}"))
    elif status.causes:
        lines += page.wrap(
            page.say(
                "把完整结果存成文件：posdiag --check --json > posdiag.json",
                "To keep the full results: posdiag --check --json > posdiag.json",
            )
        )
    return [*lines, *_about(document, page, reader)]


def _about(document: Document, page: Page, reader: Reader) -> list[str]:
    """Of when and of which terminal this is."""
    status = document.status
    age = "" if reader.age_s is None else page.say(f"（{times.span(reader.age_s, page)}前）", f" ({times.span(reader.age_s, page)} ago)")
    about = [
        page.say("检查于 ", "Examined ") + times.local(status.generated_at, page) + age,
        page.say("终端 ", "terminal ") + page.fit(status.terminal.id),
    ]
    if status.terminal.store:
        about.append(page.fit(status.terminal.store))
    about.append(sections.tally(document, page))
    return page.paint_all(page.flow(about), "faint")


def contacts_of(named: Sequence[tuple[Bilingual, str, str]], page: Page) -> tuple[tuple[str, str], ...]:
    """From sort of person, name and phone: those that have a name or a number."""
    return tuple(
        (page.words(who), " ".join(filter(None, (page.fit(name), page.fit(phone))))) for who, name, phone in named if name or phone
    )
