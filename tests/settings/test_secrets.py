"""No error of a configuration, and not what is shown of a right one, repeats a secret that somebody typed, wherever he typed it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from agent.cli import run
from agent.settings.load import load
from agent.settings.mask import known_numbers, masked
from agent.settings.model import Settings
from agent.settings.problem import SHOWN
from agent.settings.show import show
from probes.ground.masking import mask_address, mask_numbers, mask_value
from tests.support.settings_files import faults, loaded, written

SECRET = "Tr0ub4dor"
NUMBER = "898320154110001"
TYPED = (
    f"ftp://h/?k={SECRET}",
    f"ftp://h/{'x' * 80}?k={SECRET}",
    f"pi ng?t={SECRET}",
    f"/a b?t={SECRET}",
    f"https://u:{SECRET}@h h/",
    f"https://u:p/{SECRET}@h:0/",
    f"https://u:p/{SECRET}?x#y@h:0/",
    f"https://u:{SECRET}",
    f"https://u:{SECRET}/x",
    f"https://{SECRET}@h:0/",
    f"https://{'u' * 80}:{SECRET}@h:0/",
    f"u:{SECRET}@h:1",
    f"h h/#access_token={SECRET}",
    f"gw.example:8583?{SECRET}",
    f"Bearer {SECRET}",
    f"password = {SECRET}",
    f"token:{SECRET}",
    f"x y;key={SECRET}",
    NUMBER,
    f"no {NUMBER}\u0007",
    f"8983 2015-4110 001\u0007{SECRET}@",
    "898\u200b320\u200b154\u200b110\u200b001",
    "ABCDE12345FGHIJ",
)
PARTS = (SECRET, NUMBER, NUMBER[:8], "8983 2015", "898\\u200b", "ABCDE1234")


def leaves(shape: inspect.Type, key: str = "") -> Iterator[tuple[str, inspect.Type]]:
    """Every value of the configuration by its key; one of a list or of a table with free keys stands for all of it."""
    match shape:
        case inspect.Metadata():
            yield from leaves(shape.type, key)
        case inspect.StructType():
            for field in shape.fields:
                yield from leaves(field.type, f"{key}.{field.encode_name}".lstrip("."))
        case inspect.ListType():
            yield from leaves(shape.item_type, f"{key}[0]")
        case inspect.UnionType():
            yield from leaves(shape.types[0], key)
        case _:
            yield key, shape


LEAVES = tuple(leaves(msgspec.inspect.type_info(Settings)))
NEEDED: dict[str, dict[str, Any]] = {
    "gateway": {"name": "a", "host": "gw.pay.example", "port": 1, "protocol": "https"},
    "serial": {"name": "a", "port": "/dev/a"},
    "app": {"name": "a", "process": "a"},
    "plugin": {"name": "a"},
    "uplink": {"interface": "eth0"},
    "network.internet_checks": {"url": "http://a.example/x"},
}


def data(key: str, value: Any) -> dict[str, Any]:
    """A configuration with this value at this key, and otherwise what it needs."""
    found: dict[str, Any] = {}
    table, path = found, ""
    *tables, last = key.split(".")
    for part in tables:
        name = part.removesuffix("[0]")
        path = f"{path}.{name}".lstrip(".")
        inner: dict[str, Any] = dict(NEEDED.get(path, {}))
        table[name] = [inner] if part.endswith("[0]") else inner
        table = inner
    table[last.removesuffix("[0]")] = [value] if last.endswith("[0]") else value
    return found


def told(tmp_path: Path, values: dict[str, Any]) -> str:
    """All that is said of a configuration, wrong or right."""
    path = written(tmp_path, "\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in values.items()))
    try:
        return show(load(path))
    except Exception as error:
        return str(error).replace(str(tmp_path), "")


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


WRONG = ("port", "protocol", "url", "path", "host", "proxy", "language", "interface", "framing", "tpdu", "usb", "stopbits", "ca_file")


@pytest.mark.parametrize("typed", TYPED)
def test_no_error_repeats_a_secret_whichever_key_it_was_typed_at(tmp_path: Path, typed: str) -> None:
    for key, shape in LEAVES:
        free = isinstance(shape, inspect.StrType) and not shape.pattern and key.split(".")[-1] not in WRONG
        said = told(tmp_path, data(key, f"{typed}\n" if free else typed))  # a text with a line break is wrong in any case
        if "expected" in said:
            assert not [part for part in PARTS if part in said], (key, said)


@pytest.mark.parametrize("typed", TYPED)
def test_no_error_repeats_a_secret_that_was_typed_as_a_key(tmp_path: Path, typed: str) -> None:
    for table in ("", "terminal.", "gateway[0].http.codes.", "terminal.labels.", "plugin[0].fail_above.", "plugin[0].settings."):
        values = data(f"{table}x", "y\n")
        inner = values
        for part in table.rstrip(".").split(".") if table else ():
            inner = inner[part.removesuffix("[0]")]
            inner = inner[0] if isinstance(inner, list) else inner
        inner[typed] = inner.pop("x")
        said = told(tmp_path, values)
        assert ("expected" in said or table == "plugin[0].settings.") and not [part for part in PARTS if part in said], (table, said)


@pytest.mark.parametrize("text", ["'{}' = 1\n'{}' = 2", "a = {{ '{}' = 1, '{}' = 2 }}", "['{}']\n['{}']"])
@pytest.mark.parametrize("typed", [each for each in TYPED if "\u0007" not in each])
def test_no_error_of_syntax_repeats_a_secret(tmp_path: Path, text: str, typed: str) -> None:
    [(_, was)] = faults(tmp_path, text.format(typed, typed)).values()
    assert "syntax" in was and not [part for part in PARTS if part in was], was


@pytest.mark.parametrize("number", [int(NUMBER), float(NUMBER), -int(NUMBER), [int(NUMBER)], {NUMBER: 1}])
def test_no_error_repeats_a_number_that_was_typed_without_quotes(tmp_path: Path, number: object) -> None:
    for key, shape in LEAVES:
        if not isinstance(shape, inspect.AnyType):
            said = told(tmp_path, data(key, number))
            assert "expected" not in said or NUMBER[:-4] not in said, (key, said)


def test_what_is_said_in_both_languages_is_masked_before_it_is_cut(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    long = "http://" + "u" * SHOWN + f":{SECRET}@h:0/"
    for language in ("zh", "en"):
        path = written(tmp_path, f"[network]\nntp = ['{long}']\ninternet_checks = [{{ url = 'ftp://h/?k={SECRET}' }}]\n")
        assert run(["config", "check", "--lang", language, "--config", path]) == 3
        said = capfd.readouterr().err
        assert SECRET not in said and "uuu" not in said and "ftp://h/?***" in said


def test_what_is_no_secret_is_still_told(tmp_path: Path) -> None:
    text = "[network]\nntp = ['2001::g']\naddresses = ['192.168.100.200:99999']\n[[app]]\nname = 'x'\nprocess = '(a)?b=('\n"
    said = [was for _, was in faults(tmp_path, text).values()]
    assert sorted(said) == ['"(a)?b=(", wrong at character 7', '"192.168.100.200:99999"', '"2001::g"']


SHOWN_SECRETS = f"""
[terminal]
merchant_id = "{NUMBER}"
store = "shop {NUMBER}"
labels = {{ "{NUMBER}" = "a", "77777777777" = "b", region = "{NUMBER}" }}
[network]
proxy = "http://u:1/{SECRET}@h:1"
internet_checks = [{{ url = "https://u:12/{SECRET}@h/x" }}, {{ url = "http://b/#{SECRET}" }}]
[[gateway]]
name = "{NUMBER}"
host = "{NUMBER}.pay.example"
port = 1
protocol = "http"
http = {{ path = "/m/{NUMBER}?t={SECRET}" }}
[[serial]]
name = "p"
port = "socket://h:1?k={SECRET}"
[[plugin]]
name = "p"
settings = {{ "{NUMBER}" = "{SECRET}", host = "{SECRET}" }}
"""


def test_what_is_shown_of_a_right_configuration_repeats_no_secret(tmp_path: Path) -> None:
    shown = show(loaded(tmp_path, SHOWN_SECRETS))
    assert SECRET not in shown and NUMBER not in shown and "7777777" not in shown
    assert 'host = "***********0001.pay.example"' in shown and "socket://h:1?***" in shown


def test_the_keys_that_are_secrets_by_their_name_are_hidden_whatever_their_table() -> None:
    """None of today's settings is one; those of tomorrow are hidden unless somebody decides otherwise."""

    class Output(msgspec.Struct):
        username: str = "u"
        password: str = SECRET
        password_file: str = "/etc/posdiag/password"

    from agent.settings import mask

    walked = mask._walk(msgspec.to_builtins(Output()), "", mask._How(text=str, number=str, name=str, amount=float))
    assert walked == {"username": "u", "password": "***", "password_file": "/etc/posdiag/password"}


def test_a_number_that_names_the_terminal_is_advised_against(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = f'[terminal]\nlanguage = "en"\nid = "T-{NUMBER}"\nmerchant_id = "{NUMBER}"\n'
    assert run(["config", "check", "--config", written(tmp_path, text)]) == 0
    said = capfd.readouterr().out
    assert "terminal.id holds" in said and NUMBER not in said


@example("http://" + "a:" * 50_000 + "@")
@example("a" * 300_000)
@example("auth" * 50_000)
@example("1 " * 100_000)
@given(st.text(max_size=80))
@settings(deadline=None)
def test_masking_ends_and_what_is_masked_stays_so(text: str) -> None:
    for mask in (mask_address, mask_numbers, mask_value):
        assert mask(mask(text)) == mask(text)


def test_every_setting_is_masked_as_plain_values() -> None:
    assert masked(Settings()) == msgspec.to_builtins(Settings())
    assert known_numbers(Settings()) == ()
