"""What one output does, and that it stays there: threads are real, the clock is the test's own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

from agent.contract.document import Status
from agent.diagnosis.model import CanPay, State
from agent.outputs.change import Change
from agent.outputs.delivery import HANGS_AFTER_S, MOST_CHANGES, Delivery
from agent.outputs.error_stream import ErrorStream
from agent.outputs.notifier import Notifier
from agent.outputs.seam import Health, Undelivered
from agent.settings.model import Language
from tests.support.clocks import SetClock
from tests.support.documents import status
from tests.support.patience import PATIENCE_S

DOCUMENT = status(CanPay.YES, State.OK)


def numbered(number: int) -> Status:
    return replace(DOCUMENT, sequence=number)


def change(number: int) -> Change:
    return Change(status=numbered(number), before=None)


class Recorder:
    """Delivers into `got`, after what `fault` does."""

    name = "recorder"

    def __init__(self, *, slow: bool = True) -> None:
        self.slow = slow
        self.got: list[str] = []
        self.fault: Callable[[str], None] = lambda what: None
        self.called = threading.Event()

    def document(self, status: Status) -> None:
        self._take(f"document {status.sequence}")

    def change(self, change: Change) -> None:
        self._take(f"change {change.status.sequence}")

    def health(self, health: Health) -> None:
        self._take(f"health {health.text}")

    def stopping(self) -> None:
        self._take("stopping")

    def _take(self, what: str) -> None:
        self.called.set()
        self.fault(what)
        self.got.append(what)


class Told:
    """One output's delivery, and what was said of it."""

    def __init__(self, capsys: pytest.CaptureFixture[str], output: Recorder) -> None:
        self._capsys, self.output, self.clock = capsys, output, SetClock()
        self._errors = ErrorStream(Language.EN)
        self.notifier = Notifier(Language.EN, self._errors)
        self.delivery = Delivery(output, self.notifier, self.clock)

    def said(self) -> list[str]:
        """Since it was last asked."""
        assert self._errors.flush(PATIENCE_S)
        return self._capsys.readouterr().err.splitlines()


@pytest.fixture(params=[True, False], ids=["in a thread", "where it is called"])
def told(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(capsys, Recorder(slow=request.param))


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Opened at the end at the latest, so that no thread of a test is left behind."""
    made = threading.Event()
    yield made
    made.set()


@pytest.fixture
def blocked(capsys: pytest.CaptureFixture[str], gate: threading.Event) -> Told:
    """Its output has begun to take the document 0, and does not come back before the gate opens."""
    made = Told(capsys, Recorder())
    made.output.fault = lambda what: _through(gate)
    made.delivery.document(numbered(0))
    assert made.output.called.wait(PATIENCE_S)
    return made


def _through(gate: threading.Event) -> None:
    assert gate.wait(PATIENCE_S)


def raising(error: BaseException) -> Callable[[str], None]:
    def fault(what: str) -> None:
        raise error

    return fault


def test_it_gets_documents_changes_and_health(told: Told) -> None:
    told.delivery.document(numbered(1))
    told.delivery.change(change(1))
    told.delivery.health(Health(completing=True, delivered=True, text="fine"))
    told.delivery.tell_stopping()
    assert told.delivery.wait(PATIENCE_S)
    assert sorted(told.output.got) == ["change 1", "document 1", "health fine", "stopping"]
    assert told.said() == []


def test_an_output_gets_only_what_it_asks_for(capsys: pytest.CaptureFixture[str]) -> None:
    class Changes:
        name, slow = "changes", False

        def __init__(self) -> None:
            self.got: list[Change] = []

        def change(self, change: Change) -> None:
            self.got.append(change)

    output, errors = Changes(), ErrorStream(Language.EN)
    one = Delivery(output, Notifier(Language.EN, errors), SetClock())
    one.document(numbered(1))
    one.health(Health(completing=True, delivered=True, text=""))
    one.change(change(1))
    one.tell_stopping()
    assert [each.status.sequence for each in output.got] == [1] and one.wait(0)


def test_while_it_is_slow_only_the_newest_document_waits_and_every_change_in_order(blocked: Told, gate: threading.Event) -> None:
    for number in range(1, 6):
        blocked.delivery.document(numbered(number))
        blocked.delivery.change(change(number))
    assert not blocked.delivery.wait(0)
    gate.set()
    assert blocked.delivery.wait(PATIENCE_S)
    assert blocked.output.got == ["document 0", "document 5", *(f"change {number}" for number in range(1, 6))]
    assert blocked.said() == []


def test_changes_that_pile_up_are_bounded_and_what_is_lost_is_counted(blocked: Told, gate: threading.Event) -> None:
    for number in range(MOST_CHANGES + 9):
        blocked.delivery.change(change(number))
    gate.set()
    assert blocked.delivery.wait(PATIENCE_S)
    assert blocked.output.got[1:] == [f"change {number}" for number in range(9, MOST_CHANGES + 9)]
    assert blocked.said() == ["posdiag: output recorder: 9 changes were lost, too many waited"]


def test_what_it_cannot_deliver_is_said_once_and_tried_again_with_the_next_document(told: Told) -> None:
    told.output.fault = raising(ConnectionRefusedError(111, "Connection refused"))
    for number in range(1, 4):
        told.delivery.document(numbered(number))
        assert not told.delivery.wait(PATIENCE_S)
    told.delivery.change(change(3))
    assert not told.delivery.wait(PATIENCE_S)
    assert told.said() == [
        "posdiag: output recorder cannot deliver (document), it goes on trying: Connection refused",
        "posdiag: output recorder cannot deliver (change), it goes on trying: Connection refused",
    ]
    assert "cannot deliver" in told.notifier.standing()
    told.output.fault = raising(OSError(28, "No space left on device"))
    told.delivery.wake()
    assert not told.delivery.wait(PATIENCE_S)
    assert len(told.said()) == 2, "another trouble is said at once"
    told.output.fault = lambda what: None
    told.delivery.wake()
    assert told.delivery.wait(PATIENCE_S)
    assert told.output.got == ["document 3", "change 3"]
    assert told.said() == ["posdiag: output recorder works again (document)", "posdiag: output recorder works again (change)"]
    assert told.notifier.standing() == ""


def test_one_kind_that_is_delivered_does_not_end_the_trouble_of_another(told: Told) -> None:
    def fault(what: str) -> None:
        if what.startswith("document"):
            raise ConnectionRefusedError(111, "Connection refused")

    told.output.fault = fault
    for number in range(4):
        told.delivery.document(numbered(number))
        told.delivery.change(change(number))
        told.delivery.wait(PATIENCE_S)
    assert len(told.said()) == 1
    assert told.output.got == [f"change {number}" for number in range(4)]


def test_an_output_that_has_said_itself_what_is_wrong_is_not_talked_of(told: Told) -> None:
    told.output.fault = raising(Undelivered())
    told.delivery.document(numbered(1))
    assert not told.delivery.wait(PATIENCE_S)
    told.output.fault = lambda what: None
    told.delivery.document(numbered(2))
    assert told.delivery.wait(PATIENCE_S)
    assert (told.output.got, told.said()) == (["document 2"], [])


@pytest.mark.parametrize("error", [ZeroDivisionError("by nought"), SystemExit(7), KeyboardInterrupt(), MemoryError()])
def test_a_fault_of_its_own_is_said_once_and_costs_this_document_alone(told: Told, error: BaseException) -> None:
    told.output.fault = raising(error)
    for number in range(3):
        told.delivery.document(numbered(number))
        assert told.delivery.wait(PATIENCE_S), "given up"
    (line,) = told.said()
    assert "a fault of the output recorder itself" in line and type(error).__name__ in line
    told.output.fault = lambda what: None
    told.delivery.document(numbered(3))
    assert told.delivery.wait(PATIENCE_S)
    assert told.output.got == ["document 3"]
    assert told.said() == ["posdiag: output recorder works again (document)"]


def test_a_fault_at_the_end_ends_nobody(told: Told) -> None:
    told.output.fault = raising(SystemExit(7))
    told.delivery.tell_stopping()
    assert "a fault of the output recorder itself" in told.said()[0]


def test_one_that_hangs_is_said_once_and_once_more_when_it_comes_back(blocked: Told, gate: threading.Event) -> None:
    blocked.delivery.look()
    assert blocked.said() == []
    blocked.clock.now += HANGS_AFTER_S + 1
    for _ in range(3):
        blocked.delivery.look()
    assert blocked.said() == ["posdiag: output recorder hangs, the others go on"]
    gate.set()
    assert blocked.delivery.wait(PATIENCE_S)
    blocked.delivery.look()
    assert blocked.said() == ["posdiag: output recorder hangs no more"]


def test_after_the_end_nothing_is_delivered(blocked: Told, gate: threading.Event) -> None:
    blocked.delivery.document(numbered(1))
    blocked.delivery.close()
    blocked.delivery.document(numbered(2))
    gate.set()
    assert blocked.delivery.wait(PATIENCE_S)
    assert blocked.output.got == ["document 0"]


def test_where_no_thread_can_be_started_it_is_delivered_once_one_can(capsys: pytest.CaptureFixture[str]) -> None:
    told = Told(capsys, Recorder())
    before = threading.stack_size(1 << 46)  # no thread has so much room
    try:
        told.delivery.document(numbered(1))
        assert not told.delivery.wait(0)
    finally:
        threading.stack_size(before)
    told.delivery.document(numbered(2))
    assert told.delivery.wait(PATIENCE_S)
    assert told.output.got == ["document 2"]


def test_between_two_deliveries_there_is_no_thread(told: Told) -> None:
    told.delivery.document(numbered(1))
    assert told.delivery.wait(PATIENCE_S)
    for thread in threading.enumerate():
        if thread.name == "output recorder":
            thread.join(PATIENCE_S)  # it ends by itself
    assert "output recorder" not in [thread.name for thread in threading.enumerate()]
