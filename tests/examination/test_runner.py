"""Probes side by side: what hangs or raises becomes a check, and nothing waits for it."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.examination.runner import Hanging, Midway, Task, run
from probes.edge.failures import CannotTell
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom, other_check
from probes.model.facts import GatewayFacts, OtherFacts, ResolverFacts
from tests.support.clocks import SetClock
from tests.support.patience import PATIENCE_S, until

ROOT = Path(__file__).parents[2]
FOR_EVER_S = 86400.0  # what waited for it would hang


def passing(name: str) -> Check[Facts]:
    return other_check(name, Layer.SYSTEM, name, OtherFacts(), Outcome.PASS)


def task(name: str, probe: object, limit_s: float = PATIENCE_S) -> Task:
    return Task(name, Layer.SYSTEM, name, probe, limit_s)  # type: ignore[arg-type]


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What hangs, hangs on this, and ends with the test."""
    event = threading.Event()
    yield event
    event.set()


def test_checks_come_in_the_order_of_the_tasks_with_their_time() -> None:
    def slow(_: Deadline) -> Check[Facts]:
        time.sleep(0.1)
        return passing("a")

    checks = run([task("a", slow), task("b", lambda _: [passing("b1"), passing("b2")])], Deadline(PATIENCE_S))
    assert [check.id for check in checks] == ["a", "b1", "b2"]
    assert checks[0].took_ms >= 90


def test_checks_are_dated_by_the_clock_of_the_deadline() -> None:
    def raises(_: Deadline) -> Check[Facts]:
        raise RuntimeError

    clock = SetClock(1_780_000_000.25)
    clock.ahead = 3600
    checks = run([task("a", lambda _: passing("a")), task("b", raises)], Deadline(PATIENCE_S, clock))
    assert [check.observed_at for check in checks] == ["2026-05-28T21:26:40.250Z"] * 2


def test_one_that_hangs_is_unknown_and_holds_up_no_other(gate: threading.Event) -> None:
    checks = run([task("hangs", lambda _: gate.wait(), 0.3), task("works", lambda _: passing("works"))], Deadline(PATIENCE_S))
    assert [(c.id, c.outcome, c.symptom) for c in checks] == [
        ("hangs", Outcome.UNKNOWN, Symptom.HUNG),
        ("works", Outcome.PASS, None),
    ]
    assert checks[0].because


def test_the_whole_deadline_bounds_every_task(gate: threading.Event) -> None:
    checks = run([task(f"hangs-{n}", lambda _: gate.wait(), FOR_EVER_S) for n in range(5)], Deadline(0.4))
    assert {check.symptom for check in checks} == {Symptom.HUNG}


def test_one_that_still_hangs_is_not_started_again(gate: threading.Event) -> None:
    started = []
    hanging: Hanging = {}

    def hangs(_: Deadline) -> Check[Facts]:
        started.append(1)
        gate.wait()
        return passing("stuck")

    for _ in range(3):
        (check,) = run([task("stuck", hangs, 0.2)], Deadline(PATIENCE_S), hanging=hanging)
        assert check.symptom is Symptom.HUNG
    assert started == [1]
    gate.set()
    seen: list[Check[Facts]] = []

    def started_again() -> bool:
        seen[:] = run([task("stuck", lambda _: passing("stuck"))], Deadline(PATIENCE_S), hanging=hanging)
        return seen[0].symptom is not Symptom.HUNG

    until(started_again, lambda: "the probe is not started again once the hanging one has ended")
    assert seen[0].outcome is Outcome.PASS


@pytest.mark.parametrize(
    "error",
    [
        ValueError("bad\x1b[31m\nvalue"),
        ConnectionRefusedError(111, "Connection refused"),
        KeyError("x"),
        RecursionError("deep"),
        SystemExit(3),
        KeyboardInterrupt(),
        Unspeakable(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_one_that_raises_is_unknown_at_once_with_its_text_escaped(error: BaseException) -> None:
    def raises(_: Deadline) -> Check[Facts]:
        raise error

    (check,) = run([task("raises", raises, FOR_EVER_S)], Deadline(FOR_EVER_S))
    assert (check.outcome, check.symptom) == (Outcome.UNKNOWN, Symptom.CRASHED)
    assert check.because == check.facts.text
    assert type(error).__name__ in (check.because or "") and (check.because or "").isprintable()


@pytest.mark.parametrize(
    ("error", "missing"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "descriptor"),
        (OSError(errno.ENFILE, "Too many open files in system"), "descriptor"),
        (OSError(errno.ENOBUFS, "No buffer space available"), "buffer"),
        (MemoryError(), "memory"),
        (ImportError("cannot load", name="lost"), "lost"),
        (OSError(errno.EIO, "Input/output\x1b[31m error"), "EIO"),
        (CannotTell("no such thing here: do that"), "do that"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value,
)
def test_what_this_machine_lacks_is_said_and_is_no_crash(error: Exception, missing: str) -> None:
    def raises(_: Deadline) -> Check[Facts]:
        raise error

    (check,) = run([task("raises", raises)], Deadline(5))
    assert (check.outcome, check.symptom) == (Outcome.UNKNOWN, Symptom.NOT_LOOKED)
    assert missing in (check.because or "") and (check.because or "").isprintable()


@pytest.mark.parametrize(("kind", "shape"), [(Kind.GATEWAY, GatewayFacts), (Kind.RESOLVER, ResolverFacts)])
@pytest.mark.parametrize("error", [OSError(errno.EMFILE, "Too many open files"), CannotTell("no descriptor is left", errno.EMFILE)])
def test_the_number_of_the_error_stays_known(kind: Kind, shape: type[GatewayFacts | ResolverFacts], error: Exception) -> None:
    def raises(_: Deadline) -> Check[Facts]:
        raise error

    (check,) = run([Task.of(kind, "a", raises, 5)], Deadline(5))
    assert isinstance(check.facts, shape)
    assert (check.kind, check.name, check.facts.errno) == (kind, "a", errno.EMFILE)


@pytest.mark.parametrize("made", [None, 7, ["no check"], [passing("garbage"), None]], ids=repr)
def test_what_is_no_check_is_a_crash_of_that_probe_alone(made: object) -> None:
    checks = run([task("garbage", lambda _: made, FOR_EVER_S), task("works", lambda _: passing("works"))], Deadline(FOR_EVER_S))
    assert [(check.id, check.outcome) for check in checks] == [("garbage", Outcome.UNKNOWN), ("works", Outcome.PASS)]
    assert checks[0].symptom is Symptom.CRASHED and checks[0].because


def test_a_generator_that_ends_in_an_exception_is_a_crash() -> None:
    def halfway(_: Deadline) -> Iterator[Check[Facts]]:
        yield passing("first")
        raise LookupError("lost")

    (check,) = run([task("halfway", halfway)], Deadline(PATIENCE_S))
    assert (check.id, check.symptom) == ("halfway", Symptom.CRASHED)


def test_what_was_not_run_is_of_its_kind_and_knows_nothing() -> None:
    check = Task.of(Kind.GATEWAY, "a", passing, 5, target="gw.example:8583").check(Outcome.SKIP, because="link:eth0")  # type: ignore[arg-type]
    assert (check.id, check.layer, check.target, check.because) == ("gateway:a", Layer.GATEWAY, "gw.example:8583", "link:eth0")
    assert check.facts == GatewayFacts()


def test_progress_names_what_is_started(gate: threading.Event) -> None:
    told: list[str] = []
    run([task("a", lambda _: passing("a")), task("b", lambda _: gate.wait(), 0.1)], Deadline(PATIENCE_S), told.append)
    assert told == ["a", "b"]


def test_what_slow_ones_call_for_runs_beside_them(gate: threading.Event) -> None:
    def slow(deadline: Deadline) -> Check[Facts]:
        assert gate.wait(deadline.remaining()), "the sample did not run beside"
        return passing("slow")

    def sample(_: Deadline) -> Check[Facts]:
        gate.set()
        return passing("sample")

    asked: list[list[str]] = []

    def wanted(seen: Sequence[Check[Facts]]) -> list[Task]:
        asked.append([check.id for check in seen])
        return [task("sample", sample)] if seen else []

    checks = run([task("slow", slow), task("quick", lambda _: passing("quick"))], Deadline(PATIENCE_S), midway=Midway(0.05, wanted))
    assert [(check.id, check.outcome) for check in checks] == [(i, Outcome.PASS) for i in ("slow", "quick", "sample")]
    assert asked[-1] == ["quick"]


def test_what_comes_while_nobody_waits_is_asked_about_too(gate: threading.Event) -> None:
    may_end = threading.Event()

    def slow(deadline: Deadline) -> Check[Facts]:
        assert gate.wait(deadline.remaining()), "the sample did not run beside"
        return passing("slow")

    def second(_: Deadline) -> Check[Facts]:
        may_end.wait(PATIENCE_S)
        return passing("second")

    def sample(_: Deadline) -> Check[Facts]:
        gate.set()
        return passing("sample")

    def wanted(seen: Sequence[Check[Facts]]) -> list[Task]:
        """The second one ends while this is being thought about."""
        if len(seen) == 1:
            may_end.set()
            until(lambda: all(thread.name != "second" for thread in threading.enumerate()))
        return [task("sample", sample)] if len(seen) == 2 else []

    checks = run(
        [task("slow", slow), task("second", second), task("first", lambda _: passing("first"))],
        Deadline(PATIENCE_S),
        midway=Midway(0, wanted),
    )
    assert [check.id for check in checks if check.outcome is Outcome.PASS] == ["slow", "second", "first", "sample"]


def test_nothing_is_asked_midway_where_all_end_soon() -> None:
    def never(_: Sequence[Check[Facts]]) -> list[Task]:
        raise AssertionError("asked")

    assert len(run([task("quick", lambda _: passing("quick"))], Deadline(PATIENCE_S), midway=Midway(FOR_EVER_S, never))) == 1


def test_where_the_system_gives_no_more_threads_every_task_still_has_its_check() -> None:
    """In a process of its own, whose address space has no room for the stacks."""
    program = """
import resource, threading
from agent.examination.runner import Task, run
from probes.ground.deadline import Deadline
from probes.model import Layer

def probe(_):
    raise AssertionError("it ran")

threading.stack_size(1 << 30)
resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
for check in run([Task(name, Layer.SYSTEM, name, probe, 20) for name in "ab"], Deadline(20)):
    print(check.id, check.outcome, check.symptom, "thread" in check.because)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=ROOT)
    assert (done.stdout.split("\n"), done.stderr) == (["a unknown not_looked True", "b unknown not_looked True", ""], "")
