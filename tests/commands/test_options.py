"""Command lines that cannot be understood: refused with 3, in words that the reader understands."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.commands.failure import WrongOption
from agent.commands.options import parse
from tests.support.command_line import posdiag


@pytest.mark.parametrize(
    "args",
    [
        ["--foo"],
        ["--chec"],
        ["statsu"],
        [""],
        ["--json", "--format", "tsv"],
        ["--quiet", "--details"],
        ["--qr", "--json"],
        ["--format", "xml"],
        ["config", "schema", "fleet"],
        ["config", "show", "agent"],
        ["run", "--details"],
        ["status", "--only", "dns"],
        ["--check", "status"],
        ["run", "--json"],
        ["status", "--once"],
        ["config"],
        ["config", "chekc"],
        ["explain", "a", "b"],
        ["--lang"],
        ["--lang", "fr", "--check"],
        *(["--check", "--timeout", bad] for bad in ("0", "-1", "nan", "inf", "1e9", "x", "", "0x10")),
        [b"\xff\xfe"],
    ],
    ids=str,
)
def test_a_wrong_option_exits_3_and_says_why(args: list[str | bytes]) -> None:
    done = posdiag(*args)
    assert done.returncode == 3
    assert done.stdout == b""
    said = done.stderr.decode()
    assert said.startswith("选项有误：")
    assert "posdiag check | status | history [ID]" in said
    assert "Traceback" not in said


def said_of(argv: list[str]) -> WrongOption:
    with pytest.raises(WrongOption) as wrong:
        parse(argv)
    return wrong.value


@pytest.mark.parametrize(
    ("argv", "zh", "en"),
    [
        (["--foo=1"], "没有这个选项 “--foo”", "no such option “--foo”"),
        (["--chekc"], "没有这个选项 “--chekc”；是不是 --check？", "no such option “--chekc”; did you mean --check?"),
        (["statsu"], "没有这个命令 “statsu”；是不是 status？", "no such command “statsu”; did you mean status?"),
        (
            ["--format", "xml"],
            "--format 只能是 json、json-compact、nagios、prometheus 或 tsv，不能是 “xml”",
            "--format is json,",
        ),
        (["run", "--qr"], "--qr 只能和 check 或 status 一起用", "--qr goes with check or status only"),
        (["--check", "--timeout"], "--timeout 后面要写秒数", "--timeout needs a number of seconds after it"),
        (["--config"], "--config 后面要写文件名", "--config needs a file after it"),
        (["report", "-o", ""], "--output 后面要写文件名（- 为标准输出）", "--output needs a file, or - for the standard output after it"),
        (["--lang"], "--lang 后面要写 zh、en 或 both", "--lang needs zh, en or both after it"),
        (["--lang", "fr", "--check"], "--lang 只能是 zh、en 或 both，不能是 “fr”", "--lang is zh, en or both, not “fr”"),
        (["--check=1"], "--check 不带值", "--check takes no value"),
        (
            ["--check", "--timeout", "-1"],
            "--timeout 要写 0.1 到 600 之间的秒数，不能是 “-1”",
            "--timeout needs a number of seconds from 0.1 to 600",
        ),
        (["config", "chekc"], "没有这个操作：config “chekc”；是不是 check？", "no such action: config “chekc”; did you mean check?"),
        (["run", "x"], "多余的 “x”", "“x” is too much"),
        (["--quiet", "--details"], "--quiet 和 --details 不能一起用", "--quiet and --details cannot be combined"),
        (["--json", "--format", "tsv"], "--json 和 --format 不能一起用", "--json and --format cannot be combined"),
        (["config"], "config 后面要写 check、show、example、schema 之一", "config needs one of: check, show, example, schema"),
        (
            ["runbook", "--beside", "till-2"],
            "--beside 只能和 check、status、history、guide、told、letter、bundle 或 report 一起用；runbook："
            "手册是全店的，已经包括旁边的终端：posdiag runbook",
            "--beside goes with check, status, history, guide, told, letter, bundle or report only; "
            "runbook: the book is the whole shop's, with the terminals beside this machine: posdiag runbook",
        ),
        (
            ["audit", "--beside", "all"],
            "--beside 只能和 check、status、history、guide、told、letter、bundle 或 report 一起用；audit：它只讲这台机器",
            "--beside goes with check, status, history, guide, told, letter, bundle or report only; audit: it is of this machine alone",
        ),
        (["status", "--once"], "--once 只能和 run 一起用", "--once goes with run only"),
    ],
    ids=str,
)
def test_a_wrong_option_is_told_in_both_languages(argv: list[str], zh: str, en: str) -> None:
    text = said_of(argv).text
    assert text.zh == zh and text.en.startswith(en)


def test_a_wrong_option_is_refused_in_the_language_asked_for(tmp_path: Path) -> None:
    assert posdiag("--lang=en", "--foo").stderr.startswith(b"Wrong option: no such option")
    assert posdiag("--foo", "--lang", "en", "--lang").stderr.startswith(b"Wrong option: --lang needs")
    (tmp_path / "agent.toml").write_text('[terminal]\nlanguage = "en"\n')
    configured = str(tmp_path / "agent.toml")
    assert posdiag("--config", configured, "--foo").stderr.startswith(b"Wrong option: ")
    assert posdiag("--foo", POSDIAG_CONFIG=configured).stderr.startswith(b"Wrong option: ")
    assert posdiag("--foo", "--lang", "zh", POSDIAG_CONFIG=configured).stderr.decode().startswith("选项有误：没有这个选项")
    assert posdiag("--foo", POSDIAG_CONFIG=str(tmp_path / "none")).stderr.decode().startswith("选项有误：没有这个选项")


@pytest.mark.parametrize(
    ("encoding", "begins"), [("gbk", "选项有误：没有这个选项 “--foo”"), ("latin-1", 'Wrong option: no such option "--foo"')]
)
def test_a_wrong_option_is_told_as_the_encoding_allows(encoding: str, begins: str) -> None:
    done = posdiag("--foo", "--lang", "zh", PYTHONIOENCODING=encoding)
    assert done.returncode == 3 and done.stderr.decode(encoding).startswith(begins)


@pytest.mark.parametrize(
    ("argv", "command", "form"),
    [
        ([], "check", None),
        (["check"], "check", None),
        (["--check"], "check", None),
        (["--check", "check"], "check", None),
        (["--json"], "check", "json"),
        (["status", "--json"], "status", "json"),
        (["status", "--format", "nagios"], "status", "nagios"),
        (["help"], "help", None),
        (["status", "--help"], "help", None),
    ],
    ids=str,
)
def test_what_is_meant_is_understood(argv: list[str], command: str, form: str | None) -> None:
    request = parse(argv)
    assert (request.command, request.form) == (command, form)


def test_behind_two_dashes_nothing_is_an_option() -> None:
    assert parse(["explain", "--", "--foo"]).what == "--foo"
    assert parse(["--", "run"]).command == "run"
