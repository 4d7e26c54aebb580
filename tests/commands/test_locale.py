"""Without `--lang` and without a configuration the language is the locale's."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.commands.context import locale_language
from tests.support.command_line import posdiag


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.Big5"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE", "LC_ALL": "zh_CN"}, "zh"),
        ({"LANG": "zh_CN", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_first_variable_that_is_set_decides(environ: dict[str, str], language: str) -> None:
    assert locale_language(environ) == language


def test_a_configuration_outranks_the_locale_and_the_option_outranks_both(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text('[terminal]\nlanguage = "zh"\n')
    config = str(tmp_path / "agent.toml")
    assert posdiag("--foo", LANG="en_US.UTF-8", POSDIAG_CONFIG=str(tmp_path / "none")).stderr.startswith(b"Wrong option")
    assert posdiag("--foo", LANG="en_US.UTF-8", POSDIAG_CONFIG=config).stderr.decode().startswith("选项有误")
    assert posdiag("--foo", "--lang", "en", LANG="zh_CN.UTF-8", POSDIAG_CONFIG=config).stderr.startswith(b"Wrong option")
