"""`python -m tests.bench.fleet_scale --write`: the arithmetic of docs/fleet-scale.md, from what was measured and what was assumed."""

from __future__ import annotations

import sys

from tests.support.documented import ROOT

DOCUMENT = ROOT / "docs/fleet-scale.md"
BEGIN, END = "<!-- arithmetic -->\n", "<!-- end -->\n"
FLEETS = (100_000, 1_000_000, 10_000_000)
DAYS, EVERY_S = 30, 900
SUMMARY_B, COMPRESSED_B = 500, 310  # of a summary; measured
HANDSHAKE_B = 5_000  # of TLS, fresh; measured
RETAINED_B = 1_550  # of a broker's memory for a retained summary; measured with mosquitto 2.0: 148 MiB for 100,000
CONNECTION_B = 40_000  # of memory for an open TLS connection; assumed
BURST, MAILBOX = 4, 3  # times the usual rate that must be carried; summaries that wait on a terminal after an outage; assumed
PER_ROW = {
    "terminals": (99, 1),
    "days": (54, 400),
    "incidents": (30, 26),
    "identities": (55, 30),
}  # bytes (incidents: assumed), rows a terminal
KAFKA_DAYS, KAFKA_COPIES, COPIES = 3, 3, 2
CPU_S = {100_000: 1.5, 1_000_000: 6.6, 10_000_000: 64.9}  # of one answer by ClickHouse's engine; docs/performance.md


def table() -> str:
    rows = {
        "summaries a second, on average": [f"{fleet / EVERY_S:,.0f}" for fleet in FLEETS],
        f"at most, {BURST} times as many": [f"{BURST * fleet / EVERY_S:,.0f}" for fleet in FLEETS],
        "messages a month": [f"{fleet * DAYS * 86400 / EVERY_S / 1e9:,.2f} billion" for fleet in FLEETS],
        "payload a month, plain": [_size(fleet * DAYS * 86400 / EVERY_S * SUMMARY_B) for fleet in FLEETS],
        "payload a month, compressed": [_size(fleet * DAYS * 86400 / EVERY_S * COMPRESSED_B) for fleet in FLEETS],
        "TLS a month, where each report shakes hands anew": [_size(fleet * DAYS * 86400 / EVERY_S * HANDSHAKE_B) for fleet in FLEETS],
        "MQTT: open connections, memory": [_size(fleet * CONNECTION_B) for fleet in FLEETS],
        "MQTT: retained summaries, memory": [_size(fleet * RETAINED_B) for fleet in FLEETS],
        f"Kafka: {KAFKA_DAYS} days, {KAFKA_COPIES} copies": [
            _size(fleet * 86400 / EVERY_S * COMPRESSED_B * KAFKA_DAYS * KAFKA_COPIES) for fleet in FLEETS
        ],
        "ClickHouse: newest of every terminal": [_size(fleet * _of("terminals")) for fleet in FLEETS],
        "ClickHouse: 400 days of counters": [_size(fleet * _of("days")) for fleet in FLEETS],
        "ClickHouse: incidents, identities": [_size(fleet * (_of("incidents") + _of("identities"))) for fleet in FLEETS],
        f"ClickHouse: altogether, {COPIES} copies": [_size(COPIES * fleet * sum(map(_of, PER_ROW))) for fleet in FLEETS],
        "CPU seconds of one answer": [f"{CPU_S[fleet]:g}" for fleet in FLEETS],
        "the same each 5 minutes, share of one core": [f"{CPU_S[fleet] / 300:.1%}" for fleet in FLEETS],
        f"after an outage of all: {1 + MAILBOX} each within {EVERY_S // 60} minutes, a second": [
            f"{(1 + MAILBOX) * fleet / EVERY_S:,.0f}" for fleet in FLEETS
        ],
    }
    heads = ["terminals", *(f"{fleet:,}" for fleet in FLEETS)]
    lines = [
        "| " + " | ".join(cells) + " |" for cells in (heads, ["---", *["--:"] * len(FLEETS)], *([name, *row] for name, row in rows.items()))
    ]
    return "\n".join(lines) + "\n"


def _of(name: str) -> int:
    size, rows = PER_ROW[name]
    return size * rows


def _size(size: float) -> str:
    for unit, least in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= least:
            return f"{size / least:,.1f} {unit}"
    return f"{size:,.0f} B"


def main() -> int:
    if "--write" not in sys.argv:
        print(table())
        return 0
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
