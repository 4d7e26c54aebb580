"""Configuration files of tests, and the faults found in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.settings.load import Loaded, Problem, SettingsError, load

GATEWAY = '[[gateway]]\nname = "a"\nhost = "gw.pay.example"\nport = 8583\nprotocol = "{protocol}"\n'
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"


def written(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "agent.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def loaded(tmp_path: Path, text: str) -> Loaded:
    return load(written(tmp_path, text))


def faults(tmp_path: Path, text: str | bytes) -> dict[str, tuple[str, str]]:
    """What is wrong with the configuration."""
    with pytest.raises(SettingsError) as raised:
        load(written(tmp_path, text))
    return _told(tmp_path, raised.value.problems)


def lacking(tmp_path: Path, text: str) -> dict[str, tuple[str, str]]:
    """What is wrong with the files that it names."""
    return _told(tmp_path, loaded(tmp_path, text).lacking)


def _told(tmp_path: Path, problems: tuple[Problem, ...]) -> dict[str, tuple[str, str]]:
    for problem in problems:
        assert problem.file == str(tmp_path / "agent.toml")
        assert "\n" not in problem.sentence()
        assert problem.expected.zh and problem.found.zh
    return {problem.key: (problem.expected.en, problem.found.en) for problem in problems}
