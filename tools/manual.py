"""`python tools/manual.py TREE`: lays the manual page posdiag(1) into TREE, in both languages, from the table that `--help` is of."""

from __future__ import annotations

import gzip
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from agent import __version__
from agent.build_date import BUILD_DATE
from agent.commands.option_table import OPTIONS, Option
from agent.commands.table import COMMANDS
from agent.commands.usage import EXITS
from probes.ground.bilingual import Bilingual

PLACES = {"en": "usr/share/man/man1/posdiag.1.gz", "zh": "usr/share/man/zh_CN/man1/posdiag.1.gz"}
_NAME = Bilingual("查明收款终端为什么不能收款，并说明怎么办", "find out why a payment terminal cannot take payments, and what to do")
_ABOUT = Bilingual(
    "检查从终端到收单机构的整条路径，说出能不能收款、原因、依据和要做的事。不写命令就是 check。选项写在命令前后都可以。",
    "It examines the whole way from the terminal to the acquirer and says whether it can take payments, why not, by what evidence, and "
    "what to do. Without a command it is check. Options stand before or behind the command.",
)
_ENVIRONMENT = (
    ("POSDIAG_CONFIG", Bilingual("没有 --config 时使用的配置文件", "the configuration file, where there is no --config")),
    (
        "LC_ALL, LC_MESSAGES, LANG",
        Bilingual("没有 --lang 和配置时的语言", "the language, without --lang and a configuration"),
    ),
    ("NO_COLOR", Bilingual("设置后不用颜色", "where it is set, no colours")),
)
_FILES = (
    ("/etc/posdiag/agent.toml", Bilingual("配置", "the configuration")),
    ("/etc/posdiag/agent.d/*.toml", Bilingual("按名称顺序叠加在配置上", "laid over it in the order of their names")),
    ("/var/lib/posdiag/status.json", Bilingual("posdiag 服务最近一次的结果", "the service's last result")),
    ("/var/log/posdiag/posdiag.log", Bilingual("每次确认的变化一条", "one entry for each confirmed change")),
    ("/usr/share/doc/posdiag/", Bilingual("全部文档", "all documents")),
)
Row = tuple[str, Bilingual]


def page(language: str) -> str:
    return "\n".join(_lines(language)) + "\n"


def _lines(language: str) -> Iterator[str]:
    def say(zh: str, en: str) -> str:
        return Bilingual(zh, en).of(language)

    yield f'.TH POSDIAG 1 "{BUILD_DATE}" "posdiag {__version__}" "{say("posdiag 手册", "posdiag manual")}"'
    yield ".ad l"  # ragged: Chinese has no spaces to widen
    yield from (f".SH {say('名称', 'NAME')}", f"posdiag \\- {_text(_NAME.of(language))}")
    yield f".SH {say('用法', 'SYNOPSIS')}"
    for command in COMMANDS:
        own = [option for option in OPTIONS if command.name in option.of]
        yield from (".HP", " ".join([rf"\fBposdiag {command.name}\fR", *_words(command.words), *(f"[{_written(each)}]" for each in own)]))
    yield from (f".SH {say('说明', 'DESCRIPTION')}", _text(_ABOUT.of(language)))
    parts: tuple[tuple[str, Sequence[Row]], ...] = (
        (say("命令", "COMMANDS"), [(rf"\fBposdiag {each.name}\fR {_text(each.words)}".rstrip(), each.says) for each in COMMANDS]),
        (say("选项", "OPTIONS"), [(_written(each), _with_commands(each)) for each in OPTIONS]),
        (say("退出状态", "EXIT STATUS"), [(rf"\fB{_text(status)}\fR", told) for status, told in EXITS]),
        (say("环境变量", "ENVIRONMENT"), [(rf"\fB{_text(name)}\fR", told) for name, told in _ENVIRONMENT]),
        (say("文件", "FILES"), [(rf"\fI{_text(name)}\fR", told) for name, told in _FILES]),
    )
    for title, rows in parts:
        yield f".SH {title}"
        for term, told in rows:
            yield from (".TP", term, _text(told.of(language)))
    yield from (f".SH {say('另见', 'SEE ALSO')}", r"\fBsystemctl\fR(1), \fBjournalctl\fR(1)")


def _with_commands(option: Option) -> Bilingual:
    """An option of some commands alone says of which."""
    if not option.of:
        return option.says
    zh, en = "、".join(option.of), ", ".join(option.of)
    return Bilingual(f"{option.says.zh}（{zh}）", f"{option.says.en} ({en})")


def _written(option: Option) -> str:
    return rf"\fB{_text(option.name)}\fR" + (rf" \fI{_text(option.value)}\fR" if option.value else "")


def _words(words: str) -> list[str]:
    return [_text(words)] if words else []


def _text(text: str) -> str:
    """As roff reads it: a hyphen that is typed is no dash, and no line is a request."""
    lines = textwrap.wrap(text.replace("\\", r"\e").replace("-", r"\-"), 78, break_long_words=False, break_on_hyphens=False)
    return "\n".join(rf"\&{line}" if line.startswith((".", "'")) else line for line in lines)


def main() -> int:
    tree = Path(sys.argv[1])
    for language, place in PLACES.items():
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        (tree / place).write_bytes(gzip.compress(page(language).encode(), mtime=0))
        (tree / place).chmod(0o644)
    return 0


if __name__ == "__main__":
    sys.exit(main())
