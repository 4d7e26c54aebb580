"""`check` says in one line, at its end, that values of an example were left in the configuration; to people alone, and never of a
terminal's own values."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import configured, posdiag

GATEWAY = '[[gateway]]\nname = "a"\nhost = "{host}"\nport = 8583\nprotocol = "tcp"\n'
SAID = {
    "zh": "提醒：配置里有 {count} 处没有改过的示例值：posdiag config check",
    "en": "Notice: {values} left in the configuration: posdiag config check",
}


def with_hosts(folder: Path, *hosts: str) -> str:
    config = configured(folder)
    gateways = "".join(GATEWAY.format(host=host).replace('"a"', f'"{name}"') for name, host in zip("abc", hosts, strict=False))
    config.write_text(config.read_text("utf-8") + gateways, encoding="utf-8")
    return str(config)


def told(config: str, language: str, *more: str) -> list[str]:
    """The lines that speak of such values. Every host is nobody's, in a network without a way out."""
    done = posdiag("check", "--timeout", "3", "--lang", language, "--config", config, *more, COLUMNS="100")
    assert done.returncode in (0, 1, 2, 3) and done.stdout, done.stderr
    return [line for line in done.stdout.decode().splitlines() if "config check" in line]


@pytest.mark.parametrize("hosts", [("203.0.113.9",), ("203.0.113.9", "gw.pay.example")], ids=["one", "two"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_line_says_how_many_there_are(tmp_path: Path, hosts: tuple[str, ...], language: str) -> None:
    values = "1 example value" if len(hosts) == 1 else f"{len(hosts)} example values"
    assert told(with_hosts(tmp_path, *hosts), language) == [SAID[language].format(count=len(hosts), values=values)]


def test_a_terminals_own_values_get_none(tmp_path: Path) -> None:
    assert told(with_hosts(tmp_path, "10.20.30.40"), "en") == []


@pytest.mark.parametrize("more", [["--json"], ["--format", "nagios"], ["--quiet"], ["--only", "gateway"]])
def test_a_program_gets_none(tmp_path: Path, more: list[str]) -> None:
    assert told(with_hosts(tmp_path, "203.0.113.9"), "en", *more) == []
