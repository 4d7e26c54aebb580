"""Dates past 2038, on the Python of each architecture: certificates that last until then, a clock that is there, a date to come.

Debian 12's C library counts seconds in 32 bits on armhf."""

from __future__ import annotations

import datetime
import json

import pytest

from tests.support.emulated import Emulated
from tests.support.world.ca import DAY, Pair, make, pem

CONFIG = """
[terminal]
language = "en"
hours = "Mo-Su 08:00-20:00"
[network]
expect_internet = false
[[gateway]]
name = "acquirer"
host = "gw.example"
port = 8583
protocol = "tls"
ca_file = "/etc/acquirer-root.pem"
[[app]]
name = "payapp"
process = "payapp"
[[date]]
name = "contract"
due = 2049-12-31
"""
SERVER = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/root/leaf.pem")
listening = socket.create_server(("127.0.0.1", 8583))
open("/tmp/listens", "w").close()
while True:
    accepted, _ = listening.accept()
    try:
        context.wrap_socket(accepted, server_side=True).recv(1)
    except OSError:
        pass
"""
BESIDE_IT = 'python3 /root/server.py & until [ -e /tmp/listens ]; do sleep 0.1; done; "$@"'
# the program as it is, but for what it takes for the time: the moment itself, and not the C library, is another
LATER = """
import sys
sys.path.insert(0, "/opt/posdiag/lib")
from probes.ground import clock
started = clock.time.time()
clock.Clock.wall = lambda self: {begin} + clock.time.time() - started
from agent.__main__ import main
sys.exit(main())
"""
IN_2040 = datetime.datetime(2040, 2, 29, 4, tzinfo=datetime.UTC).timestamp()
END = {"2049": datetime.datetime(2049, 12, 31, 23, 59, 59, 500000), "9999": datetime.datetime(9999, 12, 31, 23, 59, 59, 500000)}


@pytest.fixture(params=END)
def until(request: pytest.FixtureRequest, terminal: Emulated) -> str:
    """The end of the certificate of the acquirer that the terminal is set up for, as documents have it."""
    end = END[request.param].replace(tzinfo=datetime.UTC)
    days = (end - datetime.datetime.now(datetime.UTC)) / DAY
    root = make("Acquirer Root", authority=True, days=days)
    leaf = make("gw.example", root, days=days, names=("gw.example",))
    Pair(leaf.certificate, leaf.key, (root.certificate,)).write(terminal.root / "root/leaf.pem")
    terminal.configure(CONFIG)
    (terminal.root / "etc/acquirer-root.pem").write_bytes(pem(root.certificate))
    (terminal.root / "etc/hosts").write_text("127.0.0.1 localhost terminal gw.example\n")
    (terminal.root / "etc/nsswitch.conf").write_text("hosts: files\n")
    (terminal.root / "root/server.py").write_text(SERVER)
    return f"{end:%Y-%m-%dT%H:%M:%SZ}"


def test_a_certificate_that_lasts_until_then(terminal: Emulated, until: str) -> None:
    done = terminal.run("sh", "-c", BESIDE_IT, "sh", "posdiag", "--check", "--json", check=False, TZ="Asia/Shanghai")
    assert done.stderr == "", done.stderr
    gateway = next(check for check in json.loads(done.stdout)["checks"] if check["id"] == "gateway:acquirer")
    assert (gateway["outcome"], gateway["facts"]["certificate"]["not_after"]) == ("pass", until), gateway
    details = terminal.run("sh", "-c", BESIDE_IT, "sh", "posdiag", "--check", "--details", check=False, TZ="Asia/Shanghai")
    assert details.stderr == "" and "payapp" in details.stdout, details.stderr


def test_a_clock_that_is_there(terminal: Emulated) -> None:
    """Every command that shows a moment, at noon in Shanghai of a day that only a leap year has."""
    terminal.configure(CONFIG)
    (terminal.root / "root/later.py").write_text(LATER.format(begin=IN_2040))

    def later(*words: str) -> str:
        done = terminal.run("python3", "-ISB", "/root/later.py", *words, check=False, TZ="Asia/Shanghai")
        assert done.returncode in range(4) and "Error" not in done.stderr, f"{words}: {done.returncode}: {done.stderr}"
        return done.stdout

    later("run", "--once")
    written = json.loads((terminal.root / "var/lib/posdiag/status.json").read_text())
    assert written["generated_at"].startswith("2040-02-29T04:0")
    assert next(check for check in written["checks"] if check["id"] == "system:date:contract")["facts"]["days_left"] == 3593
    assert "2040-02-29 12:0" in later("status")
    later("told", "called them", "--called", "provider", "--promised", "2040-03-02")
    assert "called them" in later("history", "--json")
    for words in (("audit", "--json"), ("report", "-o", "-"), ("runbook", "-o", "-"), ("--check",), ("status", "--html", "-o", "-")):
        assert later(*words), words


def test_a_moment_here_and_in_utc(terminal: Emulated) -> None:
    code = (
        "import sys; sys.path.insert(0, '/opt/posdiag/lib'); from agent.contract.times import local, utc, parse;"
        "print(utc(4e9), local(4e9), local(4e9 + 182 * 86400), parse('9999-12-31T23:59:59Z'))"
    )
    for zone, said in (
        ("Asia/Shanghai", "2096-10-02T07:06:40.000Z 2096-10-02 15:06:40+08:00 2097-04-02 15:06:40+08:00 253402300799.0\n"),
        ("America/New_York", "2096-10-02T07:06:40.000Z 2096-10-02 03:06:40-04:00 2097-04-02 03:06:40-04:00 253402300799.0\n"),
        ("Europe/Berlin", "2096-10-02T07:06:40.000Z 2096-10-02 09:06:40+02:00 2097-04-02 09:06:40+02:00 253402300799.0\n"),
    ):
        assert terminal.run("python3", "-ISB", "-c", code, TZ=zone).stdout == said
