"""All terminals of a fleet, column by column: 100,000 of them in some 20 MB; an attribute's values are numbers that can be counted fast."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from agent.contract.summary import ClosedIncident
from agent.fleet.model.row import Row

UNKNOWN = 0  # the code of a value that is not known
STATES = ("ok", "degraded", "outage", "unknown")  # of `seconds_by_state`, in the order of the numbers


class Column:
    """Texts that repeat, each kept once. `codes[n]`: where in `values` the n-th terminal's is; 0, an empty text, where none is known."""

    __slots__ = ("_codes_of", "codes", "values")

    def __init__(self, rows: int = 0) -> None:
        self.codes = array("i", bytes(4 * rows))
        self.values = [""]
        self._codes_of = {"": UNKNOWN}

    def append(self, value: str) -> None:
        code = self._codes_of.get(value)
        self.codes.append(self.code(value) if code is None else code)

    def put(self, row: int, value: str) -> None:
        self.codes[row] = self.code(value)

    def code(self, value: str) -> int:
        code = self._codes_of.get(value)
        if code is None:
            code = self._codes_of[value] = len(self.values)
            self.values.append(value)
        return code

    def known(self, value: str) -> int | None:
        """The code of a value; None where no terminal ever had it."""
        return self._codes_of.get(value)

    def adopt(self, values: list[str]) -> None:
        """In the place of those that there are; codes are looked up in them from here on."""
        self.values, self._codes_of = values, {value: code for code, value in enumerate(values)}

    def only(self, rows: Sequence[int]) -> Column:
        """Of these rows, with those values alone that they have."""
        made = Column()
        codes = {UNKNOWN: UNKNOWN}
        for row in rows:
            old = self.codes[row]
            new = codes.get(old)
            if new is None:
                new = codes[old] = made.code(self.values[old])
            made.codes.append(new)
        return made

    def __getitem__(self, row: int) -> str:
        return self.values[self.codes[row]]

    def __len__(self) -> int:
        return len(self.codes)


class Table:
    """Rows by number, in the order in which they were added; `number_of` finds that of an id. A row put replaces the one of its id."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.ids: list[str] = []
        self.number_of: dict[str, int] = {}
        self.serial_numbers: list[str] = []
        self.machine_ids: list[str] = []
        self.boot_ids: list[str] = []
        self.sequences = array("q")
        self.generated = array("q")
        self.valid_until = array("q")
        self.received = array("q")
        self.since = array("q")
        self.states = array("b")
        self.can_pay = array("b")
        self.stopped = array("b")
        self.causes = Column()  # the first that is no notice
        self.subjects = Column()
        self.all_causes = Column()  # every one, with spaces between them
        self.attributes: dict[str, Column] = {}
        self.seconds = tuple(array("q") for _ in STATES)  # counted by the terminal; -1 where it tells none
        self.incidents = Column()  # by cause, as an object of JSON; empty where none are told
        self.closed: dict[int, tuple[ClosedIncident, ...]] = {}  # by number, of rows put since the table was made
        for row in rows:
            self.put(row)

    def __len__(self) -> int:
        return len(self.ids)

    def put(self, row: Row) -> int:
        """Its number."""
        number = self.number_of.get(row.id)
        if number is None:
            return self._add(row)
        self.serial_numbers[number], self.machine_ids[number], self.boot_ids[number] = row.serial_number, row.machine_id, row.boot_id
        self.sequences[number], self.stopped[number] = row.sequence, row.stopped
        self.generated[number], self.valid_until[number] = row.generated, row.valid_until
        self.received[number], self.since[number] = row.received, row.since
        self.states[number], self.can_pay[number] = row.state, row.can_pay
        self.causes.put(number, row.cause)
        self.subjects.put(number, row.subject)
        self.all_causes.put(number, " ".join(row.causes))
        for state, seconds in zip(STATES, self.seconds, strict=True):
            seconds[number] = row.seconds_by_state.get(state, 0) if row.seconds_by_state else -1
        self.incidents.put(number, _text_of(row.incidents_by_cause))
        if row.closed:
            self.closed[number] = row.closed
        else:
            self.closed.pop(number, None)
        for name, column in self.attributes.items():
            column.put(number, row.attributes.get(name, ""))
        for name in row.attributes.keys() - self.attributes.keys():
            self.attributes[name] = Column(len(self))
            self.attributes[name].put(number, row.attributes[name])
        return number

    def _add(self, row: Row) -> int:
        """Its number. Nothing is laid there twice: most rows are new."""
        number = self.number_of[row.id] = len(self.ids)
        self.ids.append(row.id)
        self.serial_numbers.append(row.serial_number)
        self.machine_ids.append(row.machine_id)
        self.boot_ids.append(row.boot_id)
        self.sequences.append(row.sequence)
        self.generated.append(row.generated)
        self.valid_until.append(row.valid_until)
        self.received.append(row.received)
        self.since.append(row.since)
        self.states.append(row.state)
        self.can_pay.append(row.can_pay)
        self.stopped.append(row.stopped)
        self.causes.append(row.cause)
        self.subjects.append(row.subject)
        self.all_causes.append(" ".join(row.causes))
        for state, seconds in zip(STATES, self.seconds, strict=True):
            seconds.append(row.seconds_by_state.get(state, 0) if row.seconds_by_state else -1)
        self.incidents.append(_text_of(row.incidents_by_cause))
        if row.closed:
            self.closed[number] = row.closed
        attributes = row.attributes
        for name, column in self.attributes.items():
            column.append(attributes.get(name, ""))
        for name in attributes.keys() - self.attributes.keys():
            self.attributes[name] = Column(len(self))
            self.attributes[name].put(number, attributes[name])
        return number

    def row(self, number: int) -> Row:
        return Row(
            id=self.ids[number],
            serial_number=self.serial_numbers[number],
            machine_id=self.machine_ids[number],
            boot_id=self.boot_ids[number],
            sequence=self.sequences[number],
            generated=self.generated[number],
            valid_until=self.valid_until[number],
            received=self.received[number],
            since=self.since[number],
            state=self.states[number],
            can_pay=self.can_pay[number],
            cause=self.causes[number],
            subject=self.subjects[number],
            causes=tuple(self.all_causes[number].split()),
            attributes={name: column[number] for name, column in self.attributes.items() if column.codes[number]},
            stopped=bool(self.stopped[number]),
            seconds_by_state=self._seconds_of(number),
            incidents_by_cause=msgspec.json.decode(self.incidents[number] or b"{}", type=dict[str, int]),
            closed=self.closed.get(number, ()),
        )

    def _seconds_of(self, number: int) -> dict[str, int]:
        found = {state: seconds[number] for state, seconds in zip(STATES, self.seconds, strict=True)}
        return {} if found[STATES[0]] < 0 else found

    def only(self, rows: Sequence[int]) -> Table:
        """Another table, of these rows in this order."""
        made = Table()
        for name in ("ids", "serial_numbers", "machine_ids", "boot_ids"):
            texts = getattr(self, name)
            setattr(made, name, [texts[row] for row in rows])
        made.number_of = {name: number for number, name in enumerate(made.ids)}
        for name in ("sequences", "generated", "valid_until", "received", "since", "states", "can_pay", "stopped"):
            numbers = getattr(self, name)
            setattr(made, name, array(numbers.typecode, [numbers[row] for row in rows]))
        made.seconds = tuple(array("q", [numbers[row] for row in rows]) for numbers in self.seconds)
        for name in ("causes", "subjects", "all_causes", "incidents"):
            setattr(made, name, getattr(self, name).only(rows))
        made.attributes = {name: column.only(rows) for name, column in self.attributes.items()}
        made.closed = {number: self.closed[row] for number, row in enumerate(rows) if row in self.closed}
        return made

    def rows(self) -> Iterator[Row]:
        return map(self.row, range(len(self)))


def _text_of(incidents: dict[str, int]) -> str:
    return msgspec.json.encode(incidents, order="sorted").decode() if incidents else ""
