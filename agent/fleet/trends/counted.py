"""What is asked of the tables: by day and group, how long terminals were watched, could take payments, and what befell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from agent.fleet.model.attributes import GROUPS
from agent.fleet.store.duck import Connection

PERCENTILES = 100
ALL = "all"  # the one group, where none are asked for


class Day(Struct, frozen=True):
    """Of a group. Seconds; `cases`: what many shared is one; `incidents`: each terminal's."""

    day: date
    terminals: int
    watched_s: int
    paying_s: int
    incidents: int
    cases: int


class Repair(Struct, frozen=True):
    """`percentiles`: 0 to 100, of the seconds that cases took which are over; what many shared is one, of its middle length."""

    cases: int
    percentiles: Sequence[float]


class Side(Struct, frozen=True):
    """A group in a time."""

    days: Sequence[Day] = ()
    repair: Repair | None = None

    @property
    def terminals(self) -> int:
        return max((each.terminals for each in self.days), default=0)

    @property
    def watched_s(self) -> int:
        return sum(each.watched_s for each in self.days)

    @property
    def paying_s(self) -> int:
        return sum(each.paying_s for each in self.days)

    @property
    def incidents(self) -> int:
        return sum(each.incidents for each in self.days)

    @property
    def cases(self) -> int:
        return sum(each.cases for each in self.days)

    @property
    def share(self) -> float | None:
        """Of the time watched, in which payments were possible."""
        return self.paying_s / self.watched_s if self.watched_s else None


def sides(database: Connection, periods: str, given: Mapping[str, object] | None = None) -> Mapping[str, Side]:
    """By group. `periods`: a query of `id`, `day` and `name` (the group): which periods belong where, each to one at most."""
    database.execute(f"CREATE OR REPLACE TEMP TABLE chosen AS {periods}", dict(given or {}))
    days: dict[str, list[Day]] = {}
    found = database.execute(
        """WITH watched AS (
            SELECT name, day, count(*) AS terminals, sum(watched)::BIGINT AS watched, sum(paying)::BIGINT AS paying
            FROM chosen JOIN periods USING (id, day) GROUP BY name, day
        ), fell AS (
            SELECT name, day, count(*) AS incidents, count(DISTINCT one) AS cases FROM chosen JOIN cases USING (id, day) GROUP BY name, day
        )
        SELECT name, day, terminals, watched, paying, coalesce(incidents, 0), coalesce(cases, 0)
        FROM watched LEFT JOIN fell USING (name, day) ORDER BY name, day"""
    ).fetchall()
    for name, *values in found:
        days.setdefault(name, []).append(Day(*values))
    percents = ", ".join(str(number / PERCENTILES) for number in range(PERCENTILES + 1))
    repairs = {
        name: Repair(count, percentiles)
        for name, count, percentiles in database.execute(
            f"""SELECT name, count(*), quantile_cont(seconds, [{percents}]) FROM (
                SELECT name, one, median(seconds) AS seconds FROM chosen JOIN cases USING (id, day)
                WHERE seconds IS NOT NULL GROUP BY name, one
            ) GROUP BY name"""
        ).fetchall()
    }
    return {name: Side(of_days, repairs.get(name)) for name, of_days in days.items()}


def by(database: Connection, group: str | None) -> Mapping[str, Side]:
    """Each group over all days, as terminals belonged to it on each."""
    return sides(database, f"SELECT id, day, {_name(group)} AS name FROM periods")


class Parted(Struct, frozen=True):
    """A group after a day, the same terminals before it, and all others before and after."""

    before: Side
    after: Side
    others_before: Side
    others_after: Side


def around(database: Connection, group: str | None, day: date, most: int) -> tuple[int, Mapping[str, Parted]]:
    """How many groups there are after the day, and those in which terminals were watched longest. The day itself belongs to neither side,
    nor does what began before it and ended after it."""
    name = _name(group)
    database.execute("CREATE OR REPLACE TEMP TABLE dated AS SELECT *, make_timestamp(ended * 1000000)::DATE AS last FROM periods")
    database.execute(f"CREATE OR REPLACE TEMP TABLE members AS SELECT DISTINCT id, {name} AS name FROM dated WHERE day > ?", [day])
    groups = database.execute(
        f"SELECT {name} AS name, sum(watched) AS long FROM dated WHERE day > ? GROUP BY name ORDER BY long DESC, name", [day]
    ).fetchall()
    found = {}
    for each, _ in groups[:most]:
        own = "SELECT id FROM members WHERE name = $name"
        parts = sides(
            database,
            f"""SELECT id, day, CASE WHEN id IN ({own}) THEN 'own' ELSE 'other' END
                || CASE WHEN day > $day THEN ' after' ELSE ' before' END AS name
            FROM dated WHERE (day > $day AND ({name} = $name OR id NOT IN ({own}))) OR (day < $day AND last <= $day)""",
            {"name": each, "day": day},
        )
        found[each] = Parted(*(parts.get(part, Side()) for part in ("own before", "own after", "other before", "other after")))
    return len(groups), found


def _name(group: str | None) -> str:
    if group is None:
        return f"'{ALL}'"
    if group not in GROUPS:
        raise ValueError(group)
    return group
