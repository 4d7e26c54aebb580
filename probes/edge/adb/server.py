"""The protocol between a client and its adb server (`docs/dev/services.md` of the adb sources): four hexadecimal digits of length and a
request; `OKAY`, or `FAIL` with a reason. One connection serves one request, or one device's command.

An own client: the libraries there are lose the exit status or stderr, fail where a command does, or are abandoned, at 7 to 23 MB of memory.
"""

from __future__ import annotations

import socket
from typing import Self

from msgspec import Struct

from probes.edge.adb.states import DeviceState, refused_as, state_of
from probes.edge.failures import CannotTell, PeerFailed, failure_of, raise_if_ours
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Symptom
from probes.model.facts import RemoteFacts

DEFAULT = "127.0.0.1:5037"
_LOCAL = "localfilesystem:"
_MOST_LIST = 64 * 1024  # bytes of what a server says of its devices
_SHORTEST_S = 0.01
_UNNUMBERED = "(no serial number)"


class NotReady(Exception):
    """The device cannot be looked into. `text`: the server's own words, escaped."""

    def __init__(self, state: DeviceState, text: str = "") -> None:
        super().__init__(f"{state.value}: {text}")
        self.state = state
        self.text = text


class Known(Struct, frozen=True):
    """A device that the server knows. `word`: its state in the server's own words, escaped. `asked_by`: how it is asked for where its
    serial number is none to ask by."""

    serial: str
    state: DeviceState
    word: str = ""
    model: str = ""
    usb: str = ""  # where it is plugged in
    asked_by: str = ""


class Server:
    """One connection to the server. Raises PeerFailed where it does not answer, and CannotTell; `symptom` REFUSED: none runs there."""

    def __init__(self, address: str, deadline: Deadline) -> None:
        self._deadline = deadline
        self._sock = _connected(address, deadline)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sock.close()

    def ask(self, request: str) -> None:
        """Raises NotReady where the server refuses."""
        encoded = request.encode("utf-8", "surrogateescape")
        self.send(f"{len(encoded):04x}".encode("ascii") + encoded)
        answer = self.read(4)
        if answer == b"FAIL":
            text = escape(self.text(_MOST_LIST))
            raise NotReady(refused_as(text), text)
        if answer != b"OKAY":
            raise PeerFailed(Symptom.WRONG_PROTOCOL, RemoteFacts(text=escape(repr(answer))))

    def text(self, most: int) -> str:
        """A text with its length before it. Raises PeerFailed."""
        try:
            length = int(self.read(4), 16)
        except ValueError:
            raise PeerFailed(Symptom.WRONG_PROTOCOL) from None
        return self.read(min(length, most)).decode("utf-8", "replace")

    def read(self, size: int) -> bytes:
        """Exactly so many bytes. Raises PeerFailed."""
        came = bytearray()
        while len(came) < size:
            more = self.some(size - len(came))
            if not more:
                raise PeerFailed(Symptom.CLOSED)
            came += more
        return bytes(came)

    def some(self, most: int) -> bytes:
        """What comes next; empty at the end. Raises PeerFailed where nothing comes until the deadline."""
        try:
            self._sock.settimeout(max(_SHORTEST_S, self._deadline.remaining()))
            if self._deadline.passed():
                raise TimeoutError
            return self._sock.recv(min(most, 65536))
        except OSError as error:
            raise _failed(error) from error

    def send(self, data: bytes) -> None:
        try:
            self._sock.settimeout(max(_SHORTEST_S, self._deadline.remaining()))
            self._sock.sendall(data)
        except OSError as error:
            raise _failed(error) from error


def devices(address: str, deadline: Deadline) -> tuple[Known, ...]:
    """Every device that the server knows. Raises PeerFailed (UNSUPPORTED: an adb server that lists none so) and CannotTell."""
    with Server(address, deadline) as server:
        try:
            server.ask("host:devices-l")
        except NotReady as refused:
            raise PeerFailed(Symptom.UNSUPPORTED, RemoteFacts(text=refused.text)) from refused
        return tuple(known for line in server.text(_MOST_LIST).splitlines() if (known := _known(line)) is not None)


def version(address: str, deadline: Deadline) -> int | None:
    """The 41 of "1.0.41"; None where it does not tell. Raises CannotTell."""
    try:
        with Server(address, deadline) as server:
            server.ask("host:version")
            return int(server.text(_MOST_LIST), 16)
    except (PeerFailed, NotReady, ValueError):
        return None


def features(address: str, serial: str, deadline: Deadline) -> frozenset[str] | None:
    """What the device can do, as the server learnt when it came; None where it does not tell. Raises CannotTell."""
    try:
        with Server(address, deadline) as server:
            server.ask(f"host-serial:{serial}:features")
            return frozenset(server.text(_MOST_LIST).strip().split(","))
    except (PeerFailed, NotReady):
        return None


def connect(address: str, device: str, deadline: Deadline) -> str:
    """Has the server connect to `HOST:PORT`; its words, escaped ("connected to …", "failed to authenticate to …"). It answers OKAY either
    way. Raises PeerFailed and CannotTell."""
    with Server(address, deadline) as server:
        try:
            server.ask(f"host:connect:{device}")
        except NotReady as refused:
            return refused.text
        return escape(server.text(_MOST_LIST))


def _known(line: str) -> Known | None:
    """`SERIAL  STATE  key:value …`: the serial ends at the first blank, and the state at the first `key:value`. A device without a serial
    number is called `(no serial number)`, one of several words, or with a blank before it, cannot be asked for by it: the server numbers
    each one that it has (`transport_id`)."""
    odd = line.startswith((" ", "\t", _UNNUMBERED))
    plain = line.strip()
    if plain.startswith(_UNNUMBERED):
        serial, rest = _UNNUMBERED, plain.removeprefix(_UNNUMBERED)
    else:
        serial, _, rest = plain.partition(" ") if " " in plain else plain.partition("\t")
    words = rest.split()
    if not serial or not words:
        return None
    pairs = [word.partition(":") for word in words if ":" in word and not word.startswith("(")]
    known = {key: value for key, _, value in pairs}
    state = " ".join(word for word in words if ":" not in word) or words[0]
    usb = next((word.removeprefix("usb:") for word in words if word.startswith("usb:")), "")
    number = known.get("transport_id", "")
    return Known(
        serial=escape(serial),
        state=state_of(state),
        word=escape(state)[:40],
        model=escape(known.get("model", "")),
        usb=escape(usb),
        asked_by=f"host:transport-id:{number}" if odd and number.isdecimal() else "",
    )


def _connected(address: str, deadline: Deadline) -> socket.socket:
    seconds = max(_SHORTEST_S, deadline.remaining())
    try:
        if address.startswith(_LOCAL):
            sock = socket.socket(socket.AF_UNIX)
            try:
                sock.settimeout(seconds)
                sock.connect(address.removeprefix(_LOCAL))
            except OSError:
                sock.close()
                raise
            return sock
        host, _, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)
    except FileNotFoundError as error:
        raise PeerFailed(Symptom.REFUSED) from error
    except (ValueError, socket.gaierror) as error:  # UnicodeError among them: a name with an empty label
        if isinstance(error, socket.gaierror):
            raise_if_ours(error)
        raise CannotTell(f"no machine is called {escape(address.rpartition(':')[0], 60)}, where the adb server should be") from error
    except OSError as error:
        raise _failed(error) from error


def _failed(error: OSError) -> PeerFailed | CannotTell:
    try:
        raise_if_ours(error)
    except CannotTell as trouble:
        return trouble
    return PeerFailed(Symptom.TIMEOUT) if isinstance(error, TimeoutError) else failure_of(error)
