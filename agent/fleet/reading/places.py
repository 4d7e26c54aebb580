"""What lies where in the directory of `--store`. Beside them lie the Parquet files of `agent.fleet.store`."""

from __future__ import annotations

TERMINALS = "terminals.msgpack"  # every terminal as it was last heard of, and the files that this was read of (`kept`)
ANSWER = "fleet.json"  # the last answer, whole: by it faults keep their ids
ANSWERS = "answers"  # a directory: the last answer of each UTC day, YYYY-MM-DD.json: "against yesterday"
HOURS = "hours.msgpack"  # when shops are heard of, by the hour of the week
RETIRED = "retired.json"  # terminals that are gone, with the moment as of which
ACKNOWLEDGED = "acknowledged.json"  # faults that somebody took on, with note and end

LOCK = ".scan.lock"  # held by whoever reads and writes these
