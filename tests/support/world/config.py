"""The configuration that a world's terminal gets, as TOML."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from tests.support.world import plan

Table = dict[str, Any]
OF_GATEWAY = {"a": plan.GATEWAY_A, "b": plan.GATEWAY_B}


def gateway(letter: str, ca_file: Path, **more: Any) -> Table:
    """One `[[gateway]]` table; a value in `more` replaces the one here."""
    return {
        "name": f"acquirer-{letter}",
        "host": OF_GATEWAY[letter].name,
        "port": plan.GATEWAY_PORT,
        "protocol": "tls",
        "ca_file": str(ca_file),
    } | more


def build(folder: Path, gateways: list[Table], *, ipv4: bool, ipv6: bool) -> Table:
    hosts = (plan.NAME_SERVER, plan.OTHER_ADDRESS)
    addresses = [f"{h.v4}:53" for h in hosts if ipv4] + [f"[{h.v6}]:53" for h in hosts if ipv6]
    return {
        "terminal": {"id": "T-1001", "language": "en"},
        "agent": {"state_dir": str(folder / "state"), "log_dir": str(folder / "log")},
        "network": {
            "internet_checks": [{"url": f"http://{host.name}/generate_204"} for host in (plan.CHECK_1, plan.CHECK_2)],
            "addresses": addresses,
            "public_names": list(plan.PUBLIC.names),
        },
        "gateway": gateways,
        # the machine under the tests is no part of the world: its load and its disk say nothing
        "system": {"load_per_core": 1000, "disk_used_percent": 100, "memory_available_percent": 0, "temperature_c": 150},
    }


def toml(config: Table) -> str:
    lines: list[str] = []
    for key, value in config.items():
        if isinstance(value, dict):
            lines += [f"[{key}]", *_pairs(value)]
        else:
            for entry in value:
                lines += [f"[[{key}]]", *_pairs(entry)]
    return "\n".join(lines) + "\n"


def _pairs(table: Table) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in table.items()]


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
