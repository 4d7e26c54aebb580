"""The verdict for a person, made from a status document: the answer first, then why, then what to do."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from agent.contract.document import Status
from agent.diagnosis.model import CanPay
from agent.present import path, sections, times
from agent.present.page import Page
from probes.model import Layer

ANSWERS: dict[CanPay, tuple[str, str, str]] = {
    CanPay.YES: ("能", "YES", "green"),
    CanPay.NO: ("不能", "NO", "red"),
    CanPay.UNKNOWN: ("无法判断", "CANNOT TELL", "yellow"),
}


class Reader(Struct, frozen=True, kw_only=True):
    """What the report says around the document. `stale`: why the document tells nothing about now.

    `saved_at`: the file that holds it. `contacts`: whom to send it to, each as a sort of person, name and number.
    """

    stale: tuple[str, str] | None = None
    age_s: float | None = None
    saved_at: str | None = None
    contacts: tuple[tuple[str, str], ...] = ()


def render(status: Status, page: Page, reader: Reader) -> list[str]:
    parts = [
        _answer(status, page, reader),
        _verdict(status, page),
        path.draw(status, page),
        sections.evidence(status, page),
        sections.ruled_out(status, page),
        sections.other_causes(status, page),
        sections.steps(status, page),
        sections.serial_ports(status, page),
        sections.notices(status, page),
        _advice(status, page),
        _foot(status, page, reader),
    ]
    lines: list[str] = []
    for part in parts:
        if part:
            lines += [*([""] if lines else []), *part]
    return lines


def _answer(status: Status, page: Page, reader: Reader) -> list[str]:
    zh, en, colour = ANSWERS[status.can_pay]
    question = page.say("这台终端现在能收款吗？", "Can this terminal take payments? ")
    if reader.stale is None:
        return [_tinted(line, question, colour, page) for line in page.wrap(question + page.say(zh, en))]
    zh_now, en_now, colour = ANSWERS[CanPay.UNKNOWN]
    then = page.say(f"当时的结果：{zh}。", f"The answer then: {en}.")
    why = page.say(*reader.stale)
    lines = [_tinted(line, question, colour, page) for line in page.wrap(question + page.say(zh_now, en_now))]
    return [*lines, *page.paint_all(page.wrap(f"{why.rstrip('。. ')}{page.say('。', '. ')}{then}"), "yellow")]


def _tinted(line: str, question: str, colour: str, page: Page) -> str:
    asked, answer = (question, line[len(question) :]) if line.startswith(question) else ("", line)
    return page.paint(asked, "bold") + page.paint(answer, colour)


def _verdict(status: Status, page: Page) -> list[str]:
    leading = sections.leading(status)
    if leading is None:
        return page.wrap(_no_cause(status, page))
    about = [
        page.say(*sections.category_of(leading)),
        str(leading.code),
        page.say(f"把握 {leading.confidence:.0%}", f"confidence {leading.confidence:.0%}"),
    ]
    began, written = times.parse(status.since), times.parse(status.generated_at)
    if began and written and (written - began).total_seconds() > 60:
        about.append(page.say(f"自 {times.local(status.since, page)} 起", f"since {times.local(status.since, page)}"))
    lines = page.wrap(page.say(leading.summary.zh, leading.summary.en))
    return [*lines, *page.paint_all(page.flow(about), "faint"), *_pending(status, page)]


def _pending(status: Status, page: Page) -> list[str]:
    if status.pending is None:
        return []
    zh, en = sections.STATES[status.pending.state]
    count = status.pending.count
    return page.wrap(
        page.say(
            f"可能正在变化：已有 {count} 次结果为“{zh}”，等待确认。", f"Perhaps changing: “{en}” was seen {count} time(s), to be confirmed."
        )
    )


def _no_cause(status: Status, page: Page) -> str:
    if status.can_pay is CanPay.YES:
        return page.say("没有发现问题。", "Nothing is wrong.")
    if not any(check.layer is Layer.GATEWAY for check in status.checks):
        online = any(check.layer is Layer.INTERNET and check.ok for check in status.checks)
        return page.say(
            "没有配置收单主机，所以不知道能不能收款。" + ("互联网可以连通。" if online else "没有确认互联网是否连通。"),
            "No acquirer's host is configured, so nobody knows whether payments get through. "
            + ("The internet can be reached." if online else "Whether the internet can be reached is not confirmed."),
        )
    return page.say("检查没有得出结论，也没有找到原因。", "The examination came to no conclusion and found no cause.")


def _advice(status: Status, page: Page) -> list[str]:
    if any(check.layer is Layer.GATEWAY for check in status.checks):
        return []
    heading = page.paint(page.say("补充", "To know more"), "bold")
    return [
        heading,
        *page.wrap(
            page.say(
                "在配置文件里写上收单主机（[[gateway]]：name、host、port、protocol），就能检查到收单主机的整条路径：解析、连接、加密和应答，"
                "并回答能不能收款。示例：posdiag config example",
                "Name the acquirer's host in the configuration ([[gateway]] with name, host, port and protocol), and posdiag examines "
                "the whole way to it: its name, connection, encryption and answer. Then it can say whether payments get through. "
                "For an example: posdiag config example",
            ),
            first="  ",
        ),
    ]


def _foot(status: Status, page: Page, reader: Reader) -> list[str]:
    lines: list[str] = []
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
    age = "" if reader.age_s is None else page.say(f"（{times.span(reader.age_s, page)}前）", f" ({times.span(reader.age_s, page)} ago)")
    about = [
        page.say("检查于 ", "Examined ") + times.local(status.generated_at, page) + age,
        page.say("终端 ", "terminal ") + page.fit(status.terminal.id),
    ]
    if status.terminal.store:
        about.append(page.fit(status.terminal.store))
    about.append(sections.tally(status.checks, page))
    return [*lines, *page.paint_all(page.flow(about), "faint")]


def contacts_of(named: Sequence[tuple[str, str, str, str]], page: Page) -> tuple[tuple[str, str], ...]:
    """From (Chinese, English, name, phone): those that have a name or a number."""
    return tuple(
        (page.say(zh, en), " ".join(filter(None, (page.fit(name), page.fit(phone))))) for zh, en, name, phone in named if name or phone
    )
