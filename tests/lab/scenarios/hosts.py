"""The gateway's host and the way to it: blocked, down, faulty, misaddressed."""

from __future__ import annotations

import contextlib
import itertools
import socket
import time
from typing import Any

from tests.lab.scenario import Make, Scenario, as_user, fault, together
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.iso import answers
from tests.support.servers.iso.answers import Answer, replies
from tests.support.world import World, acquirers, behaviours, faults, host_faults, plan, shapes

BLOCKED, DOWN, ERROR = "network.gateway_blocked", "system.gateway_down", "system.gateway_error"
PROTOCOL, TYPED = "system.gateway_protocol_error", "operator.gateway_misconfigured"
GROUP = "internet down / gateway blocked / gateway down"
HOST = "account / host fault / gateway down"
STRANGER = "tls intercepted / portal / wrong name"
SIX = {"ipv4": False, "ipv6": True}
AB = {"gateways": "ab"}
A = plan.GATEWAY_A
PORT = plan.GATEWAY_PORT


def iso(answer: Answer, **more: Any) -> Make:
    return lambda w: acquirers.speaks(w, Acquirer(answer=answer), **more)


def blocked(how: faults.How, port: int | None = None) -> Make:
    return lambda w: faults.block(w, A, port, how)


def blocked_at_the_provider(w: World) -> None:
    faults.rule(w.net, "early", f"ip daddr {A.v4} drop")


def nothing_comes_back(w: World) -> None:
    """The host gets everything; its answers are dropped on the way."""
    faults.rule(w.net, "leaving", f"ip saddr {A.v4} drop")


def after_hello(connection: socket.socket) -> None:
    """Reads the first piece of the handshake and ends the connection with a reset."""
    connection.recv(4096)
    behaviours.reset(connection)


def drips(connection: socket.socket) -> None:
    """A record of TLS that begins as it should (RFC 8446 section 5.1), a byte each second, and never ends."""
    connection.recv(4096)
    with contextlib.suppress(OSError):
        for byte in itertools.chain(b"\x16\x03\x03\x10\x00", itertools.repeat(2)):
            connection.sendall(bytes((byte,)))
            time.sleep(1)


def https_says(data: bytes) -> Make:
    return acquirers.inside_tls(behaviours.say(data), protocol="https")


SSH = b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"
_drop = fault("the gateway is filtered", BLOCKED, blocked("drop"), group=GROUP, fixed=True)
_refused = fault("the gateway refuses", DOWN, host_faults.gateway_stopped, group=GROUP, fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _drop,
    as_user(_drop),
    fault("the gateway's port is filtered", BLOCKED, blocked("drop", PORT), group=GROUP, fixed=True),
    fault("the gateway is prohibited", BLOCKED, blocked("prohibited"), group=GROUP, fixed=True),
    fault("the gateway's port is prohibited", BLOCKED, blocked("prohibited", PORT), group=GROUP),
    fault("a router says that the gateway is unreachable", BLOCKED, blocked("unreachable"), group=GROUP),
    fault("a router says port unreachable for the gateway", BLOCKED, blocked("refused", PORT), group=GROUP),
    fault("the gateway is filtered at the provider", BLOCKED, blocked_at_the_provider, group=GROUP),
    fault("the gateway's answers are filtered", BLOCKED, nothing_comes_back, group=GROUP),
    fault("the gateway is switched off", BLOCKED, shapes.host_switched_off, group=GROUP),
    fault("the gateway is filtered, IPv6 alone", BLOCKED, blocked("drop"), world=SIX, group=GROUP),
    fault("the gateway is filtered, path without ICMP", BLOCKED, together(faults.path_without_icmp, blocked("drop")), group=GROUP),
    fault("one gateway of two is filtered", BLOCKED, blocked("drop"), "degraded", world=AB, group=GROUP),
    fault("an HTTPS gateway is filtered", BLOCKED, together(acquirers.endpoint(200), blocked("drop")), group=GROUP),
    fault("the gateway's number is configured, and it is filtered", BLOCKED,
          together(shapes.gateway_table(host=A.v4, protocol="tcp"), lambda w: w.config["gateway"][0].pop("ca_file"), blocked("drop")),
          group=GROUP),
    _refused,
    as_user(_refused),
    fault("the gateway accepts, then silence", DOWN, acquirers.does(behaviours.accept), group=HOST, fixed=True),
    fault("the gateway accepts, then closes", DOWN, acquirers.does(behaviours.close), group=HOST, fixed=True),
    fault("the gateway accepts, then resets", DOWN, acquirers.does(behaviours.reset), group=HOST, fixed=True),
    fault("a reset in the middle of the handshake", DOWN, acquirers.does(after_hello), group=HOST),
    fault("the gateway's port is reset by a filter", DOWN, blocked("reset", PORT), group=GROUP, fixed=True),
    fault("the gateway closes once the handshake is complete", DOWN, acquirers.inside_tls(behaviours.close), group=HOST),
    fault("one gateway of two refuses", DOWN, host_faults.gateway_stopped, "degraded", world=AB, group=GROUP, fixed=True),
    fault("the gateway refuses, IPv6 alone", DOWN, host_faults.gateway_stopped, world=SIX, group=GROUP),
    fault("ISO 8583: closed without a byte", DOWN, iso(answers.close), group=HOST, fixed=True),
    fault("ISO 8583: silence", DOWN, iso(answers.silence), group=HOST, fixed=True),
    fault("HTTPS: silence behind the handshake", DOWN, acquirers.inside_tls(behaviours.accept, protocol="https"), group=HOST),
    fault("HTTP in plain: closed without a byte", DOWN, acquirers.does(behaviours.close, protocol="http"), group=HOST),
    fault("HTTP 500", ERROR, acquirers.endpoint(500), group=HOST, fixed=True),
    fault("HTTP 502 in plain", ERROR, acquirers.endpoint(502, tls=False), group=HOST),
    fault("HTTP 503, a maintenance page", ERROR, acquirers.endpoint(503, headers={"Retry-After": "600"}), group=HOST, fixed=True),
    fault("HTTP 504", ERROR, acquirers.endpoint(504), group=HOST),
    fault("HTTP 418 mapped to the host's own fault", ERROR, acquirers.endpoint(418, codes={"418": "system.gateway_error"}), group=HOST),
    fault("ISO 8583: 91", ERROR, iso(replies("91")), group=HOST, fixed=True),
    fault("ISO 8583: 96", ERROR, iso(replies("96")), group=HOST, fixed=True),
    fault("ISO 8583: 68", ERROR, iso(replies("68")), group=HOST),
    fault("ISO 8583: a code nobody knows", ERROR, iso(replies("Z9")), group=HOST, fixed=True),
    fault("ISO 8583: 30", PROTOCOL, iso(replies("30")), fixed=True),
    fault("ISO 8583: 94", PROTOCOL, iso(replies("94")), fixed=True),
    fault("ISO 8583: 12", PROTOCOL, iso(replies("12"))),
    fault("ISO 8583: garbage", PROTOCOL, iso(answers.says(b"\x00\x05\xff\xff\xff\xff\xff")), fixed=True),
    fault("ISO 8583: HTTP is spoken", PROTOCOL, iso(answers.says(b"HTTP/1.1 400 Bad Request\r\n\r\n")), fixed=True),
    fault("ISO 8583: cut off", PROTOCOL, iso(answers.half_then_close), fixed=True),
    fault("ISO 8583: another framing", PROTOCOL, iso(answers.other_framing)),
    fault("ISO 8583: half an answer, then silence", PROTOCOL, iso(answers.half_then_silence)),
    fault("HTTPS: what comes is no HTTP", PROTOCOL, https_says(b"\x00\x01garbage\r\n\r\n")),
    fault("HTTPS: cut off in the headers", PROTOCOL, https_says(b"HTTP/1.1 200 OK\r\nContent-Le")),
    fault("HTTPS: cut off in the status", PROTOCOL, https_says(b"HTTP/1.1 2")),
    fault("the gateway's name does not exist", TYPED, shapes.gateway_table(host="gw-typo.pay.example"), group=STRANGER, fixed=True),
    as_user(fault("the gateway's name does not exist", TYPED, shapes.gateway_table(host="gw-typo.pay.example"), group=STRANGER)),
    fault("the gateway's name does not exist, IPv6 alone", TYPED, shapes.gateway_table(host="gw-typo.pay.example"), world=SIX),
    fault("one gateway's name of two does not exist", TYPED, shapes.gateway_table(host="gw.typo.example"), "degraded", world=AB),
    fault("certificate for another name", TYPED, host_faults.certificate_wrong_name, group=STRANGER, fixed=True),
    fault("the certificate does not name the configured number", TYPED, shapes.gateway_table(host=A.v4), group=STRANGER),
    fault("HTTP where TLS is expected", TYPED, host_faults.gateway_plain_text, group=STRANGER, fixed=True),
    fault("an SSH banner where TLS is expected", TYPED, acquirers.does(behaviours.say(SSH)), group=STRANGER),
    fault("HTTP 404", TYPED, acquirers.endpoint(404), group=HOST, fixed=True),
    fault("HTTP redirect", TYPED, acquirers.endpoint(302, headers={"Location": "http://elsewhere.example/"}), group=HOST, fixed=True),
    fault("HTTP 404 in plain", TYPED, acquirers.endpoint(404, tls=False), group=HOST),
    fault("HTTP 403", "unknown.indeterminate", acquirers.endpoint(403), group=HOST, category="operator", fixed=True),
    fault("HTTP 403 in plain", "unknown.indeterminate", acquirers.endpoint(403, tls=False), group=HOST, category="operator"),
    fault("TLS that never gets further, a byte a second", DOWN, acquirers.does(drips), group=HOST),
)  # fmt: skip
