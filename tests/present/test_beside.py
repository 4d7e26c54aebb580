"""What the screen says of a terminal beside this machine where no cause is found: that it is there, and which of its ports answer."""

from __future__ import annotations

from typing import Any

import pytest

from agent.diagnosis.model import CanPay, State
from agent.present.document import Document
from agent.present.page import Page
from agent.present.report import Reader, no_cause, render
from probes.model import Check, Facts
from tests.support.documents import check, status

THERE: dict[str, Any] = {"address": "192.168.1.20", "answered_by": "icmp"}
GATEWAY = check("gateway:acquirer-a", "unknown", None, "the terminal itself cannot be asked: no adb is configured")
NOT_ALLOWED = check("device:till-2", "unknown", "not_allowed", "allow USB debugging", over="usb", state="unauthorized")
LOOKED_INTO = check("device:till-2", over="usb", state="device")
PRESENT = "Terminal till-2 is present on the shop's network (192.168.1.20: it answers an echo request)."
NOT_SEEN = "Whether it can take payments cannot be seen from beside it (no adb is configured)."
REFUSES = "Its port 9100 refuses: the application or service there does not run, or the configured port is wrong."


def lan(outcome: str = "pass", symptom: str | None = None, because: str | None = None, **facts: Any) -> Check[Facts]:
    return check("lan:till-2", outcome, symptom, because, **THERE | facts)


def said(*checks: Check[Facts], pays: CanPay = CanPay.UNKNOWN, lang: str = "en") -> str:
    return no_cause(Document(status(pays, State.UNKNOWN, checks)), Page(language=lang, width=80))


@pytest.mark.parametrize("gateway", [(GATEWAY,), ()], ids=["gateway", "no gateway"])
@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (lan(), f"{PRESENT} {NOT_SEEN}"),
        (lan(ports={"9100": "open"}), f"{PRESENT} Its port answers: 9100. {NOT_SEEN}"),
        (lan("fail", "refused", ports={"9100": "refused", "8443": "open"}), f"{PRESENT} Its port answers: 8443. {REFUSES} {NOT_SEEN}"),
        (
            lan(answered_by="neighbour", entry_age_s=12),
            "Terminal till-2 is present on the shop's network (192.168.1.20: by this machine's neighbour table alone, confirmed 12 s ago; "
            f"one switched off since stands there too, for up to 45 s). {NOT_SEEN}",
        ),
        (
            lan(ports={"9100": "busy"}),
            f"{PRESENT} Port 9100: accepted and hung up at once, as while another client (the till) is served. {NOT_SEEN}",
        ),
        (
            lan("fail", "timeout", ports={"9100": "timeout"}),
            f"{PRESENT} Its port 9100 is not reached: no answer. {NOT_SEEN}",
        ),
        (
            lan(was_at="192.168.1.9"),
            f"{PRESENT} It has moved: the configuration has 192.168.1.9, and it is at 192.168.1.20 now. Mend the configuration. {NOT_SEEN}",
        ),
    ],
    ids=["there", "open", "refused", "believed", "busy", "silent", "moved"],
)
def test_one_that_is_there(seen: Check[Facts], words: str, gateway: tuple[Check[Facts], ...]) -> None:
    assert said(seen, *gateway) == words
    chinese = said(seen, *gateway, lang="zh")
    assert "till-2 在店里的网络上（192.168.1.20" in chinese and chinese.endswith("能不能收款，从旁边看不到（没有配置 adb）。")


def test_one_that_cannot_be_looked_into_is_there_all_the_same() -> None:
    assert said(lan(), NOT_ALLOWED, GATEWAY).startswith(f"{PRESENT} Terminal till-2 tells nothing: ")


def test_a_port_that_refuses_is_told_whatever_the_terminal_itself_reaches() -> None:
    refuses = lan("fail", "refused", ports={"9100": "refused"})
    assert said(refuses, LOOKED_INTO, GATEWAY) == said(refuses, LOOKED_INTO, pays=CanPay.YES) == REFUSES
    assert said(lan(), LOOKED_INTO, pays=CanPay.YES) == "Nothing is wrong."
    assert "came to no conclusion" in said(lan(), LOOKED_INTO, GATEWAY)


def test_the_evidence_names_its_ports() -> None:
    refuses = lan("fail", "refused", ports={"9100": "refused"}, was_at="192.168.1.9")
    shown = " ".join(
        " ".join(
            render(Document(status(CanPay.UNKNOWN, State.UNKNOWN, (refuses,))).status, Page(language="en"), Reader(details=True))
        ).split()
    )
    assert "its ports 9100: refused" in shown and "configured address 192.168.1.9" in shown, shown
