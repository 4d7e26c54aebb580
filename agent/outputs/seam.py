"""The seam for outputs: what the daemon gives to each, and what it asks of it.

Adding an output takes one file in this package and one line in the table of `registry.py`. The file has a class with

- `name`, as people find it in what is said of its trouble;
- `slow`: true for whatever may take long or hang (a disk, a pipe, a network): it is then called in a thread, which is there only while
  there is something to deliver. False for what never waits for anything: it is called at once, in the thread of the cycle;
- one or more of `document` (the status document; of those that wait, only the newest), `change` (each confirmed change, in
  order) and `health` (how the daemon fares, every few seconds; of those that wait, only the newest);
- `due` and `work`, where it has times of its own: `due` is asked every few seconds in the daemon's main thread, must not wait, and says
  whether there is something to do; `work` then does it where a document would be delivered;
- `beside = True`, where confirmed changes of terminals that are looked at from this machine are to be told to `change` too; their
  documents say so in `vantage`; and `document_beside`, where each one's newest document is to be told as well;
- `stopping`, where the end of the daemon is to be told: it is called once, in the daemon's main thread, and must not wait;

and a function that makes it from the settings, or makes none or several:

    def make(settings: Settings, context: Context) -> Sequence[Output]: ...

What it raises or how long it hangs costs nobody else anything; `delivery.py` sees to that. An output is never called twice at a time.

- It returns: delivered.
- It raises an OSError (so do `socket` and `requests`): not delivered; that is said once, and it is tried again with the next document.
  Of documents only the newest is kept, of changes the last `delivery.MOST_CHANGES`; changes that had to go are counted, and that is said.
- It raises `Undelivered`: the same, but the output has said itself what is wrong (as by `Context.files`).
- It raises anything else: a fault of the output on this very document or change, which is given up; that is said.
- It hangs: the others go on. That is said after `delivery.HANGS_AFTER_S`. At the end of the process all are waited for together,
  for a second.

The status file is an output too, but no line of the table, because the daemon goes on from it: from the last document when it starts,
from the sequence of what was delivered, and it counts as started once a status was delivered (`status_file.py`).
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from msgspec import Struct

from agent.contract.document import Status
from agent.outputs.change import Change
from agent.outputs.error_stream import ErrorStream
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.line import Line
from agent.outputs.notifier import Notifier
from probes.ground.clock import Clock


class Undelivered(Exception):
    """Not delivered for now, and the output has said why."""


class Health(Struct, frozen=True, kw_only=True):
    """How the daemon fares. `completing`: the last examination came to its end, and the next one is not overdue.

    `delivered`: since this start a status was written. `text`: one line for people, the verdict and what is wrong.
    """

    completing: bool
    delivered: bool
    text: str


class Output(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def slow(self) -> bool: ...


@runtime_checkable
class DocumentOutput(Output, Protocol):
    def document(self, status: Status) -> None: ...


@runtime_checkable
class ChangeOutput(Output, Protocol):
    def change(self, change: Change) -> None: ...


@runtime_checkable
class HealthOutput(Output, Protocol):
    def health(self, health: Health) -> None: ...


@runtime_checkable
class StoppingOutput(Output, Protocol):
    def stopping(self) -> None: ...


@runtime_checkable
class TimedOutput(Output, Protocol):
    def due(self) -> bool: ...

    def work(self) -> None: ...


class Context(Struct, frozen=True, kw_only=True):
    """What an output may use besides the settings: files whose trouble is said, standard error, the clock, whoever says each trouble once,
    and the way out with what it costs. `once`: there will be one document alone."""

    files: FileTroubles
    errors: ErrorStream
    clock: Clock
    notifier: Notifier
    line: Line
    once: bool = False
