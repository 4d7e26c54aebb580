"""What the command can do, for `--help` and after a wrong option."""

from __future__ import annotations

from collections.abc import Sequence

from agent.commands.option_table import OPTIONS
from agent.commands.table import COMMANDS
from agent.diagnosis.model import State
from agent.present.page import Page
from agent.present.verdicts import STATES
from probes.ground.bilingual import Bilingual

EXITS = (
    ("0", STATES[State.OK].told),
    ("1", Bilingual("能收款，但有问题", "degraded: payments work, something is wrong")),
    ("2", STATES[State.OUTAGE].told),
    (
        "3",
        Bilingual(
            "无法判断，或者选项、配置有误，或者 posdiag 自身出错",
            "cannot tell; or a wrong option, a wrong configuration, or posdiag's own fault",
        ),
    ),
)


def help_lines(page: Page) -> list[str]:
    return [
        *page.wrap(
            page.say(
                "posdiag：查明收款终端为什么不能收款，并说明怎么办。",
                "posdiag finds out why a payment terminal cannot take payments, and what to do.",
            )
        ),
        "",
        page.paint(page.say("命令", "Commands"), "bold"),
        *_table([(each.written, each.says) for each in COMMANDS], page),
        "",
        page.paint(page.say("选项（写在命令前后都可以）", "Options (before or after the command)"), "bold"),
        *_table([(each.written, each.says) for each in OPTIONS], page),
        "",
        page.paint(page.say("退出码", "Exit status"), "bold"),
        *_table(EXITS, page),
    ]


def usage_lines(page: Page) -> list[str]:
    commands = " | ".join(each.written.removeprefix("posdiag ") for each in COMMANDS)
    options = " ".join(f"[{each.written}]" for each in OPTIONS if not each.of)
    return [
        *page.wrap(f"posdiag {commands} {options}", first=page.say("用法：", "Usage: ")),
        *page.wrap(page.say("说明：posdiag --help", "Help: posdiag --help")),
    ]


def _table(rows: Sequence[tuple[str, Bilingual]], page: Page) -> list[str]:
    """Two columns, or on a narrow screen the explanation under its word."""
    left = max(len(word) for word, _ in rows) + 4
    lines: list[str] = []
    for word, meaning in rows:
        if left <= page.width // 2:
            lines += page.wrap(page.words(meaning), first=page.pad(f"  {word}", left))
        else:
            lines += [*page.wrap(word, first="  "), *page.wrap(page.words(meaning), first="      ")]
    return lines
