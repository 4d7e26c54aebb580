"""What is wrong with a configuration is told in the language of its reader, the expectations too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec import inspect

from agent.cli import run
from agent.settings.load import SettingsError, load
from agent.settings.model import Settings
from probes.settings import ZH
from tests.support.settings_files import GATEWAY, written

EVERYTHING_WRONG = """
titel = 3
uplink = 5
[terminal]
language = "fr"
store = ["a"]
langage = "zh"
merchant_id = 123456789012345
[agent]
interval_s = 0
confirm = 0.5
state_dir = "x"
heartbeat_s = {}
retry_s = ""
[network]
expect_internet = "yes"
addresses = ["1.1.1.1:99999", "foo"]
proxy = "http://user:secret@h:0"
internet_checks = [{ url = "http://a/" }]
ntp = ["2001::g", "999.1.1.1", "-"]
loss_percent = 2026-01-01
[[gateway]]
name = ""
host = "a"
port = 70000
protocol = "iso8583"
tls = false
ca_file = "/nowhere"
[gateway.http]
status = []
[gateway.iso8583]
tpdu = "12"
response_codes = { "1" = "ok", "58" = "operator.acount_suspended", "59" = "zzzzzzzz" }
[[gateway]]
name = "b"
host = "b"
port = 1
protocol = "tls"
tls = false
ca_file = "/"
client_key_file = "relative"
[[serial]]
name = "p"
port = "socket://u:pw@h"
stopbits = 1.2
[[serial]]
name = "p"
[[app]]
name = "x"
process = "("
"""
ENGLISH = re.compile(r"\b(a|an|the|of|or|one|from|to|with|without|number|text|list|table|file|key|nothing|in|again)\b")


def words(shape: inspect.Type) -> Iterator[dict[str, object]]:
    """What is said about every value of the settings."""
    if isinstance(shape, inspect.Metadata):
        yield shape.extra_json_schema or {}
        yield from words(shape.type)
    for name in ("item_type", "key_type", "value_type"):
        yield from words(inner) if (inner := getattr(shape, name, None)) else ()
    for field in shape.fields if isinstance(shape, inspect.StructType) else ():
        yield from words(field.type)
    for one in shape.types if isinstance(shape, inspect.UnionType) else ():
        yield from words(one)


def test_every_description_has_both_languages() -> None:
    told = [each for each in words(msgspec.inspect.type_info(Settings)) if "description" in each or ZH in each]
    assert len(told) > 20
    assert [each for each in told if not ("description" in each and ZH in each)] == []


def test_a_chinese_reader_gets_no_english_expectations(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        load(written(tmp_path, EVERYTHING_WRONG))
    assert len(raised.value.problems) > 35
    told = [text.zh for problem in raised.value.problems for text in (problem.expected, problem.found)]
    plain = [re.sub(r'"[^"]*"|\[\[.*?\]\]|posdiag explain', "", text) for text in told]
    assert [text for text in plain if ENGLISH.search(text)] == []


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("[agent]\ninterval_s = 0\n", ["    应为：1 到 86400 之间的数字", "    实际：数字 0"]),
        ("titel = 1\n", ["    实际：没有这个配置项"]),
        ("a = ]\n", ["第 1 行第 5 列"]),
        (b"\xff\n", ["    应为：UTF-8 编码的文字", "    实际：第 1 行的字节 0xff"]),
    ],
)
def test_config_check_speaks_chinese(tmp_path: Path, capfd: pytest.CaptureFixture[str], content: str | bytes, lines: list[str]) -> None:
    assert run(["config", "check", "--lang", "zh", "--config", written(tmp_path, content)]) == 3
    told = "".join(capfd.readouterr().err.split())  # a path may fill the line
    assert [line for line in lines if line.replace(" ", "") not in told] == []


def test_a_file_that_asks_for_english_is_refused_in_english(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, '[terminal]\nlanguage = "en"\nid = 5\n')
    assert run(["config", "check", "--config", path]) == 3
    assert "The configuration has 1 error:" in capfd.readouterr().err


def test_a_code_mistyped_is_taken_for_the_one_most_like_it(tmp_path: Path) -> None:
    text = GATEWAY.format(protocol="http") + '[gateway.http]\ncodes = { "403" = "operator.acount_suspend", "404" = "gateway_dwn" }\n'
    with pytest.raises(SettingsError) as raised:
        load(written(tmp_path, text))
    assert [re.findall(r"did you mean (\S+?)\?", problem.expected.en) for problem in raised.value.problems] == [
        ["operator.account_suspended"],
        ["system.gateway_down"],
    ]
