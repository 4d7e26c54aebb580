"""The configuration: which file it is, what it says by default, and what of it is shown."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.resources import data_path
from agent.settings import find
from agent.settings.load import Loaded, SettingsError, load
from agent.settings.model import Settings
from agent.settings.show import show
from probes.ground.masking import mask_address, mask_number
from tests.support.settings_files import GATEWAY, faults, loaded, written

EXAMPLE = data_path("config", "agent.example.toml")


@pytest.fixture
def no_system_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(find.VARIABLE, raising=False)
    monkeypatch.setattr(find, "DEFAULT_PATH", str(tmp_path / "etc" / "agent.toml"))
    return tmp_path / "etc" / "agent.toml"


def test_without_any_file_the_default_is_in_effect(no_system_file: Path) -> None:
    assert load() == Loaded(Settings(), None, frozenset(), load().hash)


def test_the_system_file_is_used_where_there_is_one(no_system_file: Path) -> None:
    no_system_file.parent.mkdir()
    no_system_file.write_text("[agent]\ninterval_s = 7\n")
    assert load().settings.agent.interval_s == 7
    assert load().path == str(no_system_file)


def test_a_system_file_that_leads_nowhere_is_an_error(no_system_file: Path) -> None:
    no_system_file.parent.mkdir()
    no_system_file.symlink_to("gone.toml")
    with pytest.raises(SettingsError, match="no such file"):
        load()


def test_the_variable_goes_before_the_system_file_and_the_option_before_both(
    no_system_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_system_file.parent.mkdir()
    no_system_file.write_text("[agent]\ninterval_s = 7\n")
    named = tmp_path / "named.toml"
    named.write_text("[agent]\ninterval_s = 8\n")
    monkeypatch.setenv(find.VARIABLE, str(named))
    assert load().settings.agent.interval_s == 8
    assert load(written(tmp_path, "[agent]\ninterval_s = 9\n")).settings.agent.interval_s == 9
    monkeypatch.setenv(find.VARIABLE, "")
    assert load().settings.agent.interval_s == 7


def test_paths_that_hold_no_configuration(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, was in (
        (tmp_path, "a directory"),
        (tmp_path / "gone.toml", "no such file"),
        (tmp_path / "pipe", "a device, pipe or socket"),
        (Path("/dev/zero"), "a device, pipe or socket"),
        (tmp_path / ("x" * 300), "a path that is too long"),
    ):
        with pytest.raises(SettingsError) as raised:
            load(str(path))
        assert [problem.found.en for problem in raised.value.problems] == [was]
    with pytest.raises(SettingsError, match=r"a\\x1b\[31m"):
        load("/nowhere/a\x1b[31m")


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Root may read every file, so root steps down for the test."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


def test_a_file_without_permission(ordinary_user: None) -> None:
    with pytest.raises(SettingsError, match=r"/etc/shadow: expected a file that this user may read"):
        load("/etc/shadow")


def test_what_is_not_text_or_too_much_of_it(tmp_path: Path) -> None:
    assert faults(tmp_path, "[terminal]\nstore = '中'\n".encode("gbk"))[""] == ("text in UTF-8", "the byte 0xd6 in line 2")
    assert faults(tmp_path, b"#" * (1024 * 1024 + 1))[""] == ("a configuration file of at most 1024 KiB", "a larger file")
    assert load(written(tmp_path, b"#" * (1024 * 1024))).settings == Settings()


def test_an_editor_of_windows_may_have_written_it(tmp_path: Path) -> None:
    assert load(written(tmp_path, b"\xef\xbb\xbf[terminal]\r\nstore = 'x'\r\n")).settings.terminal.store == "x"


def test_a_fault_of_syntax_has_its_line_and_column(tmp_path: Path) -> None:
    assert list(faults(tmp_path, "[agent]\nconfirm = = 2\n")) == ["line 2, column 11"]
    assert list(faults(tmp_path, '[agent]\nstate_dir = "')) == ["line 2, column 14"]
    assert faults(tmp_path, "x = " + "[" * 20000)[""] == ("TOML", "lists or tables nested too deeply")
    assert "syntax" in faults(tmp_path, "x = " + "9" * 5000)[""][1]


def test_a_table_below_a_gateway_belongs_to_it(tmp_path: Path) -> None:
    text = GATEWAY.format(protocol="http") + "[gateway.http]\npath = '/up'\n" + GATEWAY.format(protocol="tcp").replace('"a"', '"b"')
    result = loaded(tmp_path, text)
    assert [gateway.http.path for gateway in result.settings.gateway] == ["/up", "/health"]
    assert {"gateway", "gateway[0].http", "gateway[0].http.path", "gateway[1].name"} <= result.given
    assert "gateway[1].http" not in result.given


def test_a_whole_number_is_right_where_a_fraction_may_stand(tmp_path: Path) -> None:
    result = loaded(tmp_path, "[agent]\ninterval_s = 30\n[system]\ndisk_paths = ['/', '/data']\n")
    assert result.settings.agent.interval_s == 30
    assert result.given == {"agent", "agent.interval_s", "system", "system.disk_paths"}


def test_no_internet_check_is_needed_in_a_closed_network(tmp_path: Path) -> None:
    assert loaded(tmp_path, "[network]\nexpect_internet = false\ninternet_checks = []\n").settings.network.internet_checks == []


def test_a_port_may_be_described_beside_its_node(tmp_path: Path) -> None:
    assert loaded(tmp_path, "[[serial]]\nname = 'p'\nport = '/dev/ttyUSB0'\nusb = '067b:2303'\n").settings.serial[0].usb == "067b:2303"


def test_the_hash_follows_the_effect_and_not_the_wording(tmp_path: Path) -> None:
    plain, same, other = (loaded(tmp_path, f"[agent]\nconfirm = {text}\n").hash for text in ("2", "0x2 # two", "3"))
    assert re.fullmatch("[0-9a-f]{16}", plain)
    assert plain == same == loaded(tmp_path, "").hash != other


def test_numbers_are_masked_but_for_their_last_four() -> None:
    assert [mask_number(text) for text in ("", "12", "1234", "12345", "123456789012345")] == ["", "**", "****", "*2345", "***********2345"]
    assert mask_address("http://me:se@cret@h:1/x") == "http://***:***@h:1/x"
    assert mask_address("http://me:se/cret@h:1/x?k=1") == "http://***:***@h:1/x?***"
    assert mask_address("http://h:1/a#k") == "http://h:1/a#***"
    assert (mask_address("/health?key=s3cret&x=1"), mask_address("/health")) == ("/health?***", "/health")


def test_show_masks_what_is_private_and_stays_toml(tmp_path: Path) -> None:
    text = (
        '[terminal]\nmerchant_id = "111122223333444"\nstore = "a\\"b\\\\\\u202Ec"\nlabels = { "x y" = "1" }\n'
        '[network]\nproxy = "http://me:secret@proxy.example:3128"\n' + GATEWAY.format(protocol="iso8583") + "[gateway.iso8583]\n"
        'merchant_id = "555566667777888"\nterminal_id = "99990001"\n[[uplink]]\ninterface = "eth0"\n'
    )
    result = loaded(tmp_path, text)
    shown = show(result)
    for secret in ("11112222", "55556666", "9999", "secret", "\u202e"):
        assert secret not in shown
    data = tomllib.loads(shown)
    assert data["terminal"]["merchant_id"] == "***********3444"
    assert data["terminal"]["store"] == 'a"b\\\u202ec'
    assert data["gateway"][0]["iso8583"]["terminal_id"] == "****0001"
    assert data["uplink"][0]["interface"] == "eth0"
    assert 'merchant_id = "***********3444"\n' in shown
    assert "interval_s = 60  # default\n" in shown
    assert result.hash in shown


def test_show_without_secrets_can_be_loaded_again(tmp_path: Path) -> None:
    first = load(str(EXAMPLE))
    assert loaded(tmp_path, show(first)).settings == first.settings
