"""Drop-ins: `agent.d/*.toml` beside the file, laid over it in the order of their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.settings import find
from agent.settings.load import SettingsError, load
from agent.settings.show import show
from tests.support.settings_files import GATEWAY, written

FLEET = GATEWAY.format(protocol="tls") + "[agent]\ninterval_s = 60\nheartbeat_s = 30\n"


def drop_in(tmp_path: Path, name: str, text: str) -> str:
    folder = tmp_path / "agent.d"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return str(folder / name)


def test_they_are_laid_over_the_file_in_the_order_of_their_names(tmp_path: Path) -> None:
    path = written(tmp_path, FLEET)
    drop_in(tmp_path, "20-own.toml", '[terminal]\nid = "T-7"\n[agent]\ninterval_s = 20\n')
    drop_in(tmp_path, "10-site.toml", '[terminal]\nstore = "South"\nid = "T-0"\n')
    drop_in(tmp_path, "30-not-this.conf", "nonsense")
    settings = load(path).settings
    assert (settings.terminal.id, settings.terminal.store) == ("T-7", "South")
    assert (settings.agent.interval_s, settings.agent.heartbeat_s) == (20, 30)


def test_a_table_of_the_same_name_is_laid_over_and_a_new_one_added(tmp_path: Path) -> None:
    path = written(tmp_path, FLEET)
    drop_in(tmp_path, "a.toml", '[[gateway]]\nname = "b"\nhost = "b.cn"\nport = 1\nprotocol = "tcp"\n[[gateway]]\nname = "a"\nport = 2\n')
    assert [(each.name, each.host, each.port) for each in load(path).settings.gateway] == [("a", "gw.pay.example", 2), ("b", "b.cn", 1)]


def test_a_list_of_values_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    path = written(tmp_path, '[system]\ndisk_paths = ["/", "/data"]\n')
    drop_in(tmp_path, "a.toml", '[system]\ndisk_paths = ["/"]\n')
    assert load(path).settings.system.disk_paths == ["/"]


def test_a_fault_is_told_with_the_file_and_the_line_where_it_stands(tmp_path: Path) -> None:
    path = written(tmp_path, FLEET)
    text = '# a comment\n[[gateway]]\nname = "b"\nhost = "b.cn"\nport = 0\n[[gateway]]\nname = "a"\nport = "x"\n'
    other = drop_in(tmp_path, "a.toml", text)
    with pytest.raises(SettingsError) as raised:
        load(path)
    told = {(each.file, each.line, each.named.en) for each in raised.value.problems if each.named is not None}
    assert told == {(other, 8, 'gateway "a" port'), (other, 5, 'gateway "b" port'), (other, 2, 'gateway "b" protocol')}


def test_a_fault_of_syntax_names_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, FLEET)
    other = drop_in(tmp_path, "a.toml", "[agent]\ninterval_s = sixty\n")
    with pytest.raises(SettingsError) as raised:
        load(path)
    assert raised.value.problems[0].file == other


def test_what_is_shown_says_where_each_value_comes_from(tmp_path: Path) -> None:
    path = written(tmp_path, FLEET)
    other = drop_in(tmp_path, "10-own.toml", '[terminal]\nid = "T-7"\n[[gateway]]\nname = "a"\nport = 2\n')
    lines = show(load(path)).splitlines()
    assert f'# laid over it: "{other}"' in lines
    assert 'id = "T-7"  # agent.d/10-own.toml' in lines and "port = 2  # agent.d/10-own.toml" in lines
    assert 'host = "gw.pay.example"' in lines and "confirm = 2  # default" in lines


def test_without_a_main_file_drop_ins_are_laid_over_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(find.VARIABLE, raising=False)
    monkeypatch.setattr(find, "DEFAULT_PATH", str(tmp_path / "agent.toml"))
    assert load().path is None
    drop_in(tmp_path, "a.toml", '[terminal]\nid = "T-7"\n')
    assert load().settings.terminal.id == "T-7"
