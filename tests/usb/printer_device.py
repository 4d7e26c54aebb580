"""A receipt printer of USB's printer class, for the emulated machine: the kernel's own USB/IP host controller (vhci-hcd) plugs it in, and
its own usblp drives it. It runs in that machine, beside `guest.py`.

The wire is that of Documentation/usb/usbip_protocol.rst; descriptors are those of USB 2.0 section 9.6 and of the USB Printer Class 1.1.
"""

from __future__ import annotations

import socket
import struct
import threading
from pathlib import Path

_PLACE = Path("/sys/devices/platform/vhci_hcd.0")
_SUBMIT, _UNLINK, _SUBMITTED, _UNLINKED = 1, 2, 3, 4
_HEADER = struct.Struct(">5I28s")
_FULL_SPEED, _HUB_PORT, _DEVICE_ID = 2, 0, 0x10002
_STALL, _RESET = -32, -104
_GET_DESCRIPTOR, _GET_DEVICE_ID, _GET_PORT_STATUS = (0x80, 6), (0xA1, 0), (0xA1, 1)
_DEVICE = struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, 64, 0x04B8, 0x0202, 0x0100, 1, 2, 3, 1)
_INTERFACE = bytes((9, 4, 0, 0, 2, 7, 1, 2, 0)) + bytes((7, 5, 0x01, 2, 64, 0, 0)) + bytes((7, 5, 0x82, 2, 64, 0, 0))
_CONFIGURATION = struct.pack("<BBHBBBBB", 9, 2, 9 + len(_INTERFACE), 1, 1, 0, 0xC0, 1) + _INTERFACE
_TEXTS = ("EPSON", "TM-T20", "A1")
_NAME = b"MFG:EPSON;CMD:ESC/POS;MDL:TM-T20;CLS:PRINTER;"


class PrinterDevice:
    """`byte`: its GET_PORT_STATUS; `says`: DLE EOT n → the answer; `received`: everything that was printed or asked."""

    def __init__(self, byte: int, says: dict[int, bytes]) -> None:
        self.byte, self.says = byte, says
        self.received = b""
        self._waiting: dict[int, int] = {}  # transfers that wait for something to say: number → device
        self._unsaid = b""
        self._ours, theirs = socket.socketpair()
        (_PLACE / "attach").write_text(f"{_HUB_PORT} {theirs.fileno()} {_DEVICE_ID} {_FULL_SPEED}")
        theirs.close()  # the kernel has it now
        threading.Thread(target=self._serve, daemon=True).start()

    def unplug(self) -> None:
        (_PLACE / "detach").write_text(str(_HUB_PORT))

    def _serve(self) -> None:
        try:
            while True:
                command, number, device, inwards, end, rest = _HEADER.unpack(self._read(_HEADER.size))
                if command == _UNLINK:
                    status = _RESET if self._waiting.pop(struct.unpack(">I24x", rest)[0], None) is not None else 0
                    self._ours.sendall(_HEADER.pack(_UNLINKED, number, 0, 0, 0, struct.pack(">i24x", status)))
                    continue
                length, setup = struct.unpack(">4xI12x8s", rest)
                data = b"" if inwards else self._read(length)
                if end == 0:
                    self._answer(number, *self._control(setup, length, inwards))
                elif inwards:
                    self._waiting[number] = device
                else:
                    self._print(data)
                    self._answer(number, 0, b"", len(data))
                self._say()
        except (OSError, EOFError):
            return  # unplugged

    def _read(self, size: int) -> bytes:
        came = b""
        while len(came) < size:
            more = self._ours.recv(size - len(came))
            if not more:
                raise EOFError
            came += more
        return came

    def _control(self, setup: bytes, length: int, inwards: int) -> tuple[int, bytes, int]:
        kind, request, value, _, wanted = struct.unpack("<BBHHH", setup)
        if not inwards:
            return 0, b"", length
        match (kind, request):
            case found if found == _GET_DESCRIPTOR:
                answer = self._descriptor(value >> 8, value & 0xFF)
            case found if found == _GET_DEVICE_ID:
                answer = struct.pack(">H", len(_NAME) + 2) + _NAME
            case found if found == _GET_PORT_STATUS:
                answer = bytes([self.byte])
            case _:
                answer = bytes(wanted)
        return (_STALL, b"", 0) if answer is None else (0, answer[:wanted], len(answer[:wanted]))

    @staticmethod
    def _descriptor(kind: int, which: int) -> bytes | None:
        if kind == 1:
            return _DEVICE
        if kind == 2:
            return _CONFIGURATION
        if kind == 3 and which <= len(_TEXTS):
            text = _TEXTS[which - 1].encode("utf-16-le") if which else b"\x09\x04"
            return bytes((len(text) + 2, 3)) + text
        return None

    def _print(self, data: bytes) -> None:
        self.received += data
        if data[:2] == b"\x10\x04":
            self._unsaid += self.says.get(data[2], b"")

    def _say(self) -> None:
        while self._unsaid and self._waiting:
            number, _ = self._waiting.popitem()
            said, self._unsaid = self._unsaid[:64], self._unsaid[64:]
            self._answer(number, 0, said, len(said))

    def _answer(self, number: int, status: int, data: bytes, actual: int) -> None:
        self._ours.sendall(_HEADER.pack(_SUBMITTED, number, 0, 0, 0, struct.pack(">iI20x", status, actual)) + data)
