"""`posdiag fleet` where the fleet's part is not installed: on a terminal."""

from __future__ import annotations

import sys

import pytest

from agent import cli


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fleet", "--lang", "en", "scan", "collected/"], "Install the package posdiag-fleet"),
        (["fleet", "scan", "collected/", "--lang=zh"], "请安装软件包 posdiag-fleet"),
    ],
)
@pytest.mark.parametrize("absent", ["agent.fleet.commands.run", "agent.fleet.commands.table"])
def test_it_says_what_to_install(
    absent: str, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where a library of it is missing. `table` stands for one: `run` imports it."""
    for name in [each for each in sys.modules if each.startswith("agent.fleet")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, absent, None)
    assert cli.run(words) == cli.OWN_FAULT
    shown = "".join(capsys.readouterr().err.split())
    assert "".join(said.split()) in shown and "Traceback" not in shown and absent in shown
