"""The record of messages in memory, with a copy that outlives it: the limit holds whatever is lost."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.messages import record
from agent.messages.limit import CHECK_EXTRA, EARLIEST_S
from agent.messages.limiter import SendLimiter
from probes.edge.acquirer.send_permit import LastAnswer
from probes.model import Outcome
from probes.model.facts import AnswerFacts
from tests.support.clocks import SetClock
from tests.support.send_limits import gateway

INTERVALS = {"often": 60.0, "rarely": 900.0}
Step = Literal["daemon", "check", "wipe", "reboot", "full", "moved"]


class BootedClock(SetClock):
    """The machine has run for 5000 s, or since `boot`."""

    def __init__(self) -> None:
        super().__init__(EARLIEST_S + 1e6)
        self._booted = self.now - 5000

    def boot(self) -> None:
        self._booted = self.now - 1

    def running(self) -> float:
        return self.now - self._booted


class Terminal:
    """A terminal whose status lies in memory, on a clock of its own."""

    def __init__(self, base: Path) -> None:
        self.state, self.memory = base / "state", base / "run"
        self.state.mkdir()
        self.memory.mkdir()
        self.in_memory = True
        self.clock, self.boots = BootedClock(), 1

    def take(self, name: str, *, by_check: bool = False, stranger: bool = False) -> str:
        """`stranger`: a user who may write the state directory, and not the one in memory."""
        state = self.state

        class Here(SendLimiter):
            def folders(self) -> Iterator[Path]:
                return iter([state]) if stranger else super().folders()

        memory_dir = str(self.memory if self.in_memory else state)
        turns = Here(str(state), f"boot-{self.boots}", 5, self.clock, by_check=by_check, memory_dir=memory_dir)
        mine = turns.of(gateway(name=name, app_interval_s=INTERVALS.get(name, 300.0)))
        why = mine.take(None)
        if not why:
            mine.answered(LastAnswer(outcome=Outcome.PASS, facts=AnswerFacts(response_code="00")))
        return why

    def wipe(self) -> None:
        for each in self.memory.iterdir():
            each.rmdir() if each.is_dir() else each.unlink()

    def reboot(self) -> None:
        self.wipe()
        self.boots += 1
        self.clock.boot()


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def twice(terminal: Terminal) -> None:
    """The second message is not in the copy."""
    assert terminal.take("a") == ""
    terminal.clock.now += 310
    assert terminal.take("a") == ""
    terminal.clock.now += 1


def test_after_a_restart_of_the_machine_each_gateway_keeps_its_own_interval(terminal: Terminal) -> None:
    assert [terminal.take("often"), terminal.take("rarely")] == ["", ""]
    terminal.clock.now += 100
    terminal.reboot()
    terminal.clock.now += 61
    assert terminal.take("often") == ""
    terminal.clock.now += 1
    assert terminal.take("rarely") != "", "the copy is written anew for the first, and keeps what it knows of the second"
    terminal.reboot()
    terminal.clock.now += 100
    assert terminal.take("rarely") != ""


def test_where_memory_alone_is_wiped_one_may_have_been_sent_since_the_copy_but_not_for_ever(terminal: Terminal) -> None:
    twice(terminal)
    terminal.wipe()
    assert terminal.take("a") != ""
    terminal.clock.now += 299
    assert terminal.take("a") != ""
    terminal.clock.now += 1
    assert terminal.take("a") == ""


def test_where_memory_is_wiped_after_a_restart_of_the_machine_what_was_sent_since_counts(terminal: Terminal) -> None:
    assert terminal.take("a") == ""
    terminal.reboot()
    terminal.clock.now += 301
    assert terminal.take("a") == ""
    terminal.wipe()
    terminal.clock.now += 10
    assert terminal.take("a") != ""


def test_what_may_have_been_sent_is_dated_once_also_where_memory_is_full(terminal: Terminal) -> None:
    assert terminal.take("a") == ""
    terminal.wipe()
    (terminal.memory / record.FILE).mkdir()
    assert terminal.take("a") != ""
    terminal.clock.now += 300
    assert terminal.take("a") == "", "what lies there cannot be believed, and is dated once"


def test_where_the_status_no_longer_lies_in_memory_the_copy_is_still_no_more_than_one(terminal: Terminal) -> None:
    twice(terminal)
    terminal.in_memory = False
    assert terminal.take("a") != ""
    terminal.clock.now += 300
    assert terminal.take("a") == ""


def test_what_memory_took_over_from_the_state_directory_is_a_copy_there(terminal: Terminal) -> None:
    terminal.in_memory = False
    assert terminal.take("a") == ""
    terminal.clock.now += 310
    terminal.in_memory = True
    twice(terminal)
    terminal.reboot()
    terminal.clock.now += 10
    assert terminal.take("a") != ""


def test_what_was_sent_while_the_status_did_not_lie_in_memory_counts_there(terminal: Terminal) -> None:
    assert [terminal.take("often"), terminal.take("rarely")] == ["", ""]
    terminal.in_memory = False
    terminal.clock.now += 5000
    assert [terminal.take("often"), terminal.take("rarely")] == ["", ""]
    terminal.in_memory = True
    terminal.clock.now += 61
    assert terminal.take("often") == ""
    assert terminal.take("rarely") != "", "the copy of the first one's message keeps what it knows of the second"


def test_memory_that_is_full_leaves_the_record_to_the_state_directory(terminal: Terminal) -> None:
    (terminal.memory / record.FILE).mkdir()  # in its place nothing can be written
    assert terminal.take("a") != "", "nor can it be told what was there"
    terminal.clock.now += 300
    assert terminal.take("a") == ""
    assert [sent.by for sent in record.load(terminal.state).gateways["a"].sent] == ["unknown", "daemon"]
    assert terminal.take("a") != ""
    terminal.wipe()
    assert terminal.take("a") != ""


def test_a_copy_stays_one_when_another_user_adds_to_it(terminal: Terminal) -> None:
    twice(terminal)
    assert terminal.take("a", by_check=True, stranger=True) == ""
    terminal.clock.now += 290
    terminal.reboot()
    terminal.clock.now += 20
    assert terminal.take("a") != ""


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["daemon"] * 4 + ["check", "wipe", "reboot", "full", "moved"]),
            st.sampled_from([1.0, 30.0, 61.0, 400.0, 901.0, 3601.0]),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_whatever_is_lost_no_interval_has_more_than_it_may(steps: list[tuple[Step, float]]) -> None:
    """Every message passed, so none may be repeated. Nor does what may have been lost stand in the way for ever."""
    with tempfile.TemporaryDirectory() as base:
        terminal = Terminal(Path(base))
        went: dict[str, list[tuple[float, Step]]] = {name: [] for name in INTERVALS}
        for step, pause_s in steps:
            terminal.clock.now += pause_s
            if step == "full":
                terminal.wipe()
                (terminal.memory / record.FILE).mkdir()
            elif step == "moved":
                terminal.in_memory = not terminal.in_memory
            elif step in ("wipe", "reboot"):
                terminal.wipe() if step == "wipe" else terminal.reboot()
            else:
                for name, sent in went.items():
                    if terminal.take(name, by_check=step == "check") == "":
                        sent.append((terminal.clock.now, step))
        for name, sent in went.items():
            for start, _ in sent:
                within = [by for moment, by in sent if start <= moment < start + INTERVALS[name]]
                assert within.count("daemon") <= 1
                assert len(within) <= CHECK_EXTRA + 1
            if terminal.take(name) != "":
                terminal.clock.now += INTERVALS[name]
                assert terminal.take(name) == ""
