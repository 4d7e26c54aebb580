"""`posdiag check --beside`: a made Android terminal as a person sees it, well and not, and names that there are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.android.terminal import PACKAGE, AndroidTerminal
from tests.support.command_line import posdiag
from tests.support.servers.adb import adb_server


def look(place: Path, terminal: AndroidTerminal, state: str = "device", *args: str) -> tuple[int, str, str]:
    with adb_server(terminal.answer, state=state, path=str(place / "adb")) as adb:
        (place / "agent.toml").write_text(
            f"""
            [terminal]
            id = "shop-17"
            [agent]
            state_dir = "{place}"
            log_dir = "{place}"
            [[gateway]]
            name = "acquirer-a"
            host = "gw-a.pay.example"
            port = 8583
            protocol = "tls"
            [[beside]]
            name = "till-2"
            adb = "usb:X1"
            package = "{PACKAGE}"
            adb_server = "{adb.address}"
            """
        )
        done = posdiag("check", *(args or ("--beside", "till-2")), "--lang", "en", "--config", str(place / "agent.toml"))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("terminal", "state", "exit_status", "said"),
    [
        (AndroidTerminal(), "device", 0, ["YES", "Nothing is wrong", "terminal shop-17/till-2"]),
        (AndroidTerminal(sim="ABSENT"), "device", 2, ["NO", "finds no SIM card"]),
        (AndroidTerminal(airplane=True), "device", 2, ["NO", "airplane mode"]),
        (AndroidTerminal(app=False), "device", 2, ["NO", PACKAGE]),
        (AndroidTerminal(), "unauthorized", 3, ["CANNOT TELL", "has not allowed this machine", "Always allow from this computer"]),
        (AndroidTerminal(app=False, installed=False), "device", 2, ["NO", "is not installed on the terminal", "service provider"]),
        (AndroidTerminal(), "", 3, ["CANNOT TELL", "adb = … right? Examined"]),
        (AndroidTerminal(), "offline", 3, ["CANNOT TELL", "it does not react", "pull its USB cable"]),
        (AndroidTerminal(), "recovery", 3, ["CANNOT TELL", "it is in recovery mode"]),
    ],
    ids=str,
)
def test_what_a_person_sees(tmp_path: Path, terminal: AndroidTerminal, state: str, exit_status: int, said: list[str]) -> None:
    returned, out, err = look(tmp_path, terminal, state)
    assert (returned, err) == (exit_status, "")
    shown = " ".join(out.split())
    assert [each for each in said if each not in shown] == [], out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adb", "agent.toml"], "nothing is written"


def test_what_a_program_gets(tmp_path: Path) -> None:
    returned, out, _ = look(tmp_path, AndroidTerminal(sim="PIN_REQUIRED"), "device", "--beside", "all", "--json")
    document = json.loads(out)
    assert (returned, document["vantage"], document["terminal"]["id"], document["cause"]) == (
        2,
        "beside",
        "shop-17/till-2",
        "operator.sim_locked",
    )


def test_a_name_that_there_is_not(tmp_path: Path) -> None:
    returned, out, err = look(tmp_path, AndroidTerminal(), "device", "--beside", "till-\x1b[31m9")
    assert (returned, out) == (3, "") and "till-2" in err and "\x1b" not in err


def test_what_it_says_to_do_next_is_about_that_terminal(tmp_path: Path) -> None:
    _, out, _ = look(tmp_path, AndroidTerminal(sim="ABSENT"), "device", "--beside", "till-2", "--details")
    assert "posdiag check --beside till-2 --json" in " ".join(out.split()) and "posdiag --check" not in out


def test_a_status_that_nobody_has_written_yet(tmp_path: Path) -> None:
    look(tmp_path, AndroidTerminal())
    done = posdiag("status", "--beside", "till-2", "--lang", "en", "--config", str(tmp_path / "agent.toml"))
    assert done.returncode == 3 and b"posdiag check --beside till-2" in done.stderr


def test_config_check_counts_them_and_says_what_cannot_work(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(
        '[[beside]]\nname = "till-2"\naddress = "192.0.2.9"\npackage = "com.example.pay"\nlease_file = "/nowhere/leases"\n'
        '[[beside]]\nname = "till-3"\nadb = "usb:X1"\npackage = "com.example.pay"\n'
    )
    done = posdiag("config", "check", "--config", str(path), "--lang", "en", COLUMNS="200")
    said = done.stdout.decode()
    assert done.returncode == 0 and "terminals beside this machine 2" in said
    assert said.count("Hint: ") == 2
    assert 'beside "till-2" has package and no adb' in said and "cannot be read: /nowhere/leases" in said


@pytest.mark.parametrize("state", ["", "unauthorized"])
def test_one_that_nobody_has_seen_is_not_well_without_a_gateway(tmp_path: Path, state: str) -> None:
    with adb_server(AndroidTerminal().answer, state=state, path=str(tmp_path / "adb")) as adb:
        own = f'[agent]\nstate_dir = "{tmp_path}"\nlog_dir = "{tmp_path}"\n'
        (tmp_path / "agent.toml").write_text(f'{own}[[beside]]\nname = "till-2"\nadb = "usb:X1"\nadb_server = "{adb.address}"\n')
        for words, said in (
            (("check",), b"CANNOT TELL"),
            (("check", "--format", "nagios"), b"POSDIAG UNKNOWN"),
            (("guide",), b"Cannot tell whether it can take payments"),
        ):
            done = posdiag(*words, "--beside", "till-2", "--lang", "en", "--config", str(tmp_path / "agent.toml"))
            assert said in done.stdout and b"Nothing was found wrong" not in done.stdout, done.stdout.decode()
            assert done.returncode == 3 or words == ("guide",)
