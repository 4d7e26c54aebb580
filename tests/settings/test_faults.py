"""Every fault of a configuration is told at once, at its key and in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agent.settings.load import SettingsError, load
from agent.settings.model import Settings
from tests.support.settings_files import CERTIFICATE, GATEWAY, KEY, faults, lacking, loaded, written


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    text = """
        titel = 3
        uplink = 5
        [terminal]
        language = "fr"
        merchant_id = 123456789012345
        [agent]
        intervall_s = 3
        interval_s = true
        confirm = 0
        retry_s = nan
        [[gateway]]
        name = "a"
        port = 99999
        protocol = "http"
        [gateway.http.codes]
        "403" = "operator.acount_suspended"
        [[serial]]
        name = "x"
        """
    assert faults(tmp_path, text) == {
        "titel": (
            "one of the keys agent, app, beside, date, gateway, network, output, plugin, readiness, serial, support, system, terminal, "
            "uplink",
            "an unknown key",
        ),
        "uplink": ("a list of tables ([[uplink]])", "the number 5"),
        "terminal.language": ('one of "zh", "en"', '"fr"'),
        "terminal.merchant_id": ("a text, in quotes", "a number"),
        "agent.intervall_s": ("a known key (did you mean interval_s?)", "an unknown key"),
        "agent.interval_s": ("a number from 1 to 86400", "true"),
        "agent.confirm": ("a whole number from 1 to 100", "the number 0"),
        "agent.retry_s": ("a number from 0.1 to 3600", "the number nan"),
        "gateway[0].host": ("a value, as this key has no default", "nothing"),
        "gateway[0].port": ("a whole number from 1 to 65535", "the number 99999"),
        "gateway[0].http.codes.403": (
            'a cause or "ok" (did you mean operator.account_suspended?)',
            '"operator.acount_suspended"',
        ),
        "serial[0]": ("port, usb or usb_serial, so that the device can be found", "none of them"),
    }


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[agent]\nconfirm = 2.0", "agent.confirm"),
        ("[agent]\nconfirm = true", "agent.confirm"),
        ("[agent]\nconfirm = '2'", "agent.confirm"),
        ("[agent]\nconfirm = 0xffffffffffffffffffffffff", "agent.confirm"),
        ("[agent]\ninterval_s = 2026-01-01", "agent.interval_s"),
        ("[agent]\nstate_dir = 'var'", "agent.state_dir"),
        ("agent = 3", "agent"),
        ("[network]\nexpect_internet = 1", "network.expect_internet"),
        ("[network]\naddresses = ['1.1.1.1']", "network.addresses[0]"),
        ("[network]\naddresses = ['1.1.1.1:0']", "network.addresses[0]"),
        ("[network]\naddresses = ['1.1.1.1:65536']", "network.addresses[0]"),
        ("[network]\naddresses = ['1.1.1.256:53']", "network.addresses[0]"),
        ("[network]\naddresses = ['2400:3200::1:53']", "network.addresses[0]"),
        ("[network]\naddresses = ['[1.1.1.1]:53']", "network.addresses[0]"),
        ("[network]\naddresses = '1.1.1.1:53'", "network.addresses"),
        ("[network]\npublic_names = ['a..b']", "network.public_names[0]"),
        ("[network]\nntp = ['-a']", "network.ntp[0]"),
        ("[network]\nproxy = 'socks5://h:1'", "network.proxy"),
        ("[network]\nproxy = 'http://h:99999'", "network.proxy"),
        ("[network]\ninternet_checks = []", "network.internet_checks"),
        ("[network]\ninternet_checks = [{ url = 'http://a/x' }, { url = 'http://A/y' }]", "network.internet_checks"),
        ("[network]\ninternet_checks = [{ url = 'http://a/x' }, { url = 'ftp://b' }]", "network.internet_checks[1].url"),
        ("[network]\ninternet_checks = [{ url = 'http://a/x' }, { url = 'http://b c/' }]", "network.internet_checks[1].url"),
        ("[network]\ninternet_checks = [{ url = 'http://a/x' }, { }]", "network.internet_checks[1].url"),
        ('[terminal]\nstore = "a\\u001b[31m"', "terminal.store"),
        ("[terminal.labels]\n'a b' = 3", 'terminal.labels."a b"'),
        ("[support]\nisp = '10000'", "support.isp"),
        (GATEWAY.format(protocol="tcp") * 2, "gateway[1].name"),
        (GATEWAY.format(protocol="smtp"), "gateway[0].protocol"),
        (GATEWAY.format(protocol="tls").replace("gw.pay.example", "10.0.0.1:8583"), "gateway[0].host"),
        (GATEWAY.format(protocol="tls").replace('"a"', '"a\\n"'), "gateway[0].name"),
        (GATEWAY.format(protocol="tls") + "tls = false", "gateway[0].tls"),
        (GATEWAY.format(protocol="http") + "tls = true", "gateway[0].tls"),
        (GATEWAY.format(protocol="tcp") + "ca_file = '/etc/hosts'", "gateway[0].ca_file"),
        (GATEWAY.format(protocol="iso8583") + "tls = false\nca_file = '/etc/hosts'", "gateway[0].ca_file"),
        (GATEWAY.format(protocol="tls") + "ca_file = 'ca.pem'", "gateway[0].ca_file"),
        (GATEWAY.format(protocol="http") + "[gateway.http]\nstatus = []", "gateway[0].http.status"),
        (GATEWAY.format(protocol="http") + "[gateway.http.codes]\n'40' = 'ok'", "gateway[0].http.codes.40"),
        (GATEWAY.format(protocol="iso8583") + "[gateway.iso8583]\ntpdu = '60'", "gateway[0].iso8583.tpdu"),
        (GATEWAY.format(protocol="iso8583") + "[gateway.iso8583.response_codes]\n'58' = 'x'", "gateway[0].iso8583.response_codes.58"),
        (GATEWAY.format(protocol="http") + "[gateway.http.codes]\n'403' = 'unknown.indeterminate'", "gateway[0].http.codes.403"),
        ("[[serial]]\nname = 'p'\nport = 'COM1'", "serial[0].port"),
        ("[[serial]]\nname = 'p'\nport = 'socket://h'", "serial[0].port"),
        ("[[serial]]\nname = 'p'\nport = 'rfc2217://me:secret@h:1'", "serial[0].port"),
        ("[[serial]]\nname = 'p'\nport = 'socket://h:1'\nusb = '067b:2303'", "serial[0].usb"),
        ("[[serial]]\nname = 'p'\nusb = '67b:2303'", "serial[0].usb"),
        ("[[serial]]\nname = 'p'\nport = '/dev/a'\nstopbits = 1.2", "serial[0].stopbits"),
        ("[[serial]]\nname = 'p'\nport = '/dev/a'\nprotocol = 'expect'\nexpect = { reply = '' }", "serial[0].expect.reply"),
        ("[[serial]]\nname = 'p'\nport = '/dev/a'\n[[serial]]\nname = 'p'\nport = '/dev/b'", "serial[1].name"),
        ("[[uplink]]\ninterface = 'a'\n[[uplink]]\ninterface = 'a'", "uplink[1].interface"),
        ("[[uplink]]\ninterface = 'a'\nmonthly_mb = -1", "uplink[0].monthly_mb"),
        ("[[app]]\nname = 'a'\nprocess = 'pay(app'", "app[0].process"),
        ("[[app]]\nname = 'a'\nprocess = 'payapp|'", "app[0].process"),
        ("[[app]]\nname = 'a'", "app[0].process"),
        ("[[plugin]]\nname = 'ups'\n[[plugin]]\nname = 'ups'", "plugin[1].name"),
        ("[[plugin]]\nname = 'a:b'", "plugin[0].name"),
        ("[[plugin]]\nname = 'ups'\ntimeout_s = 61", "plugin[0].timeout_s"),
        ("[[plugin]]\nname = 'ups'\nsupports = ['battery_low']", "plugin[0].supports[0]"),
        ("[[plugin]]\nname = 'ups'\nsupports = ['unknown.indeterminate']", "plugin[0].supports[0]"),
        ("[[plugin]]\nname = 'ups'\nfail_below = { percent = 'low' }", "plugin[0].fail_below.percent"),
        ("[[plugin]]\nname = 'ups'\nfail_below = { percent = nan }", "plugin[0].fail_below.percent"),
        ("[[plugin]]\nname = 'ups'\nwarn_below = { percent = 10 }\nfail_below = { percent = 20 }", "plugin[0].fail_below.percent"),
        ("[[plugin]]\nname = 'ups'\nwarn_above = { percent = 20 }\nfail_above = { percent = 10 }", "plugin[0].fail_above.percent"),
        ("[[plugin]]\nname = 'ups'\nsettings = { since = 2026-01-01 }", "plugin[0].settings.since"),
        ("[[plugin]]\nname = 'ups'\nsettings = { a = [ { b = inf } ] }", "plugin[0].settings.a"),
        ("[[plugin]]\nname = 'ups'\nsettings = { a = " + "[" * 10 + "]" * 10 + " }", "plugin[0].settings.a"),
        ("[[plugin]]\nname = 'ups'\nsettings = 3", "plugin[0].settings"),
        ("app = [3]", "app[0]"),
        ("app = [" + "{ name = 'a', process = 'a' }," * 33 + "]", "app"),
    ],
)
def test_one_fault_is_one_problem_at_its_key(tmp_path: Path, text: str, key: str) -> None:
    assert list(faults(tmp_path, text)) == [key]


def test_a_problem_neither_repeats_a_password_nor_a_long_text(tmp_path: Path) -> None:
    told = faults(tmp_path, f"[network]\nproxy = 'http://me:secret@h:99999'\n[terminal]\nlanguage = '{'x' * 9999}'\nstore = {[1] * 999}")
    assert "secret" not in str(told)
    assert max(len(part) for pair in told.values() for part in pair) < 120


@pytest.mark.parametrize("path", ["/nowhere/ca.pem", "/tmp", "/dev/zero", "/etc/passwd", "half", "empty", "loop"])
def test_a_file_that_is_not_as_it_was_is_told_and_ends_no_look(tmp_path: Path, path: str) -> None:
    (tmp_path / "half").write_text(CERTIFICATE + CERTIFICATE[:40])
    (tmp_path / "empty").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    text = GATEWAY.format(protocol="tls") + f"ca_file = '{tmp_path / path}'"
    assert list(lacking(tmp_path, text)) == ["gateway[0].ca_file"]
    told = faults(tmp_path, text + "\ntitel = 1")
    assert list(told) == ["gateway[0].titel", "gateway[0].ca_file"], "every error at once, where one is the configuration's own"


def test_a_client_certificate_needs_its_key(tmp_path: Path) -> None:
    certificate, key, both = tmp_path / "c.pem", tmp_path / "k.pem", tmp_path / "both.pem"
    certificate.write_text(CERTIFICATE)
    key.write_text(KEY)
    both.write_text(CERTIFICATE + KEY)
    gateway = GATEWAY.format(protocol="https")
    assert list(lacking(tmp_path, gateway + f'client_cert_file = "{certificate}"')) == ["gateway[0].client_key_file"]
    assert list(faults(tmp_path, gateway + f'client_key_file = "{key}"')) == ["gateway[0].client_cert_file"]
    assert list(lacking(tmp_path, gateway + f'client_cert_file = "{key}"\nclient_key_file = "{key}"')) == ["gateway[0].client_cert_file"]
    assert loaded(tmp_path, gateway + f'client_cert_file = "{both}"').settings.gateway[0].client_key_file == ""
    assert loaded(tmp_path, gateway + f'client_cert_file = "{certificate}"\nclient_key_file = "{key}"').settings.gateway


_values: st.SearchStrategy[object] = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**62), 2**62), st.floats(), st.text(max_size=8), st.sampled_from(["tcp", "ok", "/dev/x", "a"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["name", "url", "http", "codes", "x"]), inner)),
    max_leaves=4,
)
_KEYS = [
    "name",
    "host",
    "port",
    "protocol",
    "tls",
    "ca_file",
    "http",
    "iso8583",
    "proxy",
    "addresses",
    "internet_checks",
    "process",
    "labels",
]
_tables = st.dictionaries(st.sampled_from(_KEYS), _values, max_size=4)
_files = st.dictionaries(st.sampled_from(["terminal", "network", "gateway", "serial", "app", "x"]), _tables | st.lists(_tables, max_size=2))


@example({"gateway": [{"name": "\U000f0000"}]})
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_files)
def test_any_data_ends_in_settings_or_in_problems(tmp_path: Path, data: dict[str, object]) -> None:
    path = written(tmp_path, "\n".join(f"{key} = {toml(value)}" for key, value in data.items()))
    try:
        assert isinstance(load(path).settings, Settings)
    except SettingsError as error:
        assert error.problems
        assert all(problem.expected.en and problem.found.en and problem.sentence().isprintable() for problem in error.problems)


def toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    return repr(value)
