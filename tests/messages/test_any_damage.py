"""In no order of boots, clocks that are set, damage and questions is an acquirer asked more often than it allows. And asked it is."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.messages import record
from agent.messages.limit import CHECK_EXTRA, EARLIEST_S
from agent.messages.limiter import SendLimiter
from probes.edge.acquirer.send_permit import LastAnswer
from probes.ground.clock import Clock
from probes.model import Outcome
from probes.model.facts import AnswerFacts
from tests.support.send_limits import gateway

INTERVAL_S = 300.0
START_S = 12.0  # from the start of the machine until something runs
By = Literal["daemon", "check"]


class Machine(Clock):
    """`true_s` is the time that nobody here knows. A wall clock that anybody sets, a running one that begins at each start."""

    def __init__(self, base: Path, *, in_memory: bool) -> None:
        self.state, self.memory, self.in_memory = base / "state", base / "run", in_memory
        self.state.mkdir()
        self.memory.mkdir()
        self.true_s, self.ahead_s, self.booted_s, self.boots = 0.0, EARLIEST_S + 1e6, -5000.0, 1
        self.sent: list[tuple[float, By]] = []

    def wall(self) -> float:
        return self.true_s + self.ahead_s

    def running(self) -> float:
        return self.true_s - self.booted_s

    monotonic = running

    def boot(self, off_s: float, clock_by_s: float) -> None:
        self.true_s += off_s + START_S
        self.booted_s, self.boots = self.true_s - START_S, self.boots + 1
        self.ahead_s += clock_by_s
        for each in self.memory.iterdir():
            each.unlink()

    def ask(self, by: By, outcome: Outcome = Outcome.PASS) -> str:
        memory_dir = str(self.memory) if self.in_memory else ""
        turns = SendLimiter(str(self.state), f"boot-{self.boots}", 5, self, by_check=by == "check", memory_dir=memory_dir)
        mine = turns.of(gateway(app_interval_s=INTERVAL_S))
        why = mine.take(None)
        if not why:
            self.sent.append((self.true_s, by))
            mine.answered(LastAnswer(outcome=outcome, facts=AnswerFacts(response_code="00")))
        return why

    @property
    def files(self) -> list[Path]:
        return [path for path in (self.state / record.FILE, self.memory / record.FILE) if path.is_file() and not path.is_symlink()]


def cut(path: Path, where: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * where)])


def flip(path: Path, where: float) -> None:
    content = bytearray(path.read_bytes())
    if content:
        bit = int(where * (len(content) * 8 - 1))
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)


def fill(path: Path, where: float) -> None:
    """A block of zeros, as a power cut leaves them."""
    content = path.read_bytes()
    begins = int(len(content) * where)
    path.write_bytes(content[:begins] + bytes(len(content) - begins))


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGE: dict[str, Callable[[Path, float], object]] = {
    "cut": cut,
    "flip": flip,
    "fill": fill,
    "writable": lambda path, _: path.chmod(0o666),
    "pipe": lambda path, _: pipe(path),
    "removed": lambda path, _: path.unlink() if path.parent.joinpath(record.LOCK).exists() else None,
}
TIMES = st.sampled_from([0.0, 1.0, 5.0, 30.0, 80.0, 150.0, 299.0, 301.0, 1000.0])
CLOCKS = st.sampled_from([0.0, -20.0, -400.0, 400.0, 86400.0, -86400.0, -1.7e9, 1e9])
STEPS = st.one_of(
    st.tuples(st.just("daemon"), TIMES, st.sampled_from([0.0, 1.0])),
    st.tuples(st.just("daemon"), TIMES, st.sampled_from([0.0, 1.0])),
    st.tuples(st.just("check"), TIMES, st.just(0.0)),
    st.tuples(st.just("boot"), TIMES, CLOCKS),
    st.tuples(st.just("clock"), TIMES, CLOCKS),
    *(st.tuples(st.just(name), TIMES, st.floats(0, 1)) for name in DAMAGE),
)


@pytest.mark.parametrize("in_memory", [False, True])
@settings(max_examples=250, deadline=None)
@given(steps=st.lists(STEPS, min_size=2, max_size=30))
def test_no_interval_has_more_than_it_may(in_memory: bool, steps: list[tuple[str, float, float]]) -> None:
    with tempfile.TemporaryDirectory() as base:
        machine = Machine(Path(base), in_memory=in_memory)
        for step, pause_s, how in steps:
            machine.true_s += pause_s
            if step == "boot":
                machine.boot(pause_s, how)
            elif step == "clock":
                machine.ahead_s += how
            elif step == "daemon":
                machine.ask("daemon", Outcome.FAIL if how else Outcome.PASS)
            elif step == "check":
                machine.ask("check")
            else:
                for path in machine.files:
                    DAMAGE[step](path, how)
        for start, _ in machine.sent:
            within = [by for moment, by in machine.sent if start <= moment < start + INTERVAL_S]
            assert within.count("daemon") <= 2, "one, and a first failure once more, or one on the word of the wall clock"
            assert len(within) <= CHECK_EXTRA + 2
        machine.true_s += INTERVAL_S
        if machine.ask("daemon"):
            machine.true_s += INTERVAL_S
            assert machine.ask("daemon") == "", "nothing stands in the way for ever"


@pytest.mark.parametrize("in_memory", [False, True])
@pytest.mark.parametrize("clock_by_s", [-3600.0, -86400.0, 0.0], ids=["an hour back", "a day back", "true"])
def test_a_terminal_that_starts_again_and_again_sends_one_message(tmp_path: Path, in_memory: bool, clock_by_s: float) -> None:
    machine = Machine(tmp_path, in_memory=in_memory)
    for _ in range(10):
        machine.ask("daemon")
        machine.true_s += 10
        machine.boot(5, clock_by_s)
    assert len(machine.sent) == 1


@pytest.mark.parametrize("in_memory", [False, True])
def test_a_clock_without_a_battery_that_the_network_puts_right_each_time_is_not_believed(tmp_path: Path, in_memory: bool) -> None:
    machine = Machine(tmp_path, in_memory=in_memory)
    right = machine.ahead_s
    for _ in range(10):
        machine.ahead_s = -machine.true_s  # 1970
        machine.ask("daemon")
        machine.true_s += 10
        machine.ahead_s = right
        machine.ask("daemon")
        machine.boot(5, 0.0)
    assert len(machine.sent) == 1


@pytest.mark.parametrize("in_memory", [False, True])
def test_clocks_that_start_later_each_time_are_believed_once(tmp_path: Path, in_memory: bool) -> None:
    machine = Machine(tmp_path, in_memory=in_memory)
    for _ in range(10):
        machine.ask("daemon")
        machine.true_s += 10
        machine.boot(5, 86400.0)
    assert len(machine.sent) == 2


@pytest.mark.parametrize("in_memory", [False, True])
def test_the_first_look_of_a_morning_asks_at_once(tmp_path: Path, in_memory: bool) -> None:
    machine = Machine(tmp_path, in_memory=in_memory)
    for _ in range(3):
        for _ in range(15):
            before = len(machine.sent)
            assert machine.ask("daemon") == ""
            assert len(machine.sent) == before + 1
            machine.true_s += 310
        machine.boot(12 * 3600, 0.0)


def test_a_terminal_that_never_runs_for_an_interval_asks_all_the_same(tmp_path: Path) -> None:
    machine = Machine(tmp_path, in_memory=False)
    for _ in range(20):
        for _ in range(4):
            machine.ask("daemon")
            machine.true_s += 60
        machine.boot(5, -86400.0)
    assert 5 <= len(machine.sent) <= 20 * 4 * 60 / INTERVAL_S


@pytest.mark.parametrize("in_memory", [False, True])
def test_where_nothing_is_on_record_one_may_have_been_sent_before_this_start(tmp_path: Path, in_memory: bool) -> None:
    """A terminal that keeps nothing over a start, and starts again and again."""
    machine = Machine(tmp_path, in_memory=in_memory)
    machine.ask("daemon")
    for _ in range(5):
        machine.boot(5, 0.0)
        for path in machine.state.iterdir():
            path.unlink()
        assert "before this start of the machine" in machine.ask("daemon")
        machine.true_s += 30
    assert len(machine.sent) == 1
