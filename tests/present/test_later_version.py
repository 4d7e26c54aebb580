"""A document of a later version on the screen: what is unknown here by its code, the rest as ever."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from agent.contract.decode import decode
from agent.contract.times import utc
from agent.present import path
from agent.present.document import Document
from agent.present.page import Page
from agent.present.report import Reader, render
from agent.storage.identity import boot_id
from tests.support.command_line import configured, posdiag
from tests.support.documents import LATER_VERSION

STATUS = decode(LATER_VERSION)
ZH = (
    "这台终端现在能收款吗？不能",
    "基站暂时不接受终端 wwan0",
    "──✗ 网络接口 wwan0",
    "✗ cell:wwan0：barred_by_cell",
    "access_class 7",
    "（因为：cell:wwan0）",
    "network.jammed（spectrum:band-8：noisy）",
    "域名服务器用不了（域名服务器 192.0.2.1：正常）",
    "1. 【robot】把终端搬到窗边",
    "【integrator】致电集成商",
    "【收银员】关上钱箱",
    "其他检查 ! spectrum:band-8：noisy ✓ spectrum:band-20：正常",
    "合同快到期 operator.date_due",
    "8 项检查：4 正常，3 不正常，1 未得结果",
)
EN = (
    "Can this terminal take payments? NO",
    "The cell does not accept the terminal on wwan0",
    "network.cell_barred",
    "──✗ interface wwan0",
    "✗ cell:wwan0: barred_by_cell",
    "barred yes",
    "name server not usable (name server 192.0.2.1: fine)",
    "1. [robot] Move the terminal to a window → You should see: The signal icon is full",
    "[cashier] Close the drawer",
    "Other checks ! spectrum:band-8: noisy ✓ spectrum:band-20: fine",
    "8 checks: 4 passed, 3 failed, 1 without a result",
)


def joined(lines: list[str]) -> str:
    """However the text was broken into lines."""
    return "".join("".join(lines).split())


@pytest.mark.parametrize("columns", [80, 40])
@pytest.mark.parametrize(("language", "said"), [("zh", ZH), ("en", EN)])
def test_all_that_it_says_is_shown(language: str, said: tuple[str, ...], columns: int) -> None:
    page = Page(language=language, width=columns)
    lines = render(STATUS, page, Reader(details=True))
    assert [line for line in lines if page.measure(line) > columns] == []
    text = joined(lines)
    assert [words for words in said if joined([words]) not in text] == []
    assert "neighbours" not in text and "timers" not in text, "what holds more than one value is left to the document"


def test_the_path_is_broken_where_the_evidence_is() -> None:
    assert path.draw(Document(STATUS), Page(language="en", width=200)) == [
        "  terminal ──✗ interface wwan0 ──✓ name server 192.0.2.1 ──? acquirer acquirer-a"
    ]


def test_the_command_shows_it_and_leaves_with_its_state(tmp_path: Path) -> None:
    config = configured(tmp_path)
    now = time.time()
    fresh = {"generated_at": utc(now - 1), "valid_until": utc(now + 600), "boot_id": boot_id(), "pending": None}
    (config.parent / "state" / "status.json").write_text(json.dumps(json.loads(LATER_VERSION) | fresh), encoding="utf-8")
    done = posdiag("status", "--config", str(config), "--lang", "en")
    assert (done.returncode, done.stderr) == (2, b"")
    assert b"\nThe cell does not accept the terminal on wwan0 (" in done.stdout
    unknown = posdiag("explain", "network.cell_barred", "--lang", "en")
    assert (unknown.returncode, unknown.stdout) == (3, b"")
