"""What the command can do, for `--help` and after a wrong option."""

from __future__ import annotations

from agent.diagnosis.model import State
from agent.present.page import Page
from agent.present.verdicts import STATES
from probes.ground.bilingual import Bilingual

_COMMANDS = (
    (
        "posdiag --check",
        Bilingual(
            "现在完整检查一遍，告诉你能不能收款、为什么、怎么办", "examine everything now: can it take payments, why not, what to do"
        ),
    ),
    ("posdiag --check --json", Bilingual("同上，只输出状态文档（JSON）", "the same, as a status document (JSON) and nothing else")),
    ("posdiag run [--once]", Bilingual("守护进程，在前台运行；--once 只做一轮", "the daemon, in the foreground; --once makes one cycle")),
    ("posdiag status", Bilingual("守护进程最近一次的结果", "the daemon's last result")),
    (
        "posdiag explain [WHAT]",
        Bilingual(
            "解释一个原因代码，或屏幕上的应答码（如 03）；不写则全部列出",
            "explain a cause's code or a response code such as 03; without WHAT list all",
        ),
    ),
    ("posdiag config check", Bilingual("检查配置文件，一次列出所有错误", "validate the configuration, every error at once")),
    ("posdiag config show", Bilingual("实际生效的配置，敏感内容已遮盖", "the configuration in effect, secrets masked")),
    ("posdiag config example", Bilingual("带注释的配置示例", "a commented example")),
    ("posdiag config schema", Bilingual("状态文档的 JSON Schema", "the JSON Schema of the status document")),
)
_OPTIONS = (
    (
        "--config FILE",
        Bilingual(
            "配置文件；默认依次为 $POSDIAG_CONFIG、/etc/posdiag/agent.toml、内置默认值",
            "configuration file; else $POSDIAG_CONFIG, else /etc/posdiag/agent.toml, else built-in defaults",
        ),
    ),
    ("--lang zh|en", Bilingual("语言", "language")),
    ("--timeout SECONDS", Bilingual("整次检查的时限，默认 15 秒", "time for the whole examination, 15 by default")),
    ("--no-color", Bilingual("不用颜色", "no colours")),
    ("--version", Bilingual("版本", "version")),
)
_EXITS = (
    ("0", STATES[State.OK].told),
    ("1", Bilingual("能收款，但有问题", "degraded: payments work, something is wrong")),
    ("2", STATES[State.OUTAGE].told),
    (
        "3",
        Bilingual(
            "无法判断，或者选项、配置有误，或者本程序自身出错",
            "cannot tell; or a wrong option, a wrong configuration, or posdiag's own fault",
        ),
    ),
)


def help_lines(page: Page) -> list[str]:
    return [
        *page.wrap(
            page.say(
                "posdiag：查明付款终端为什么不能收款，并说明怎么办。",
                "posdiag finds out why a payment terminal cannot take payments, and what to do.",
            )
        ),
        "",
        page.paint(page.say("命令", "Commands"), "bold"),
        *_table(_COMMANDS, page),
        "",
        page.paint(page.say("选项（写在命令前后都可以）", "Options (before or after the command)"), "bold"),
        *_table(_OPTIONS, page),
        "",
        page.paint(page.say("退出码", "Exit status"), "bold"),
        *_table(_EXITS, page),
    ]


def usage_lines(page: Page) -> list[str]:
    usage = "posdiag --check [--json] | run [--once] | status | explain [WHAT] | config check|show|example|schema"
    options = "[--config FILE] [--lang zh|en] [--timeout SECONDS] [--no-color] [--version]"
    return [
        *page.wrap(f"{usage} {options}", first=page.say("用法：", "Usage: ")),
        *page.wrap(page.say("说明：posdiag --help", "Help: posdiag --help")),
    ]


def _table(rows: tuple[tuple[str, Bilingual], ...], page: Page) -> list[str]:
    """Two columns, or on a narrow screen the explanation under its word."""
    left = max(len(word) for word, _ in rows) + 4
    lines: list[str] = []
    for word, meaning in rows:
        if left <= page.width // 2:
            lines += page.wrap(page.words(meaning), first=page.pad(f"  {word}", left))
        else:
            lines += [*page.wrap(word, first="  "), *page.wrap(page.words(meaning), first="      ")]
    return lines
