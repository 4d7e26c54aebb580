"""`PYTHONPATH=build/engines-… python -m tests.bench.fleet_storage`: bytes on disk of each table of config/fleet/clickhouse.sql, a row.

Summaries as terminals send them (made by SQL), four a day of each terminal on two days, go through the shipped views into its engine.
"""

from __future__ import annotations

import argparse
import json
import sys

from tests.support.clickhouse_by_chdb import SCHEMA, statements

_DAY = 86400


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fleet_storage", description=__doc__)
    parser.add_argument("--terminals", type=int, default=100_000)
    terminals = parser.parse_args().terminals
    from chdb import session  # type: ignore[import-not-found, unused-ignore]

    engine = session.Session()
    for statement in statements(SCHEMA.read_text()):
        engine.query(statement)
    for report in range(8):
        engine.query(_summaries(terminals, report))
    for table in ("terminals", "days", "incidents", "identities"):
        engine.query(f"OPTIMIZE TABLE posdiag.{table} FINAL")
        size = f"SELECT sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'posdiag' AND table = '{table}'"
        ((rows, size_b),) = json.loads(engine.query(size, "JSONCompact").bytes())["data"]
        print(f"{table}: {int(rows):,} rows, {int(size_b):,} bytes, {int(size_b) / int(rows):.0f} a row")
    return 0


def _summaries(terminals: int, report: int) -> str:
    day, part = divmod(report, 4)
    received = f"toUnixTimestamp(today() - {2 - day}) + {part} * 21600 + cityHash64(number, {report}) % 900"
    return f"""INSERT INTO posdiag.summaries SELECT
        'posdiag.summary/1' AS schema, {received} AS received, concat('T-', toString(number)) AS id,
        concat('SN', toString(number)) AS serial_number, lower(hex(MD5(toString(number)))) AS machine_id,
        lower(hex(MD5(toString(number + 7)))) AS boot_id, concat('1.4.', toString(number % 6)) AS version,
        concat('config-', toString(intDiv(number, 4) % 40)) AS config_hash, {report} * 24 + number % 1000 AS sequence,
        received - 1 AS generated_at, received + 179 AS valid_until, if(cityHash64(number, 3, {report}) % 50 = 0, 2, 0) AS state,
        if(state = 2, 0, 1) AS can_pay, received - cityHash64(number) % 90000 AS since, false AS stopped,
        if(state = 2, 'network.unstable', '') AS cause, '' AS subject, if(state = 2, ['network.unstable'], []) AS causes,
        map('isp', concat('isp-', toString(cityHash64(intDiv(number, 4)) % 40)), 'region',
            concat('region-', toString(intDiv(number, 4) % 30)), 'store', concat('shop-', toString(intDiv(number, 4))),
            'host', 'acquirer.example', 'address', '192.0.2.7', 'resolver', concat('192.168.', toString(number % 200), '.1'),
            'model', concat('model-', toString(number % 12)), 'uplink', 'ethernet') AS attributes,
        map('pos', toString(number % 4)) AS labels,
        map('ok', 1000000 + {report} * 21600 + number % 5000, 'degraded', number % 900, 'outage', number % 3000,
            'unknown', 0) AS seconds_by_state,
        map('network.unstable', number % 40 + {report}) AS incidents_by_cause,
        arrayMap(n -> ('network.unstable', '', received - 5000 - n * 40000, 60 + n * 300, 'restart_router'), range(number % 3)) AS closed
        FROM numbers({terminals})"""


if __name__ == "__main__":
    sys.exit(main())
