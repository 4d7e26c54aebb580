"""pyserial's clients for served ports, so that nothing of what a server says is lost, least of all that the port is in use.

What goes wrong in the reader thread for RFC 2217 ends the connection, not in a traceback.
"""

from __future__ import annotations

import contextlib
import queue
import struct
import threading
from typing import Any

import serial
from serial import rfc2217
from serial.urlhandler import protocol_socket

_ODD_SERVER = (OSError, serial.SerialException, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error)
_LAST_WORDS_S = 0.3


class Raw(protocol_socket.Serial):
    def reset_input_buffer(self) -> None:
        """pyserial throws away what came right after the connection: a busy server's only words."""


class Rfc2217(rfc2217.Serial):
    """Not open before `open()`, so that what came can be read where opening fails."""

    _read_buffer: Any
    _thread: threading.Thread | None

    def _telnet_read_loop(self) -> None:
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
            while (byte := self._read_buffer.get(timeout=0.1)) is not None:
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
