"""The columns of the files, and what they mean: written into docs/fleet.md word for word, so that any engine can be asked.

`posdiag.store/1`: columns may be added, none is renamed or dropped. Times are seconds since the epoch. A text that is not known is empty,
a number that is not known is NULL.
"""

from __future__ import annotations

from msgspec import Struct

from agent.fleet.model.attributes import ATTRIBUTES
from agent.fleet.model.table import STATES

SCHEMA = "posdiag.store/1"


class Field(Struct, frozen=True):
    """A column: its name, its type as SQL has it, and its meaning."""

    name: str
    type: str
    means: str


_TEXT, _COUNT, _SMALL, _FLAG = "VARCHAR", "BIGINT", "TINYINT", "BOOLEAN"

# of a terminal: `latest.parquet`, `snapshot/`, `changes/`
TERMINAL: tuple[Field, ...] = (
    Field("noted", _COUNT, "when the scan was that noted it"),
    Field("id", _TEXT, "the terminal"),
    Field("serial_number", _TEXT, "of the machine"),
    Field("machine_id", _TEXT, "of its system"),
    Field("boot_id", _TEXT, "of its last start"),
    Field("sequence", _COUNT, "the number of its document"),
    Field("generated", _COUNT, "when it wrote that, by its own clock"),
    Field("valid_until", _COUNT, "until when that was to be read, by its own clock"),
    Field("received", _COUNT, "when that came in"),
    Field("since", _COUNT, "since when its state lasts, by its own clock"),
    Field("state", _SMALL, "0 ok, 1 degraded, 2 outage, 3 unknown"),
    Field("can_pay", _SMALL, "1 yes, 0 no, -1 unknown"),
    Field("stopped", _FLAG, "its agent was stopped in order"),
    Field("silent", _FLAG, "nothing was heard of it for longer than was due"),
    Field("gone", _FLAG, "it is no part of the fleet any more (of changes alone)"),
    Field("cause", _TEXT, "the first that is no notice"),
    Field("subject", _TEXT, "of that"),
    Field("causes", _TEXT, "all of them, notices too, with a space between"),
    *(Field(name, _TEXT, "attribute") for name in ATTRIBUTES),
    Field("labels", "MAP(VARCHAR, VARCHAR)", "labels that are no attribute"),
    *(Field(f"seconds_{state}", _COUNT, f"in which it was {state}, counted by itself since it keeps a record") for state in STATES),
    Field("incidents", "MAP(VARCHAR, BIGINT)", "by cause, counted by itself since it keeps a record"),
    Field("closed_until", _COUNT, "the end of its last incident in incidents/"),
)
# of an incident that is over: `incidents/`
INCIDENT: tuple[Field, ...] = (
    Field("noted", _COUNT, "when the scan was that noted it"),
    Field("id", _TEXT, "the terminal"),
    Field("cause", _TEXT, "of the incident"),
    Field("subject", _TEXT, "of that"),
    Field("began", _COUNT, "by the terminal's clock"),
    Field("seconds", _COUNT, "how long it took"),
    Field("step", _TEXT, "what ended it, as the catalogue calls it"),
    *(Field(name, _TEXT, "attribute of the terminal, when it was noted") for name in ATTRIBUTES),
)
# a change is what differs in one of these: times, numbers and counters alone do not make one
TELLING = (
    *("serial_number", "machine_id", "state", "can_pay", "stopped", "silent", "cause", "subject", "causes", "labels"),
    *ATTRIBUTES,
)


def definition(fields: tuple[Field, ...]) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in fields)
