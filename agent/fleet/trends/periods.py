"""From a store to tables that can be asked: how long each terminal was watched and could take payments from one day's scan to the next, and
the cases (incidents) of it. SQL over the files: rows of terminals never come into this process.

Seconds are those that a terminal counted itself, where it sends summaries: the difference of two snapshots. A machine that took the place
of another begins anew: then what it has counted is what there is. More seconds than passed between the two are not believed. Of a terminal
that counts none they are told by the states that scans saw, as far as it was heard of: a silent one is not watched.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from agent.fleet.model.attributes import GROUPS
from agent.fleet.store.duck import Connection
from agent.fleet.store.files import CHANGES, INCIDENTS, LATEST, SNAPSHOT, files
from agent.fleet.store.read import guarded, rows_of
from agent.fleet.store.schema import INCIDENT, TERMINAL
from agent.fleet.trends.tables import OF_STATE, TABLES
from probes.ground.files import is_file


class Loaded(Struct, frozen=True):
    """`days`: that begin with a snapshot; `damaged`: files that were left out."""

    days: int
    damaged: tuple[Path, ...]


def load(database: Connection, directory: Path) -> Loaded:
    """Makes the tables `periods` (`id`, `day`, `began` and `ended`: when the scans were, `watched`, `paying`, groups) and `cases` (`id`,
    `day`, `began`, `seconds`, `cause`, `one`: the same for those that are one case, shared by many; groups)."""
    damaged: list[Path] = []
    latest = [directory / LATEST] if is_file(directory / LATEST) else []
    for table, found, columns in (
        ("snapshots", files(directory, SNAPSHOT), f"day, {OF_STATE}"),
        ("latest", latest, OF_STATE),
        ("changes", files(directory, CHANGES), OF_STATE),
        ("over", files(directory, INCIDENTS), f"DISTINCT ON (id, cause, subject, began) id, cause, began, seconds, {', '.join(GROUPS)}"),
    ):

        def hold(good: Sequence[Path], table: str = table, columns: str = columns) -> None:
            fields = INCIDENT if table == "over" else TERMINAL
            rows = rows_of(good, fields, days=table == "snapshots")
            database.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {columns} FROM {rows}")

        damaged += guarded(database, found, hold)[1]
    for name, statement in TABLES:
        database.execute(f"CREATE TEMP TABLE {name} AS {statement}")
    ((days,),) = database.execute("SELECT count(*) FROM scans WHERE until IS NOT NULL").fetchall()
    return Loaded(int(days), tuple(damaged))
