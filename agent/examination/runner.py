"""Runs probes side by side under one deadline: none holds up another, and none can take the agent down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from probes.deadline import Deadline
from probes.edge.text import escape
from probes.model import Check, Layer, Outcome, Symptom

Probe = Callable[[Deadline], Check | Iterable[Check]]
Progress = Callable[[str], None]


class Task(Struct, frozen=True):
    """One probe to run. `id` names it, and is the id of its check where it makes only one. `limit_s` bounds it."""

    id: str
    layer: Layer
    target: str
    probe: Probe
    limit_s: float = 15.0


_hanging: dict[str, threading.Thread] = {}


def run(tasks: Sequence[Task], deadline: Deadline, progress: Progress | None = None) -> list[Check]:
    """The checks of all tasks in their order. A probe that hung in an earlier run and still does is not started again."""
    results: dict[str, list[Check]] = {}
    done = threading.Condition()
    waiting: set[str] = set()
    began = time.monotonic()

    def work(task: Task) -> None:
        checks = _one(task, deadline)
        with done:
            results[task.id] = checks
            waiting.discard(task.id)
            done.notify()

    for task in tasks:
        earlier = _hanging.get(task.id)
        if earlier is not None and earlier.is_alive():
            results[task.id] = [_stamp(_hung(task, "still running since an earlier examination"), 0.0)]
            continue
        if progress:
            progress(task.id)
        thread = threading.Thread(target=work, args=(task,), name=task.id, daemon=True)
        with done:
            waiting.add(task.id)
        try:
            thread.start()
        except (RuntimeError, MemoryError) as error:  # the system gives no more threads
            with done:
                waiting.discard(task.id)
                results[task.id] = [_stamp(_crashed(task, error), 0.0)]
            continue
        _hanging[task.id] = thread
    ends = {task.id: time.monotonic() + min(task.limit_s, deadline.remaining()) for task in tasks}
    with done:
        while overdue := [ends[task_id] for task_id in waiting if ends[task_id] > time.monotonic()]:
            done.wait(min(overdue) - time.monotonic())
        late = [task for task in tasks if task.id in waiting]
        collected = dict(results)
    for task in late:
        collected[task.id] = [_stamp(_hung(task, "no result before its deadline"), (time.monotonic() - began) * 1000)]
    for task_id in collected:
        if task_id in _hanging and not _hanging[task_id].is_alive():
            del _hanging[task_id]
    return [check for task in tasks for check in collected[task.id]]


def _one(task: Task, deadline: Deadline) -> list[Check]:
    began = time.monotonic()
    try:
        checks = _checks_of(task.probe(deadline.within(task.limit_s)))
    except BaseException as error:  # noqa: BLE001 - the one place where anything may come, an exit too: it becomes a check
        checks = [_crashed(task, error)]
    return [_stamp(check, (time.monotonic() - began) * 1000) for check in checks]


def _checks_of(made: object) -> list[Check]:
    """Raises TypeError for what is neither a check nor a series of them."""
    checks: list[Check] = []
    for check in made if isinstance(made, Iterable) else [made]:
        if not isinstance(check, Check):
            raise TypeError(f"the probe gave {type(check).__name__} where a check belongs")
        checks.append(check)
    return checks


def stamp(checks: Iterable[Check], took_ms: float) -> list[Check]:
    """Checks that came about without a task, with their time."""
    return [_stamp(check, took_ms) for check in checks]


def _stamp(check: Check, took_ms: float) -> Check:
    return replace(check, took_ms=round(took_ms, 2), observed_at=now())


def _hung(task: Task, text: str) -> Check:
    return _untold(task, Symptom.HUNG, text)


def _crashed(task: Task, error: BaseException) -> Check:
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 - an error that cannot even be put into words
        said = ""
    name = type(error).__name__
    return _untold(task, Symptom.CRASHED, escape(f"{name}: {said}" if said else name))


def _untold(task: Task, symptom: Symptom, text: str) -> Check:
    return Check(
        id=task.id, layer=task.layer, target=task.target, outcome=Outcome.UNKNOWN, symptom=symptom, because=text, facts={"text": text}
    )


def now() -> str:
    """This moment as the status document writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
