"""The tables between the files of a store and what is asked of trends, in their order; each is made of those before it."""

from __future__ import annotations

from agent.fleet.model.attributes import GROUPS
from agent.fleet.model.table import STATES

TOGETHER_S = 600  # cases of one cause that begin within it
SHARED_FROM, SHARED_TIMES = 5, 10  # so many, and so many times as many as usual, are one
_SLACK_S = 3600  # by which a clock may be off
_GROUPS = ", ".join(GROUPS)
_SECONDS = tuple(f"seconds_{state}" for state in STATES)
OF_STATE = f"id, machine_id, serial_number, noted, received, since, state, silent, gone, cause, {_GROUPS}, {', '.join(_SECONDS)}"
_ANEW = (
    "(a.machine_id <> b.machine_id AND a.machine_id <> '' AND b.machine_id <> '') OR "
    "(a.serial_number <> b.serial_number AND a.serial_number <> '' AND b.serial_number <> '') OR "
    + " OR ".join(f"b.{seconds} < a.{seconds}" for seconds in _SECONDS)
)
TABLES: tuple[tuple[str, str], ...] = (
    # every snapshot, and what the last scan found as the end of the last one
    (
        "points",
        "SELECT * FROM snapshots UNION ALL BY NAME SELECT (SELECT max(day) + 1 FROM snapshots) AS day, * FROM latest "
        "WHERE (SELECT max(noted) FROM latest) > (SELECT max(noted) FROM snapshots)",
    ),
    (
        "scans",
        "SELECT day, taken, lead(day) OVER (ORDER BY day) AS next_day, lead(taken) OVER (ORDER BY day) AS until "
        "FROM (SELECT day, max(noted) AS taken FROM points GROUP BY day)",
    ),
    (
        "counting",
        f"SELECT a.id, a.day, scans.taken, scans.until, {', '.join(f'a.{group}' for group in GROUPS)}, b.received - a.received AS passed, "
        + ", ".join(f"b.{seconds} - CASE WHEN {_ANEW} THEN 0 ELSE a.{seconds} END AS {seconds}" for seconds in _SECONDS)
        + " FROM points AS a JOIN scans ON a.day = scans.day JOIN points AS b ON a.id = b.id AND b.day = scans.next_day "
        "WHERE a.seconds_ok IS NOT NULL AND b.seconds_ok IS NOT NULL",
    ),
    ("counters", "SELECT DISTINCT id FROM points WHERE seconds_ok IS NOT NULL"),
    # what scans saw of those that count nothing: the state that began, and when, no earlier than the scan before
    (
        "seen",
        """SELECT *, greatest(least(CASE WHEN silent THEN received ELSE since END, noted),
                coalesce(lag(noted) OVER (PARTITION BY id ORDER BY noted), 0)) AS began
            FROM (SELECT id, noted, received, since, state, silent, gone, cause FROM changes
                UNION ALL SELECT id, noted, received, since, state, silent, false, cause FROM snapshots
                WHERE day = (SELECT min(day) FROM snapshots))
            WHERE id NOT IN (SELECT id FROM counters)""",
    ),
    ("states", "SELECT *, lead(began, 1, (SELECT max(taken) FROM scans)) OVER (PARTITION BY id ORDER BY noted) AS ended FROM seen"),
    (
        "seeing",
        f"""SELECT a.id, a.day, scans.taken, scans.until, {", ".join(f"any_value(a.{group}) AS {group}" for group in GROUPS)},
                sum(greatest(least(states.ended, scans.until) - greatest(states.began, scans.taken), 0))
                    FILTER (WHERE NOT states.silent AND NOT states.gone AND states.state <> 3) AS watched,
                sum(greatest(least(states.ended, scans.until) - greatest(states.began, scans.taken), 0))
                    FILTER (WHERE NOT states.silent AND NOT states.gone AND states.state < 2) AS paying
            FROM snapshots AS a JOIN scans ON a.day = scans.day JOIN states ON a.id = states.id
            WHERE states.ended > scans.taken AND states.began < scans.until
            GROUP BY a.id, a.day, scans.taken, scans.until""",
    ),
    (
        "periods",
        f"""SELECT id, day, taken AS began, until AS ended, seconds_ok + seconds_degraded + seconds_outage AS watched,
                seconds_ok + seconds_degraded AS paying, {_GROUPS}
            FROM counting WHERE passed > 0 AND {" + ".join(_SECONDS)} BETWEEN 1 AND passed + {_SLACK_S}
            UNION ALL BY NAME SELECT id, day, taken AS began, until AS ended, watched, coalesce(paying, 0) AS paying, {_GROUPS}
            FROM seeing WHERE watched > 0""",
    ),
    (
        "episodes",
        """SELECT id, cause, began, ended - began AS seconds, ended IS NOT NULL AND NOT open AS over FROM (
                SELECT id, first(cause ORDER BY noted) AS cause, min(began) AS began, max(ended) AS ended, bool_or(last) AS open FROM (
                    SELECT *, sum(CASE WHEN ill AND NOT before THEN 1 ELSE 0 END) OVER (PARTITION BY id ORDER BY noted) AS number FROM (
                        SELECT *, coalesce(lag(ill) OVER (PARTITION BY id ORDER BY noted), false) AS before,
                            lead(noted) OVER (PARTITION BY id ORDER BY noted) IS NULL AS last
                        FROM (SELECT *, state IN (1, 2) AND NOT silent AND NOT gone AS ill FROM states)))
                WHERE ill GROUP BY id, number)""",
    ),
    (
        "told",
        """SELECT id, cause, began, seconds FROM over WHERE id IN (SELECT id FROM counters)
            UNION ALL SELECT id, cause, began, CASE WHEN over THEN seconds END FROM episodes""",
    ),
    # those of one cause that began together, far more than usual, are one
    (
        "together",
        f"""SELECT cause, slot FROM (SELECT cause, began // {TOGETHER_S} AS slot, count(DISTINCT id) AS many FROM told GROUP BY ALL)
            JOIN (SELECT cause, count(*) * {TOGETHER_S} / (SELECT greatest(max(until) - min(taken), 1) FROM scans) AS usual
                FROM told GROUP BY cause) USING (cause)
            WHERE many >= {SHARED_FROM} AND many > {SHARED_TIMES} * usual""",
    ),
    (
        "cases",
        f"""SELECT told.id, periods.day, told.began, told.seconds, told.cause, {", ".join(f"periods.{group}" for group in GROUPS)},
                CASE WHEN together.slot IS NULL THEN told.id || ' ' || told.began ELSE together.cause || ' ' || together.slot END AS one
            FROM told JOIN periods ON told.id = periods.id AND told.began >= periods.began AND told.began < periods.ended
            LEFT JOIN together ON told.cause = together.cause AND told.began // {TOGETHER_S} = together.slot""",
    ),
)
