"""Reading what was kept, without the files that are damaged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from agent.fleet.store.duck import Connection, EngineError, file_list
from agent.fleet.store.files import sieved
from agent.fleet.store.schema import Field

Result = TypeVar("Result")


def rows_of(files: Sequence[Path], fields: Sequence[Field], *, days: bool = False) -> str:
    """Their rows, as what stands behind FROM; a column that an older version did not write is NULL. With `days`, a column more:
    `day`, of the file."""
    day = "NULL::DATE AS day, " if days else ""
    nothing = f"SELECT {day}{', '.join(f'NULL::{field.type} AS {field.name}' for field in fields)} WHERE false"
    if not files:
        return f"({nothing})"
    hive = "hive_partitioning = true, hive_types = {'day': DATE}" if days else "hive_partitioning = false"
    return f"({nothing} UNION ALL BY NAME FROM read_parquet({file_list(files)}, union_by_name = true, {hive}))"


def guarded(database: Connection, files: Sequence[Path], read: Callable[[Sequence[Path]], Result]) -> tuple[Result, list[Path]]:
    """What `read` makes of those files that are whole, and the damaged ones: damage in the middle shows where reading fails."""
    good, damaged = sieved(database, files)
    try:
        return read(good), damaged
    except EngineError:
        good, torn = sieved(database, good, deep=True)
        if not torn:
            raise
    return read(good), damaged + torn
