"""A terminal that is only seen from beside it, on a real network: that it cannot be asked opens no incident, and that it is gone does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.shop_lan import ROUTER, TILL, ShopLan

pytestmark = pytest.mark.root
CONFIG = """
[agent]
state_dir = "{place}/state"
log_dir = "{place}/log"
confirm = 1
[[gateway]]
name = "acquirer-a"
host = "{router}"
port = 8583
protocol = "tcp"
[[beside]]
name = "till-2"
address = "{till}"
"""


@pytest.fixture
def shop() -> Iterator[ShopLan]:
    made = ShopLan()
    try:
        yield made
    finally:
        made.close()


def test_no_incident_is_open_merely_because_it_cannot_be_asked(shop: ShopLan, tmp_path: Path) -> None:
    config, folder = tmp_path / "agent.toml", tmp_path / "state/beside/till-2"
    config.write_text(CONFIG.format(place=tmp_path, router=ROUTER, till=TILL))

    def look() -> tuple[str, bool]:
        words = [sys.executable, "-m", "agent", "run", "--once", "--timeout", "5", "--config", str(config)]
        shop.run("box", "sh", "-c", '"$@"; test $? -lt 4', "sh", *words)
        found: dict[str, Any] = json.loads((folder / "status.json").read_bytes())
        return found["state"], found["incident"] is not None

    assert look() == ("unknown", False)
    shop.unplug("till")
    assert look() == ("outage", True)
    shop.plug("till")
    assert look() == ("unknown", False)
    told = [json.loads(line)["kind"] for line in (folder / "history.ndjson").read_text().splitlines()]
    assert [kind for kind in told if kind in ("opened", "closed")] == ["opened", "closed"]
