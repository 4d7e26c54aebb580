"""Asking a name server, and one that answers as a test wants."""

from __future__ import annotations

import contextlib
import functools
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from tests.support.patience import PATIENCE_S
from tests.support.precedence import take_precedence
from tests.support.world import netns

SERVFAIL, NXDOMAIN, REFUSED = 2, 3, 5
A, AAAA = 1, 28


def question(name: str, kind: int = A) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!HHHHHH", 0x1234, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", kind, 1)


def ask(namespace: str, server: str, name: str, kind: int = A, timeout: float = PATIENCE_S) -> tuple[int, int]:
    """The answer's code and its number of records; raises OSError where no answer comes."""

    def query() -> tuple[int, int]:
        with socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(timeout)
            client.connect((server, 53))
            client.send(question(name, kind))
            answer = client.recv(4096)
        return answer[3] & 0x0F, struct.unpack("!H", answer[6:8])[0]

    return netns.call(namespace, query)


Answer = Callable[[bytes], bytes | None]


def code(number: int) -> Answer:
    """This code and no record, whatever is asked."""
    return lambda asked: asked[:2] + struct.pack("!HHHHH", 0x8180 | number, 1, 0, 0, 0) + asked[12 : _end_of_question(asked)]


def forward(upstream: str, delay_s: float) -> Answer:
    """What another name server says, later."""

    def answer(asked: bytes) -> bytes:
        time.sleep(delay_s)
        with socket.socket(socket.AF_INET6 if ":" in upstream else socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(PATIENCE_S)
            client.connect((upstream, 53))
            client.send(asked)
            return client.recv(4096)

    return answer


class Responder:
    """Answers questions over UDP as a function says; each in a thread of its own, inside the namespace."""

    def __init__(self, namespace: str, address: str, answer: Answer) -> None:
        self._namespace, self._answer = namespace, answer
        self._socket = netns.call(namespace, lambda: self._bind(address))
        netns.start(namespace, self._serve)

    @staticmethod
    def _bind(address: str) -> socket.socket:
        made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        made.bind(socket.getaddrinfo(address, 53, type=socket.SOCK_DGRAM)[0][4])  # a link-local one with its interface, too
        return made

    def _serve(self) -> None:
        take_precedence()
        while True:
            try:
                asked, peer = self._socket.recvfrom(4096)
            except OSError:
                return
            if not asked:  # woken by `stop`
                return
            netns.start(self._namespace, functools.partial(self._reply, asked, peer))

    def _reply(self, asked: bytes, peer: Any) -> None:
        take_precedence()
        with contextlib.suppress(OSError):
            answer = self._answer(asked)
            if answer is not None:
                self._socket.sendto(answer, peer)

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _end_of_question(message: bytes) -> int:
    at = 12
    while message[at]:
        at += message[at] + 1
    return at + 5
