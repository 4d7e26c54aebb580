"""Mistakes that people make, each with its line, its table by name, and what to write instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.settings.lines import Lines
from agent.settings.load import SettingsError, load
from agent.settings.problem import Problem
from tests.support.settings_files import GATEWAY, loaded, written

A = GATEWAY.format(protocol="tcp")


_A_NUMBER = 'a number without its unit; what begins with 0 or has a - in it (a number of a contract, a telephone) in double quotes ("…")'


def problem(tmp_path: Path, text: str | bytes) -> Problem:
    with pytest.raises(SettingsError) as raised:
        load(written(tmp_path, text))
    (only,) = raised.value.problems
    return only


@pytest.mark.parametrize(
    ("text", "line", "cure"),
    [
        ("[agent]\nstate_dir = “/var/lib/x”\n", 2, 'use plain signs: “→" ”→"'),
        ("[agent]\ninterval_s ＝ 60\n", 2, "use plain signs: ＝→="),
        ("［agent］\ninterval_s = 60\n", 1, "use plain signs: ［→[ ］→]"),
        ("[terminal]\nstore = South\n", 2, 'put the text into double quotes ("…")'),
        ("[terminal]\nstore = 南门店\n", 2, 'put the text into double quotes ("…")'),
        ("[agent]\ninterval_s = 60\ninterval_s = 61\n", 3, "write each key once: remove the line that is too much"),
        ('[agent]\nstate_dir = "C:\\certs"\n', 2, "write / in paths, or use single quotes ('C:\\certs')"),
        ('[terminal]\nstore = "South\n', 2, "add the missing quote"),
        ("[agent]\ninterval_s = ６０\n", 2, "type digits and letters in plain (half-width) form"),
        ("[agent]\ninterval_s =\n", 2, "write a value behind =, or remove the line"),
        ("[agent]\ninterval_s = None\n", 2, "to have no value, remove the line"),
        ("[network]\nexpect_internet = yes\n", 2, "write true or false, in small letters and without quotes"),
        ("[network]\nexpect_internet = False  # none\n", 2, "write true or false, in small letters and without quotes"),
        ("[network]\nexpect_internet = 否\n", 2, "write true or false, in small letters and without quotes"),
        ("[terminal]\nserial_number = 00000001\n", 2, _A_NUMBER),
        ("[support]\nisp.phone = 400-000-0001\n", 2, _A_NUMBER),
        ("[agent]\ninterval_s = 60s\n", 2, _A_NUMBER),
        (
            '[support]\nisp = { name = "X" phone = "1" }\n',
            2,
            "put commas between the entries in the braces, all on one line, and end it with }",
        ),
        ('[network]\nntp = ["a" "b"]\n', 2, "put commas between the entries of the list, and end it with ]"),
        ("[agent\ninterval_s = 60\n", 1, "write [name], with brackets in pairs"),
        ("[[gateway]\nport = 1\n", 1, "write [[name]], with brackets in pairs"),
        ('[agent]\nstate_dir: "/var"\n', 2, "write = between key and value"),
        ("; a comment\n[agent]\n", 1, "a comment begins with #"),
        ("// a comment\n[agent]\n", 1, "a comment begins with #"),
        ('{"terminal": {"id": "T-1"}}\n', 1, "this is JSON; here each line is key = value"),
    ],
)
def test_what_is_no_toml(tmp_path: Path, text: str, line: int, cure: str) -> None:
    found = problem(tmp_path, text)
    assert found.cure is not None and found.cure.en == cure and found.cure.zh
    assert found.place.en.startswith(f"line {line},")
    assert not re.search("[A-Za-z]{4}", found.found.zh), "the parser's English words stand in the Chinese text"


@pytest.mark.parametrize(
    ("text", "line", "named", "cure"),
    [
        ('[agent]\n\nconfirm = "2"\n', 3, "agent.confirm", "without the quotes: 2"),
        ('[agent]\ninterval_s = "60s"\n', 2, "agent.interval_s", "the number alone: 60 (the key tells the unit: _s seconds, _ms"),
        ("[network]\nexpect_internet = 'False'\n", 2, "network.expect_internet", "without the quotes: false"),
        ("[system]\ndisk_used_percent = 0.95\n", 2, "system.disk_used_percent", "write per cent: 95"),
        ("[network]\nloss_percent = 0.3\n", 2, "network.loss_percent", "write per cent: 30"),
        ("[terminal]\nstore = 7\n", 2, "terminal.store", "put it into double quotes"),
        (
            A.replace("gw.pay.example", "https://gw.pay.example:8443/x"),
            3,
            'gateway "a" host',
            "the host alone: gw.pay.example, the",
        ),
        (
            A.replace("gw.pay.example", "gw.pay.example:8443"),
            3,
            'gateway "a" host',
            "the host alone: gw.pay.example, the port as port = 8443",
        ),
        (A.replace("gw.pay.example", " gw.pay.example "), 3, 'gateway "a" host', "without the blanks around it"),
        (A.replace('"tcp"', '"TCP "'), 5, 'gateway "a" protocol', 'write "tcp"'),
        (A.replace('"tcp"', '"ｈｔｔｐｓ"'), 5, 'gateway "a" protocol', 'write "https"'),
        (A.replace("8583", "8583.0"), 4, 'gateway "a" port', "without the decimal point: 8583"),
        ('[support]\nisp = "10000"\n', 2, "support.isp", 'write isp = { name = "…", phone = "…" }'),
        (A + A.replace('"a"', '"b"').replace("8583", '"8583"'), 9, 'gateway "b" port', "without the quotes: 8583"),
    ],
)
def test_a_value_of_the_wrong_sort(tmp_path: Path, text: str, line: int, named: str, cure: str) -> None:
    found = problem(tmp_path, text)
    assert found.cure is not None and found.named is not None
    assert (found.line, found.named.en) == (line, named) and found.cure.en.startswith(cure)


def test_a_table_without_a_name_is_counted_from_one(tmp_path: Path) -> None:
    found = problem(tmp_path, A + '[[serial]]\nport = "/dev/ttyS0"\n')
    assert found.named is not None and (found.line, found.named.en, found.named.zh) == (6, "serial number 1 name", "serial 第 1 个 name")


def test_a_name_twice_is_told_where_it_stands_the_second_time(tmp_path: Path) -> None:
    found = problem(tmp_path, A + A)
    assert (found.line, found.found.en) == (7, '"a", as gateway number 1 has')


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-be"])
def test_a_file_in_utf_16_is_to_be_converted(tmp_path: Path, coding: str) -> None:
    mark = "" if coding == "utf-16" else "\ufeff"
    found = problem(tmp_path, (mark + '[terminal]\nstore = "南门店"\n').encode(coding))
    assert found.cure is not None and "iconv -f UTF-16 -t UTF-8" in found.cure.en


def test_a_file_in_gbk_is_to_be_converted(tmp_path: Path) -> None:
    found = problem(tmp_path, '[terminal]\nstore = "南门店"\n'.encode("gbk"))
    assert found.cure is not None and "iconv -f GBK -t UTF-8" in found.cure.en


@pytest.mark.parametrize(("protocol", "table"), [("tcp", "iso8583"), ("tls", "http"), ("https", "iso8583"), ("iso8583", "http")])
def test_a_table_that_has_no_effect_is_an_error(tmp_path: Path, protocol: str, table: str) -> None:
    found = problem(tmp_path, GATEWAY.format(protocol=protocol) + f"[gateway.{table}]\n")
    assert found.key == f"gateway[0].{table}" and "no effect" in found.expected.en and found.line == 6


def test_a_port_may_be_any_absolute_path(tmp_path: Path) -> None:
    assert loaded(tmp_path, '[[serial]]\nname = "p"\nport = "/tmp/link"\n').settings.serial[0].port == "/tmp/link"
    assert problem(tmp_path, '[[serial]]\nname = "p"\nport = "COM1"\n').key == "serial[0].port"


def test_lines_are_found_in_nested_lists() -> None:
    lines = Lines('a.b = 1\n[[x]]\n[x.y]\nz = 2\n[[x]]\nname = "q"\n[x.y]\n"z 1" = 3\n')
    assert [lines.of(key) for key in ("a.b", "x[0].y.z", "x[1].name", "x[1].y.z 1", "x[1].y.none", "none")] == [1, 4, 6, 8, 7, 0]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('[agent]\nretry_s = "123456789012345"\n', "123456789012345"),
        ('[agent]\nretry_s = "123456789012345s"\n', "123456789012345"),
        (A.replace("gw.pay.example", "https://u:Tr0ub4dor@4111111111111111:1/x"), "4111111111111111"),
    ],
)
def test_a_cure_repeats_no_number_that_may_be_somebodys(tmp_path: Path, text: str, secret: str) -> None:
    found = problem(tmp_path, text)
    assert found.cure is not None and secret not in found.cure.zh + found.cure.en and "Tr0ub4dor" not in found.cure.en


@pytest.mark.parametrize("name", ["a]", "[0]", "a[b", "a]b"])
def test_a_key_with_brackets_in_an_inline_table_is_told_too(tmp_path: Path, name: str) -> None:
    assert problem(tmp_path, f'[terminal]\nlabels = {{ "{name}" = 3 }}\n').line == 2
