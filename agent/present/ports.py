"""The serial ports in a report: those that are configured with what became of them, or those that there are."""

from __future__ import annotations

from agent.present import facts, path
from agent.present.document import Document
from agent.present.page import Page
from agent.present.sections import called, heading
from agent.present.words import state_of
from probes.model import Check, Facts, Kind, Layer, Outcome
from probes.model.facts import PresentPort, SerialFacts, SerialPresentFacts


def serial_ports(document: Document, page: Page) -> list[str]:
    lines: list[str] = []
    for check in (check for check in document.checks if check.layer is Layer.SERIAL and check.kind is not Kind.PLUGIN):
        if check.made and isinstance(check.facts, SerialPresentFacts):
            lines += [line for device in check.facts.devices for line in _present(device, page)]
            continue
        name = called(check)
        port = (isinstance(check.facts, SerialFacts) and check.facts.port) or ""
        where = f" {port}" if port and port != name else ""
        lines += page.wrap(f"{name}{where}{page.say('：', ': ')}{_use(check, page)}", first=f"  {page.fit(path.MARKS[check.outcome])} ")
    return [heading(page, "串口", "Serial ports"), *lines] if lines else []


def _use(check: Check[Facts], page: Page) -> str:
    """A port that is left to whoever holds it, or that must not be opened, was not examined any further."""
    seen = check.facts
    if not isinstance(seen, SerialFacts):
        return state_of(check, page)
    if seen.holder and check.outcome is not Outcome.SKIP:
        by = facts.holder(seen.holder, page)
        state = page.say("在用", "in use") if check.ok else state_of(check, page)
        return state + page.say(f"（占用者 {by}）", f" (by {by})")
    if check.ok and check.symptom is None and not (seen.opened or seen.asked):
        return page.say("在，没有打开", "present, not opened")
    return state_of(check, page)


def _present(device: PresentPort, page: Page) -> list[str]:
    """A port that nobody configured: what it is, and what uses it."""
    about = [" ".join(filter(None, (device.maker, device.model))) or device.usb]
    if device.console:
        about.append(page.say("系统控制台", "the system's console"))
    if device.holder:
        by = facts.holder(device.holder, page)
        about.append(page.say(f"占用者 {by}", f"held by {by}"))
    known = page.say("，", ", ").join(filter(None, about)) or page.say("存在", "present")
    return page.wrap(f"{device.node or '?'}{page.say('：', ': ')}{known}", first="  - ")
