"""An adb server of the tests: devices in the states that a real one cannot be brought into, commands whose answers a test gives, and links
that are lost, floods and silence in the middle of a command."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

from msgspec import Struct

_PACKET = struct.Struct("<BI")
STDOUT, STDERR, EXIT = 1, 2, 3


class Said(Struct, frozen=True):
    """What a command says; `then`: what happens after it ("exit", "hang", "cut", "flood")."""

    out: str = ""
    err: str = ""
    status: int = 0
    then: str = "exit"


Answers = Callable[[str], Said]


class AdbServer:
    """`state`: the word of `adb devices` for `serial`, empty where there is none. `answers`: command → its answer. `asked`: all of them.
    `connects`: the state that a device of the network is in then; `refuses`: what is said where it does not connect ("silent": nothing).
    `features`: of a device that takes no command, all that it can do."""

    def __init__(
        self,
        answers: Answers,
        serial: str = "X1",
        state: str = "device",
        connects: str = "",
        path: str = "",
        refuses: str = "",
        features: str = "",
    ) -> None:
        self.answers, self.serial, self.state, self.connects, self.path = answers, serial, state, connects, path
        self.refuses, self.features = refuses, features
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0)) if not path else socket.socket(socket.AF_UNIX)
        if path:
            self._listener.bind(path)
            self._listener.listen()
        self._over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> str:
        return f"localfilesystem:{self.path}" if self.path else f"127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._over.set()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(client,), daemon=True).start()

    def _one(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError, ValueError):
            while request := self._request(client):
                if not self._answer(client, request):
                    return

    @staticmethod
    def _request(client: socket.socket) -> str:
        length = client.recv(4, socket.MSG_WAITALL)
        return client.recv(int(length, 16), socket.MSG_WAITALL).decode() if len(length) == 4 else ""

    def _answer(self, client: socket.socket, request: str) -> bool:
        """Whether the connection goes on."""
        if request == "host:devices-l":
            line = self.devices()
            client.sendall(b"OKAY" + f"{len(line):04x}{line}".encode())
            return False
        if request == f"host-serial:{self.serial}:features":
            client.sendall(b"OKAY" + f"{len(self.features):04x}{self.features}".encode())
            return False
        if request.startswith("host:connect:"):
            self.state = self.connects or self.state
            said = "connected" if self.connects else self.refuses or f"failed to connect to '{request[13:]}': Connection refused"
            if said == "silent":
                self._over.wait(60)
                return False
            client.sendall(b"OKAY" + f"{len(said):04x}{said}".encode())
            return False
        if request.startswith("host:transport:"):
            return self._transport(client, request.removeprefix("host:transport:"))
        if request.startswith("shell,v2,raw:"):
            command = request.removeprefix("shell,v2,raw:")
            self.asked.append(command)
            if self.features:
                client.sendall(b"FAIL0006closed")
                return False
            client.sendall(b"OKAY")
            self._say(client, self.answers(command))
        return False

    def devices(self) -> str:
        """As `adb devices -l` has them."""
        return f"{self.serial:<22} {self.state} product:px model:PX_900 device:px transport_id:1\n" if self.state else ""

    def _transport(self, client: socket.socket, serial: str) -> bool:
        why = "" if serial == self.serial and self.state == "device" else f"device '{serial}' not found"
        if serial == self.serial and self.state not in ("", "device"):
            why = f"device {self.state}"
        client.sendall(b"FAIL" + f"{len(why):04x}{why}".encode() if why else b"OKAY")
        return not why

    def _say(self, client: socket.socket, said: Said) -> None:
        for stream, text in ((STDOUT, said.out), (STDERR, said.err)):
            if text:
                client.sendall(_PACKET.pack(stream, len(text.encode())) + text.encode())
        match said.then:
            case "exit":
                client.sendall(_PACKET.pack(EXIT, 1) + bytes([said.status]))
            case "flood":
                while not self._over.is_set():
                    client.sendall(_PACKET.pack(STDOUT, 65536) + b"A" * 65536)
            case "hang":
                self._over.wait(60)
            case "cut":
                client.sendall(_PACKET.pack(STDOUT, 100) + b"half")


class OddlyNamed(AdbServer):
    """One whose line among `adb devices -l` is no ordinary one, and which goes by these names alone."""

    def __init__(self, answers: Answers, line: str, names: tuple[str, ...], path: str = "") -> None:
        self._line, self._names = line, names
        super().__init__(answers, path=path)

    def devices(self) -> str:
        return self._line

    def _answer(self, client: socket.socket, request: str) -> bool:
        asked = request.removeprefix("host:")
        if asked.startswith("transport"):
            known = asked in self._names
            client.sendall(b"OKAY" if known else b"FAIL0010device not found")
            return known
        return super()._answer(client, request)


@contextlib.contextmanager
def adb_server(answers: Answers, *, kind: type[AdbServer] = AdbServer, **how: str) -> Iterator[AdbServer]:
    server = kind(answers, **how)
    try:
        yield server
    finally:
        server.close()
