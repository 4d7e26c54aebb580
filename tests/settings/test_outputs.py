"""`[[output]]`: which keys belong to which kind, no secret over a plain connection, and each mistake with its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.settings.load import SettingsError, load
from agent.settings.output_settings import OutputKind
from tests.support.settings_files import faults, lacking, loaded, written

HTTPS, MQTT, FILE = (
    'kind = "https"\nurl = "https://fleet.example/v1/status"',
    'kind = "mqtt"\nurl = "mqtts://b.example"',
    'kind = "file"\npath = "/run/x"',
)
RIGHT = [
    HTTPS,
    MQTT,
    FILE,
    f'{FILE}\nformat = "prometheus"',
    f'{HTTPS}\ndocument = "full"\nevery_s = 60',
    'kind = "https"\nurl = "http://127.0.0.1:8420/v1/status"',
    'kind = "mqtt"\nurl = "mqtt://b.example:1883"',
    'kind = "mqtt"\nurl = "mqtts://b.example"\nusername = "shop"',
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right(tmp_path: Path, text: str) -> None:
    (output,) = loaded(tmp_path, f"[[output]]\n{text}\n").settings.output
    assert output.kind in OutputKind and output.called and "://" not in output.called


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("", "kind", "no default"),
        ('kind = "http"', "kind", "one of"),
        ('kind = "https"', "url", "an https:// address"),
        ('kind = "mqtt"', "url", "an mqtts:// address"),
        ('kind = "file"', "path", "an absolute path"),
        ('kind = "file"\npath = "x"', "path", "an absolute path"),
        (f"{FILE}\nevery_s = 60", "every_s", "no effect"),
        (f'{FILE}\nurl = "https://x.example"', "url", "no effect"),
        (f'{HTTPS}\nformat = "prometheus"', "format", "no effect"),
        (f'{MQTT}\ntoken_file = "/etc/t"', "token_file", "no effect"),
        (f"{HTTPS}\nevery_s = 1", "every_s", "10 to 86400"),
        ('kind = "https"\nurl = "mqtts://x.example"', "url", "an https:// address"),
        ('kind = "https"\nurl = "http://fleet.example/"', "url", "this machine alone"),
        ('kind = "https"\nurl = "https://me:secret@fleet.example/"', "url", "without a login"),
        ('kind = "https"\nurl = "https://fleet.example:99999/"', "url", "port from 1 to 65535"),
        ('kind = "mqtt"\nurl = "mqtts://b.example/topic"', "url", "nothing behind it"),
        ('kind = "mqtt"\nurl = "mqtt://b.example"\nusername = "a"\npassword_file = "/etc/hostname"', "url", "this machine alone"),
        ('kind = "mqtt"\nurl = "mqtt://b.example"\nca_file = "/etc/x"', "ca_file", "not encrypted"),
        (f'{HTTPS}\nusername = "a"', "password_file", "a file, as username is given"),
        (f'{HTTPS}\npassword_file = "/etc/hostname"', "username", "a name, as password_file is given"),
        (f'{HTTPS}\nusername = "a"\ntoken_file = "/etc/hostname"', "username", "token_file is given"),
        (f'{HTTPS}\nclient_key_file = "/etc/hostname"', "client_cert_file", "client_key_file is given"),
    ],
)
def test_what_is_wrong(tmp_path: Path, text: str, key: str, words: str) -> None:
    expected, was = faults(tmp_path, f"[[output]]\n{text}\n")[f"output[0].{key}"]
    assert words in expected and "secret" not in expected + was


def test_two_must_be_told_apart(tmp_path: Path) -> None:
    told = faults(tmp_path, f"[[output]]\n{HTTPS}\n[[output]]\n{HTTPS}\n")
    assert set(told) == {"output[1].name"}
    loaded(tmp_path, f'[[output]]\n{HTTPS}\n[[output]]\n{HTTPS}\nname = "other"\n[[output]]\n{FILE}\n')


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ('kind = "https"\nurl = "fleet.example/v1/status"', 'write "https://fleet.example/v1/status"'),
        ('kind = "https"\nurl = "http://fleet.example"', 'write "https://fleet.example"'),
        ('kind = "mqtt"\nurl = "tcp://b.example:8883"', 'write "mqtts://b.example:8883"'),
    ],
)
def test_cures(tmp_path: Path, text: str, cure: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(written(tmp_path, f"[[output]]\n{text}\n"))
    assert [problem.cure and problem.cure.en for problem in raised.value.problems] == [cure]


def test_a_file_that_is_not_there_stops_nothing(tmp_path: Path) -> None:
    """It may come later, and is read when it is needed."""
    (tmp_path / "empty").write_text("\n")
    for path, words in ((tmp_path / "missing", "a file that exists"), (tmp_path / "empty", "with the secret in it")):
        found = lacking(tmp_path, f'[[output]]\n{HTTPS}\ntoken_file = "{path}"\n')
        assert words in found["output[0].token_file"][0]


def test_a_drop_in_adds_to_one_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "agent.d").mkdir()
    (tmp_path / "agent.d" / "50.toml").write_text('[[output]]\nname = "fleet"\nevery_s = 60\n[[output]]\nkind = "file"\npath = "/run/x"\n')
    made = loaded(tmp_path, f'[[output]]\nname = "fleet"\n{HTTPS}\n').settings.output
    assert [(each.called, each.every_s) for each in made] == [("fleet", 60), ("/run/x", 900)]


def test_a_secret_in_the_place_of_its_file_is_not_shown(tmp_path: Path) -> None:
    told = faults(tmp_path, f'[[output]]\n{HTTPS}\ntoken_file = "posdiag_S3cretS3cret"\n')
    assert list(told) == ["output[0].token_file"] and "S3cret" not in str(told)
    told = faults(tmp_path, f'[[output]]\n{HTTPS}\nusername = "a"\npassword_file = "hunter2-hunter2"\n')
    assert "hunter2" not in str(told)
