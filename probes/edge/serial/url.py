"""pyserial's clients for served ports, so that nothing of what a server says is lost, least of all that the port is in use.

What goes wrong in the reader thread for RFC 2217 ends the connection, not in a traceback.
"""

from __future__ import annotations

import contextlib
import fcntl
import queue
import socket
import struct
import termios
import threading
import time
from typing import Any

import serial
from serial import rfc2217
from serial.urlhandler import protocol_socket

_ODD_SERVER = (OSError, serial.SerialException, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error)
_LAST_WORDS_S = 0.3
_WORDS = 4096  # bytes of what is said where opening fails
MOST_BYTES = 64 * 1024  # of one connection: what an exchange takes is far less
_PAUSE_S = 0.1


class Raw(protocol_socket.Serial):
    _socket: socket.socket

    @property
    def in_waiting(self) -> int:
        """How many bytes there are: pyserial says one, and reads what floods in byte by byte."""
        ready: int = super().in_waiting
        if not ready:
            return 0
        waiting: int = struct.unpack("=i", fcntl.ioctl(self._socket.fileno(), termios.FIONREAD, bytes(4)))[0]
        return max(1, waiting)  # none is the end, which is read

    def reset_input_buffer(self) -> None:
        """pyserial throws away what came right after the connection: a busy server's only words."""


class _Metered:
    """A connection of which no more than so much is ever read: pyserial's reader takes whatever comes, byte by byte, into a queue without
    end. Then it is left to the other side to wait."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._left = sock, MOST_BYTES

    def recv(self, size: int) -> bytes:
        if self._left <= 0:
            time.sleep(_PAUSE_S)
            raise TimeoutError
        data = self._sock.recv(min(size, self._left))
        self._left -= len(data)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class Rfc2217(rfc2217.Serial):
    """Not open before `open()`, so that what came can be read where opening fails."""

    _read_buffer: Any
    _socket: Any
    _thread: threading.Thread | None

    def _telnet_read_loop(self) -> None:
        self._socket = _Metered(self._socket)
        with contextlib.suppress(*_ODD_SERVER):
            super()._telnet_read_loop()  # type: ignore[misc]
        self._read_buffer.put(None)  # pyserial's word for the end

    def _internal_raw_write(self, data: bytes) -> None:
        """A server that closed can still have said something: it is read to its end."""
        try:
            super()._internal_raw_write(data)  # type: ignore[misc]
        except OSError:
            if threading.current_thread() is self._thread:
                return
            if self._thread is not None:
                self._thread.join(_LAST_WORDS_S)
            raise

    def heard(self) -> bytes:
        """What came before the negotiation failed."""
        came = b""
        with contextlib.suppress(queue.Empty, AttributeError):
            while len(came) < _WORDS and (byte := self._read_buffer.get(timeout=0.1)) is not None:
                came += byte
        return came


def raw(url: str, **settings: Any) -> Raw:
    port = Raw(None, **settings)
    port.port = url
    return port


def over_telnet(url: str, timeout_s: float, **settings: Any) -> Rfc2217:
    """`ign_set_control`: servers in front of a line without modem lines never answer what is asked of them."""
    joint = "&" if "?" in url else "?"
    port = Rfc2217(None, **settings)
    port.port = f"{url}{joint}ign_set_control&timeout={max(0.1, timeout_s):.1f}"
    return port
