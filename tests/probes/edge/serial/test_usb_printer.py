"""Printers of USB's printer class: what the one byte of the kernel means, what the printer says itself, and who comes first."""

from __future__ import annotations

import errno
import os

import pytest

from probes.edge.serial import usb_printer
from probes.edge.serial.opening import NotOpened
from probes.edge.serial.talk import Gone, Stalled
from probes.ground.deadline import Deadline
from probes.model import Outcome, Symptom
from probes.serial_port import meaning_of
from probes.settings import SerialDevice, SerialProtocol

ESCPOS, OPEN = SerialProtocol.ESCPOS, SerialProtocol.OPEN
WELL = {1: b"\x16", 2: b"\x12", 3: b"\x12", 4: b"\x12"}


class Printer:
    """`byte`: what GET_PORT_STATUS gives; `says`: the answers to DLE EOT n; `takes`: whether it takes bytes at all."""

    dsr = cts = False

    def __init__(
        self, byte: int | None = 0x18, says: dict[int, bytes] | None = None, *, takes: bool = True, vanishes: bool = False
    ) -> None:
        self.byte, self.says, self.takes, self.vanishes = byte, says or {}, takes, vanishes
        self.written: list[bytes] = []
        self._came = b""

    def status(self) -> int | None:
        return self.byte

    @property
    def in_waiting(self) -> int:
        return len(self._came)

    def read(self, size: int = 1, /) -> bytes:
        came, self._came = self._came[:size], self._came[size:]
        return came

    def write(self, data: bytes, /) -> int | None:
        if self.vanishes:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        if not self.takes:
            raise Stalled
        self.written.append(data)
        self._came += self.says.get(data[-1], b"")
        return len(data)

    def close(self) -> None:
        pass


def look(printer: Printer, protocol: SerialProtocol = ESCPOS) -> tuple[Outcome, Symptom | None]:
    answer = usb_printer.look(SerialDevice(name="printer", port="/dev/usb/lp0", protocol=protocol), printer, Deadline(5))
    meant = meaning_of(answer)
    return meant.outcome, meant.symptom


@pytest.mark.parametrize(
    ("byte", "meant"),
    [
        (0x18, (Outcome.PASS, None)),
        (0x38, (Outcome.FAIL, Symptom.PAPER_OUT)),
        (0x20, (Outcome.FAIL, Symptom.PAPER_OUT)),
        (0x10, (Outcome.FAIL, Symptom.PRINTER_OFFLINE)),  # an error that it does not name
        (0x08, (Outcome.FAIL, Symptom.PRINTER_OFFLINE)),  # not selected
        (0x00, (Outcome.PASS, None)),  # a printer that knows no status
        (0xFF, (Outcome.PASS, None)),  # nor does one with bits that are none
        (0x58, (Outcome.PASS, None)),
        (None, (Outcome.PASS, None)),  # its driver does not tell
    ],
)
@pytest.mark.parametrize("protocol", [OPEN, ESCPOS])
def test_the_byte_of_the_kernel(byte: int | None, meant: tuple[Outcome, Symptom | None], protocol: SerialProtocol) -> None:
    assert look(Printer(byte), protocol) == meant


def test_nothing_is_written_to_one_that_is_only_to_be_opened() -> None:
    printer = Printer(0x18, WELL)
    look(printer, OPEN)
    assert printer.written == []


@pytest.mark.parametrize(
    ("byte", "says", "meant"),
    [
        (0x18, WELL, (Outcome.PASS, None)),
        (0x18, {**WELL, 2: b"\x16"}, (Outcome.FAIL, Symptom.COVER_OPEN)),  # of which the byte says nothing
        (0x18, {**WELL, 4: b"\x72"}, (Outcome.FAIL, Symptom.PAPER_OUT)),
        (0x10, {**WELL, 1: b"\x1e", 2: b"\x16"}, (Outcome.FAIL, Symptom.COVER_OPEN)),  # and the byte only that something is
        (0x10, WELL, (Outcome.PASS, None)),
        (0x18, {1: b"hello"}, (Outcome.FAIL, Symptom.WRONG_PROTOCOL)),
    ],
)
def test_what_the_printer_says_counts_first(byte: int, says: dict[int, bytes], meant: tuple[Outcome, Symptom | None]) -> None:
    assert look(Printer(byte, says)) == meant


def test_one_that_takes_no_bytes() -> None:
    assert look(Printer(0x38, takes=False)) == (Outcome.FAIL, Symptom.PAPER_OUT)
    assert look(Printer(0x18, takes=False))[1] is Symptom.FLOW_STALLED


def test_one_that_goes_away_meanwhile() -> None:
    with pytest.raises(Gone):
        look(Printer(vanishes=True))


def test_a_node_that_is_gone_or_belongs_to_others(tmp_path: os.PathLike[str]) -> None:
    device = SerialDevice(name="printer", port="/dev/usb/lp0", protocol=OPEN)
    with pytest.raises(NotOpened) as refused:
        usb_printer.exchange(device, os.fspath(tmp_path) + "/lp0", Deadline(1))
    assert refused.value.symptom is Symptom.DEVICE_MISSING
