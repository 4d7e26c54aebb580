"""What differs from the scan before, as SQL: terminals that are new, changed, silent or gone, and incidents that are over.

Only rows that may differ are handed to the engine; of the rest it reads what the file of the scan before says.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from agent.fleet.model.attributes import ATTRIBUTES
from agent.fleet.model.table import STATES, Table
from agent.fleet.store.columns import columns_of, texts
from agent.fleet.store.duck import Connection, quoted
from agent.fleet.store.schema import INCIDENT, TELLING, TERMINAL, definition

# none where the terminal's clock was set back: then all that it tells is taken again, and equal ones are one to whoever reads
_CLOSED = "CASE WHEN earlier.closed_until <= given.generated THEN earlier.closed_until END"
_NAMES = tuple(field.name for field in TERMINAL)
_REST = ", ".join(f"old.{name}" for name in _NAMES if name not in ("noted", "silent", "gone"))
_UNTOUCHED = "old.id NOT IN (SELECT id FROM fresh)"
_THERE = "old.id IN (SELECT id FROM there)"
_SILENT = "old.id IN (SELECT id FROM quiet)"
# every terminal as it is now
NOW = (
    f"SELECT {', '.join(_NAMES)} FROM fresh UNION ALL BY NAME "
    f"SELECT old.noted, {_SILENT} AS silent, false AS gone, {_REST} FROM old WHERE {_UNTOUCHED} AND {_THERE}"
)


def before(database: Connection, latest: Path | None) -> None:
    """The view `old`: what the scan before knew; nothing where there is none. A column that its version did not know is NULL."""
    if latest is None:
        database.execute(f"CREATE TABLE old ({definition(TERMINAL)})")
        return
    all_of_them = ", ".join(f"NULL::{field.type} AS {field.name}" for field in TERMINAL)
    database.execute(f"CREATE VIEW old AS SELECT {all_of_them} WHERE false UNION ALL BY NAME FROM read_parquet({quoted(str(latest))})")


def given(database: Connection, table: Table, touched: Sequence[int] | None, silent: bytes | bytearray, noted: int) -> None:
    """Views of what this scan found: `given`, the rows that may differ, `there`, the ids of all, `quiet`, those of silent ones; and the
    table `earlier`, what was known of the rows of `given`."""
    database.register("there", {"id": texts(table.ids)})
    columns = columns_of(table, touched, noted=noted)
    database.register("given", columns)
    if (
        touched is not None
        and database.execute("SELECT 1 FROM there ANTI JOIN old USING (id) ANTI JOIN given USING (id) LIMIT 1").fetchall()
    ):
        columns = columns_of(table, None, noted=noted)  # the file of the scan before is another's than the one that `touched` counts from
        database.register("given", columns)
    database.register("quiet", {"id": texts([name for name, quiet in zip(table.ids, silent, strict=False) if quiet])})
    kept = ", ".join(f"old.{name}" for name in ("id", *TELLING, "closed_until"))
    database.execute(f"CREATE TABLE earlier AS SELECT {kept} FROM old WHERE id IN (SELECT id FROM given)")


def over(database: Connection, table: Table) -> int:
    """The tables `over`: incidents that ended after the last one that was noted of the terminal, and `fresh`: the rows of `given`, whole. A
    summary repeats its last incidents, and may leave them out where it has no room. One that ended later than the terminal says it is now
    has times of a clock that was wrong."""
    told = [(table.ids[number], each) for number, closed in table.closed.items() for each in closed]
    attributes = ", ".join(f"given.{name}" for name in ATTRIBUTES)
    database.execute(f"CREATE TABLE over ({definition(INCIDENT)})")
    if told:
        database.register(
            "told",
            {
                "id": texts([name for name, _ in told]),
                "cause": texts([each.cause for _, each in told]),
                "subject": texts([each.subject for _, each in told]),
                "step": texts([each.step for _, each in told]),
                "began": np.array([each.began for _, each in told], np.int64),
                "seconds": np.array([each.seconds for _, each in told], np.int64),
            },
        )
        database.execute(
            f"INSERT INTO over BY NAME SELECT DISTINCT given.noted, told.*, {attributes} FROM told JOIN given ON told.id = given.id "
            f"LEFT JOIN earlier ON told.id = earlier.id WHERE told.began + told.seconds > coalesce({_CLOSED}, -1) "
            "AND told.began + told.seconds <= given.generated"
        )
    _fresh(database)
    return _count(database, "over")


def _fresh(database: Connection) -> None:
    seconds = ", ".join(f"nullif(given.seconds_{state}, -1) AS seconds_{state}" for state in STATES)
    maps = {field.name: field.type for field in TERMINAL if field.type.startswith("MAP")}
    parsed = ", ".join(f"""from_json(nullif(given.{name}, ''), '"{kind}"') AS {name}""" for name, kind in maps.items())
    made = {"silent", "gone", "closed_until", *maps, *(f"seconds_{state}" for state in STATES)}
    plain = ", ".join(f"given.{name}" for name in _NAMES if name not in made)
    database.execute(
        f"CREATE TABLE fresh AS SELECT {plain}, {seconds}, {parsed}, given.id IN (SELECT id FROM quiet) AS silent, "
        f"false AS gone, coalesce(last.ended, {_CLOSED}) AS closed_until FROM given LEFT JOIN earlier ON given.id = earlier.id "
        "LEFT JOIN (SELECT id, max(began + seconds) AS ended FROM over GROUP BY id) AS last ON given.id = last.id"
    )


def changes(database: Connection, noted: int) -> int:
    """The table `changed`: terminals that are new, differ, fell silent or were heard again, or left."""
    # a text that the version before did not write is NULL, and no change; labels are NULL where there are none
    differs = " OR ".join(f"fresh.{name} <> earlier.{name}" for name in TELLING if name != "labels")
    differs += " OR fresh.labels IS DISTINCT FROM earlier.labels"
    database.execute(f"CREATE TABLE changed ({definition(TERMINAL)})")
    database.execute(
        "INSERT INTO changed BY NAME SELECT fresh.* FROM fresh LEFT JOIN earlier ON fresh.id = earlier.id "
        f"WHERE earlier.id IS NULL OR {differs}"
    )
    database.execute(
        f"INSERT INTO changed BY NAME SELECT ?::BIGINT AS noted, {_SILENT} AS silent, NOT {_THERE} AS gone, {_REST} FROM old "
        f"WHERE {_UNTOUCHED} AND (NOT {_THERE} OR old.silent <> {_SILENT})",
        [noted],
    )
    return _count(database, "changed")


def _count(database: Connection, name: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])
