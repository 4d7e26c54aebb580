"""A printer whose answers come late, or not at all: none is taken for that to another question."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from probes.edge.serial import escpos
from probes.edge.serial.device_answer import failed
from probes.edge.serial.recognise import instead
from probes.model import Symptom
from probes.model.devices import PrinterStatus
from tests.support.servers.printer import Printer

STAR = b"\x23\x86\x00\x00\x00\x00\x00\x00\x00"
OUT = b"\x1a\x32\x7e"


class Line:
    """Time passes here as it is waited for. `answer`: question → its bytes; each is given `late_s` after the printer got to it, one after
    another. `lost`: the first questions, which nobody hears."""

    def __init__(self, answer: Callable[[bytes], bytes], late_s: float, lost: int = 0) -> None:
        self._answer, self._late_s, self._lost = answer, late_s, lost
        self._now = self._free = 0.0
        self._coming: list[tuple[float, bytes]] = []

    def ask(self, question: bytes, enough: Callable[[bytes], bool], patience_s: float) -> bytes:
        self._coming = [(at, what) for at, what in self._coming if at > self._now]  # what came before is no answer
        if self._lost:
            self._lost -= 1
        else:
            self._free = max(self._now, self._free) + self._late_s
            self._coming.append((self._free, self._answer(question)))
        end, came = self._now + patience_s, b""
        while self._coming and self._coming[0][0] <= end:
            at, what = self._coming.pop(0)
            self._now, came = at, came + what
            if came and enough(came):
                return came
        self._now = end
        return came


@pytest.mark.parametrize("late_s", [0.0, 0.3, 0.7, 1.1, 1.2])
@pytest.mark.parametrize(
    ("printer", "cover", "paper", "errors"),
    [
        (Printer(), False, "adequate", ()),
        (Printer(cover_open=True), True, "adequate", ()),
        (Printer(paper_end=True), False, "out", ()),
        (Printer(paper_end=True, answers_1a_when_empty=True), False, "out", ()),
        (Printer(cutter_jam=True), False, "adequate", ("cutter",)),
        (Printer(near_end=True, automatic_status=True), False, "low", ()),
    ],
)
def test_each_question_has_its_own_answer(printer: Printer, late_s: float, cover: bool, paper: str, errors: tuple[str, ...]) -> None:
    told = escpos.status(Line(printer, late_s)).told
    assert isinstance(told, PrinterStatus) and (told.cover_open, told.paper.value, tuple(each.value for each in told.errors)) == (
        cover,
        paper,
        errors,
    )


@pytest.mark.parametrize("lost", [0, 1])
def test_a_question_that_nobody_heard_shifts_no_answer(lost: int) -> None:
    told = escpos.status(Line(Printer(cover_open=True), 0.05, lost)).told
    assert isinstance(told, PrinterStatus) and told.cover_open and not told.errors


def test_a_status_behind_the_answer_is_no_other_protocol() -> None:
    told = escpos.status(Line(lambda asked: b"\x12\x14\x00\x00\x0f" if asked[-1] == 4 else b"\x12", 0.01)).told
    assert isinstance(told, PrinterStatus) and told.paper.value == "adequate"


@pytest.mark.parametrize(
    ("heard", "symptom"),
    [
        (STAR, Symptom.WRONG_PROTOCOL),
        (STAR * 3, Symptom.WRONG_PROTOCOL),
        (b"\x0f\x84\x00\x00\x00\x00\x00", Symptom.WRONG_PROTOCOL),
        (STAR[:5], Symptom.NO_REPLY),
        (b"\x23\x12\x00\x00\x00\x00\x00\x00\x00", Symptom.NO_REPLY),
        (b"", Symptom.NO_REPLY),
    ],
)
def test_a_printer_of_the_star_line_is_no_silent_one(heard: bytes, symptom: Symptom) -> None:
    assert instead(failed(Symptom.NO_REPLY), heard).symptom is symptom
