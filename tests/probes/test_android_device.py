"""Why a terminal cannot be looked into: what is where the adb server should be, and what a server says of a device."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agent.present.reasons import in_both
from agent.present.symptoms import symptom_in_words
from probes import android_device
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import DeviceFacts
from probes.settings import Beside
from tests.support.android.terminal import AndroidTerminal
from tests.support.servers.adb import AdbServer, OddlyNamed, adb_server


def look(server: str, adb: str = "usb:X1", seen_before: bool = False, seconds: float = 5.0) -> Check[DeviceFacts]:
    settings = Beside(name="till-2", adb=adb, adb_server=server)
    return android_device.device(settings, seen_before, Deadline(seconds)).check


@contextlib.contextmanager
def answering(answer: Callable[[socket.socket], Any]) -> Iterator[str]:
    """Something that listens where the adb server should be."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client:
                        answer(client)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def old(client: socket.socket) -> None:
    """A server that knows no `devices-l`, and says its version."""
    asked = client.recv(100)
    client.sendall(b"OKAY00040019" if b"version" in asked else b"FAIL0014unknown host service")


@pytest.mark.parametrize(
    ("answer", "symptom", "to_do"),
    [
        (lambda client: client.sendall(b"HTTP/1.1 400 Bad Request\r\n"), Symptom.WRONG_PROTOCOL, "is no adb server"),
        (lambda client: client.sendall(b"OKAYzzzz"), Symptom.WRONG_PROTOCOL, "is no adb server"),
        (lambda client: client.recv(1), Symptom.WRONG_PROTOCOL, "is no adb server"),
        (lambda client: client.recv(100, socket.MSG_WAITALL), Symptom.TIMEOUT, "is silent"),
        (old, Symptom.UNSUPPORTED, "too old (adb 1.0.25)"),
    ],
    ids=["another protocol", "garbage", "closes", "silent", "old"],
)
def test_what_is_there_in_place_of_an_adb_server(answer: Callable[[socket.socket], Any], symptom: Symptom, to_do: str) -> None:
    with answering(answer) as place:
        seen = look(place, seconds=0.5)
    assert (seen.outcome, seen.symptom) == (Outcome.UNKNOWN, symptom)
    assert place in (seen.because or "") and to_do in (seen.because or "")


def test_nothing_listens_there() -> None:
    seen = look("127.0.0.1:1")
    assert (seen.symptom, seen.because) == (
        Symptom.NO_ADB,
        "start one at 127.0.0.1:1: adb start-server, or write adb_start = true",
    )


@pytest.mark.parametrize("host", ["a..b", "x" * 70, ".a"])
def test_a_server_whose_name_can_be_none(host: str) -> None:
    seen = look(f"{host}:5037")
    assert (seen.outcome, seen.symptom) == (Outcome.UNKNOWN, Symptom.NO_ADB) and host[:50] in (seen.because or "")


@pytest.mark.parametrize(
    ("said", "symptom"),
    [
        ("failed to connect to '192.0.2.20:5555': Connection refused", Symptom.REFUSED),
        ("failed to connect to '192.0.2.20:5555': No route to host", Symptom.NOBODY_THERE),
        ("failed to authenticate to 192.0.2.20:5555", Symptom.NOT_ALLOWED),
    ],
)
def test_over_the_network_adb_alone_says_of_no_terminal_that_it_is_gone(said: str, symptom: Symptom) -> None:
    """Many switch their debugging over the network off as they start, and are there all the same."""
    with adb_server(AndroidTerminal().answer, state="", refuses=said) as adb:
        seen = look(adb.address, "192.0.2.20:5555", seen_before=True)
    assert (seen.outcome, seen.symptom) == (Outcome.UNKNOWN, symptom) and seen.because


@pytest.mark.parametrize(("word", "shown"), [("hibernating", "hibernating"), ("\x1b[31mfrozen", "\\x1b[31mfrozen")])
def test_a_state_of_a_later_adb_is_told_in_its_own_word(word: str, shown: str) -> None:
    with adb_server(AndroidTerminal().answer, state=word) as adb:
        seen = look(adb.address)
    assert (seen.outcome, seen.symptom, seen.facts.state) == (Outcome.UNKNOWN, Symptom.UNKNOWN_STATE, shown)
    assert f"adb says “{shown}” of it" in (seen.because or "") and "offline" not in symptom_in_words(Symptom.UNKNOWN_STATE).en
    assert in_both(seen.because or "").zh == f"重新开机，或安装新版 posdiag：adb 说它是“{shown}”"


def test_one_that_accepts_over_the_network_and_says_nothing_hangs() -> None:
    with adb_server(AndroidTerminal().answer, state="", refuses="silent") as adb:
        seen = look(adb.address, "192.0.2.20:5555", seconds=0.5)
    assert (seen.symptom, seen.facts.over) == (Symptom.HANGS, "network") and "USB" not in (seen.because or "")


def test_two_of_one_serial_number_are_told_apart_by_their_ports() -> None:
    class Two(AdbServer):
        def devices(self) -> str:
            return "X1 device usb:1-1 model:A transport_id:1\nX1 device usb:1-2 model:B transport_id:2\n"

    with adb_server(AndroidTerminal().answer, serial="usb:1-2", kind=Two) as adb:
        both, named = look(adb.address, "usb:X1"), look(adb.address, "usb:1-2")
    assert (both.symptom, named.outcome) == (Symptom.SEVERAL, Outcome.PASS)
    assert 'adb = "usb:1-2"' in (both.because or "")


@pytest.mark.parametrize(("features", "symptom"), [("cmd,stat_v2", Symptom.UNSUPPORTED), ("shell_v2,cmd", Symptom.HANGS)])
def test_one_older_than_android_7_is_no_one_that_hangs(features: str, symptom: Symptom) -> None:
    with adb_server(AndroidTerminal().answer, features=features) as adb:
        seen = look(adb.address)
    assert (seen.outcome, seen.symptom) == (Outcome.UNKNOWN, symptom)


def test_a_serial_number_that_adb_does_not_know_is_told_with_those_it_knows() -> None:
    class Others(AdbServer):
        def devices(self) -> str:
            return "Y9 device usb:1-1 transport_id:1\nZ\x1b[31m8 unauthorized usb:1-2 transport_id:2\n"

    with adb_server(AndroidTerminal().answer, kind=Others) as server:
        because = look(server.address).because or ""
    assert "only Y9, Z" in because and "\x1b" not in because
    assert "Y9" in in_both(because).zh and "没有这台" in in_both(because).zh


@pytest.mark.parametrize(
    ("line", "adb", "outcome"),
    [
        ("(no serial number)     device usb:1-2 product:px model:PX_900 transport_id:4\n", "usb:1-2", Outcome.PASS),
        (" PX900400611           device usb:1-3 product:px model:PX_900 transport_id:4\n", "usb:PX900400611", Outcome.PASS),
        (" PX900400611           device usb:1-3 product:px model:PX_900 transport_id:4\n", "usb:1-3", Outcome.PASS),
        ("(no serial number)     unauthorized usb:1-2 transport_id:4\n", "usb:1-2", Outcome.UNKNOWN),
        (
            " PX900400611           device usb:1-3 product:px model:PX_900\n",
            "usb:PX900400611",
            Outcome.UNKNOWN,
        ),  # of a server without numbers
    ],
)
def test_one_that_cannot_be_asked_for_by_its_serial_number(line: str, adb: str, outcome: Outcome) -> None:
    server = OddlyNamed(AndroidTerminal().answer, line, ("transport-id:4",))
    try:
        assert look(server.address, adb).outcome is outcome
    finally:
        server.close()
