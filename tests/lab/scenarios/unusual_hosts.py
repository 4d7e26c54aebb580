"""Unusual hosts and terminals: alerts, files that are missing, slow answers, several processes."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from typing import Any

from tests.lab.scenario import Make, Scenario, as_user, fault, healthy
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.iso import answers
from tests.support.servers.iso.answers import Answer, replies
from tests.support.servers.iso.request import Request
from tests.support.world import World, acquirers, behaviours, devices, host_faults, plan
from tests.support.world.ca import Pair, make

DOWN, TYPED, CLIENT = "system.gateway_down", "operator.gateway_misconfigured", "operator.client_certificate"
STRANGE, PROTOCOL = "network.tls_intercepted", "system.gateway_protocol_error"
NAME = plan.GATEWAY_A.name
TLCP_GREETING = bytes([22, 1, 1, 0, 42, 2, 0, 0, 38, 1, 1]) + bytes(32) + bytes([0, 0xE0, 0x53, 0])  # ECC_SM4_GCM_SM3


def iso(answer: Answer, **more: Any) -> Make:
    return lambda w: acquirers.speaks(w, Acquirer(answer=answer), **more)


def later(seconds: float, answer: Answer) -> Answer:
    def slow(request: Request, connection: socket.socket) -> None:
        time.sleep(seconds)
        answer(request, connection)

    return slow


def alert(number: int) -> Make:
    return acquirers.does(behaviours.say(bytes([0x15, 3, 3, 0, 2, 2, number])))


def wildcard(w: World) -> Pair:
    made = make("*.pay.example", w.authority.intermediate, names=("*.pay.example",))
    return Pair(made.certificate, made.key, (w.authority.intermediate.certificate,))


def https_slow(seconds: float) -> Make:
    def inside(connection: socket.socket) -> None:
        time.sleep(seconds)
        behaviours.http(200, b"x")(connection)

    return acquirers.inside_tls(inside, protocol="https")


def empty_200(w: World) -> None:
    """The web is answered by something that says 200 and nothing else."""
    host_faults.check_host_does(w, behaviours.http(200))


def two_processes(w: World) -> None:
    devices.application(w, does=lambda p: p.send_signal(signal.SIGSTOP))
    devices.application(w)


def under_an_interpreter(w: World) -> None:
    """The application is a script: its name stands on the command line alone."""
    w.config["app"] = [{"name": "payapp", "process": r"/opt/payapp/main\.js"}]
    devices.beside(w, "import sys; print(flush=True); sys.stdin.read()", "/opt/payapp/main.js")


def not_required(w: World) -> None:
    w.config["app"] = [{"name": "helper", "process": "no-such-helper", "required": False}]


def a_file_for_a_port(w: World) -> None:
    w.machine += ["mount -t tmpfs -o mode=755 tmpfs /dev/shm", "echo nothing > /dev/shm/ttyUSB0"]
    devices.configured(w, "/dev/shm/ttyUSB0", "escpos")


def plain_to_tls(w: World) -> None:
    """The terminal is configured for a plain connection, and the host expects TLS."""
    acquirers.speaks(w, Acquirer(), tls=True)
    w.config["gateway"][0].update(tls=False)
    w.config["gateway"][0].pop("ca_file")


def hangs_up(connection: socket.socket) -> None:
    """Takes the request whole and ends the connection without an answer."""
    connection.recv(4096)


def killed_by(signal_number: int) -> Make:
    def kill(process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal_number)

    return lambda w: devices.application(w, does=kill)


SCENARIOS: tuple[Scenario, ...] = (
    fault("an alert: unrecognized name", TYPED, alert(112)),
    fault("an alert: protocol version", "system.tls_incompatible", alert(70)),
    fault("an alert: the host's own fault", "system.gateway_error", alert(80)),
    fault("an alert: no renegotiation", "system.tls_incompatible", alert(100)),
    fault("an alert: a wanted extension is missing", "system.tls_incompatible", alert(109)),
    fault("an alert: nothing that the host can decode", "system.tls_incompatible", alert(50)),
    fault("an alert: access denied, and no certificate was asked for", "unknown.indeterminate", alert(49), category="operator"),
    fault("an alert: insufficient security", "system.tls_incompatible", alert(71)),
    fault("the host greets in TLCP", "system.tls_incompatible", acquirers.does(behaviours.say(TLCP_GREETING))),
    fault("the host knows SSL 2.0 alone", "system.tls_incompatible", acquirers.does(behaviours.say(bytes([0x80, 3, 0, 0, 1])))),
    healthy("a certificate for all names of a domain", acquirers.shows(wildcard)),
    healthy("ISO 8583: the answer takes two seconds", iso(later(2, replies("00")))),
    healthy("HTTPS: the answer takes two seconds", https_slow(2)),
    fault("ISO 8583: keep-alives and nothing else", DOWN, iso(answers.keep_alives_for_ever(0.2))),
    fault("ISO 8583: replies to somebody else", PROTOCOL, iso(answers.stranger_only)),
    fault("ISO 8583: a reply without a code", PROTOCOL, iso(replies(None))),
    fault("ISO 8583: another kind of message", PROTOCOL, iso(replies("00", mti="0410"))),
    fault("ISO 8583: a flood of replies to somebody else", PROTOCOL, iso(answers.floods)),
    fault("ISO 8583 in plain: the host speaks TLS and closes", TYPED, plain_to_tls),
    fault("HTTPS: closed without an answer", DOWN, acquirers.inside_tls(hangs_up, protocol="https")),
    healthy("the web says 200 and nothing, the gateway is well", empty_200, notices=("network.captive_portal",)),
    healthy("one of two processes is stopped", two_processes),
    healthy("the application is a script", under_an_interpreter),
    as_user(healthy("the application is a script", under_an_interpreter)),
    fault("a helper that is not required does not run", "system.payment_app_down", not_required, "degraded"),
    fault("the application ended by itself", "system.payment_app_down", killed_by(signal.SIGTERM)),
    fault("a file stands where the port should be", "operator.device_unplugged", a_file_for_a_port, "degraded"),
)  # fmt: skip
