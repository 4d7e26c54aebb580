"""A fleet of any size as Parquet, made by SQL alone: its rows never come into this process."""

from __future__ import annotations

from pathlib import Path

from agent.fleet.store.duck import connected, quoted

NOW = 1_795_003_200
# what is true: family, condition, cause, share that has it (per mille)
FAULTS = (
    ("isp = 'isp-7' AND region = 'region-3'", "network.internet_down", 870),
    ("host = 'acquirer-2.example'", "system.gateway_down", 300),
    ("version = '1.4.2' AND model = 'model-5'", "system.port_driver_missing", 600),
    ("config = 'config-17'", "system.gateway_misconfigured", 900),
    ("resolver = '198.51.100.9'", "network.dns_unreachable", 800),
)
SILENT = "isp = 'isp-11' AND region = 'region-5'"
_COMMON = ("system.paper_out", "network.unstable", "network.cable_unplugged", "system.disk_full", "network.dns_slow")


def make(path: Path, rows: int) -> None:
    """Four terminals a store, a store on one line; attributes of the usual kinds and numbers of values; 2 % have something of their own."""
    ill = " ".join(f"WHEN {where} AND chance % 1000 < {share} THEN '{cause}'" for where, cause, share in FAULTS)
    single = " ".join(f"WHEN {number} THEN '{cause}'" for number, cause in enumerate(_COMMON))
    database = connected(threads=2)
    database.execute("SET memory_limit = '4GB'")
    database.execute(
        f"""COPY (
        WITH shops AS (
            SELECT number, number // 4 AS shop, hash(number) AS chance, hash(number // 4) AS of_shop FROM range({rows}) AS numbers(number)
        ), placed AS (
            SELECT number, chance, 'shop-' || shop AS store, 'isp-' || (of_shop % 40) AS isp, 'region-' || (of_shop // 64 % 30) AS region,
                'acquirer-' || (of_shop // 4096 % 3) || '.example' AS host,
                '192.0.2.' || (of_shop // 4096 % 3 * 2 + chance // 32 % 2) AS address,
                CASE of_shop // 65536 % 50
                    WHEN 0 THEN '198.51.100.9' ELSE '192.168.' || (of_shop // 65536 % 200) || '.1' END AS resolver,
                '1.4.' || (chance // 128 % 6) AS version, 'config-' || (of_shop // 1048576 % 40) AS config,
                'model-' || (chance // 1024 % 12) AS model, 'firmware-' || (chance // 1024 % 30) AS firmware,
                CASE of_shop // 33554432 % 4 WHEN 0 THEN 'cellular' WHEN 1 THEN 'wifi' ELSE 'ethernet' END AS uplink,
                'operator-' || (of_shop % 4) AS operator
            FROM shops
        ), told AS (
            SELECT *, CASE {ill} WHEN hash(chance) % 1000 < 20
                    THEN CASE hash(chance + 1) % {len(_COMMON)} {single} END ELSE '' END AS cause,
                hash(chance + 2) % 1000 < CASE WHEN {SILENT} THEN 900 ELSE 3 END AS quiet
            FROM placed
        ), heard AS (
            SELECT *, ({NOW} - CASE WHEN quiet THEN 50000 + chance % 600 ELSE chance % 900 END)::BIGINT AS received FROM told
        )
        SELECT {NOW} AS noted, 'T-' || number AS id, 'SN' || number AS serial_number, md5(number::VARCHAR) AS machine_id,
            md5(chance::VARCHAR) AS boot_id, (chance % 100000)::BIGINT AS sequence, received - 1 AS generated,
            received + 179 AS valid_until, received, (received - 60 - hash(chance + 3) % 5000)::BIGINT AS since,
            CASE WHEN cause = '' THEN 0 ELSE 2 END::TINYINT AS state, CASE WHEN cause = '' THEN 1 ELSE 0 END::TINYINT AS can_pay,
            false AS stopped, quiet AS silent, false AS gone, cause, '' AS subject, cause AS causes, host, address, isp, resolver,
            region, store, version, config, model, firmware, uplink, operator, MAP([]::VARCHAR[], []::VARCHAR[]) AS labels,
            1000000::BIGINT AS seconds_ok, 0::BIGINT AS seconds_degraded, 0::BIGINT AS seconds_outage, 0::BIGINT AS seconds_unknown,
            MAP([]::VARCHAR[], []::BIGINT[]) AS incidents, NULL::BIGINT AS closed_until
        FROM heard
        ) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"""
    )
    database.close()
