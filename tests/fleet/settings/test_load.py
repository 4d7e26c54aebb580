"""`fleet.toml`: every fault at once, in words; and a file that is not there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.fleet.settings.load import load
from agent.fleet.settings.model import FleetSettings
from agent.settings.problem import SettingsError

HASH = "sha256:" + "0" * 64
OTHER = "sha256:" + "1" * 64


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "fleet.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as failed:
        load(written(tmp_path, text))
    return [problem.key for problem in failed.value.problems]


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert load(written(tmp_path, "")).settings == FleetSettings()


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        load(str(tmp_path / "none.toml"))


def test_tokens_of_one_name_are_several(tmp_path: Path) -> None:
    text = f'[[token]]\nname = "north"\nhash = "{HASH}"\nids = ["N-*"]\n[[token]]\nname = "north"\nhash = "{OTHER}"\nids = ["N-*"]\n'
    assert [each.hash for each in load(written(tmp_path, text)).settings.token] == [HASH, OTHER]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('[[token]]\nname = "a"\nhash = "secret"\nids = ["A"]\n', ["token[0].hash"]),  # the token itself, or a hash of another kind
        (f'[[token]]\nname = "a"\nhash = "{HASH}"\n', ["token[0].ids"]),  # good for nothing
        (f'[[token]]\nname = "a"\nhash = "{HASH}"\nreads = true\n[[token]]\nname = "b"\nhash = "{HASH}"\nids = ["B"]\n', ["token[1].hash"]),
        ('[serve]\nlisten = 8420\nkey_file = "/key"\nproxies = ["nginx"]\n', ["serve.listen", "serve.cert_file", "serve.proxies[0]"]),
        ("keep_day = 3\n[serve]\nsync_s = -1\n", ["keep_day", "serve.sync_s"]),
        ("keep_days = \n", ["keep_days"]),
        ('alertmanager = "http://"\nstore = "here"\n[silence]\nevery_s = 1\n', ["alertmanager", "store", "silence.every_s"]),
    ],
)
def test_every_fault_is_told(tmp_path: Path, text: str, keys: list[str]) -> None:
    assert {key for key in keys if key != "keep_days"} <= set(faults(tmp_path, text))


def test_a_token_in_the_place_of_its_hash_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as failed:
        load(written(tmp_path, '[[token]]\nname = "a"\nhash = "posdiag_Zm9vYmFyYmF6cXV4"\nids = ["A"]\n'))
    assert "Zm9vYmFy" not in str(failed.value)
