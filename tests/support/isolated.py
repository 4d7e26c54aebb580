"""The daemon with its real examination, in a network namespace that leads nowhere."""

from __future__ import annotations

import sys
from pathlib import Path

CONFIG = """
[terminal]
id = "T-1"
[agent]
interval_s = {interval_s}
state_dir = "{base}/state"
log_dir = "{base}/log"
[network]
expect_internet = false
internet_checks = [{{ url = "http://127.0.0.1:9/generate_204" }}, {{ url = "http://127.0.0.2:9/generate_204" }}]
addresses = ["127.0.0.1:9"]
public_names = ["name.invalid"]
[[gateway]]
name = "acquirer-a"
host = "127.0.0.1"
port = 9
protocol = "tcp"
"""


def command(base: Path, *options: str, interval_s: float = 60) -> list[str]:
    """The command line; its directories lie in `base`."""
    config = base / "agent.toml"
    config.write_text(CONFIG.format(base=base, interval_s=interval_s))
    inside = 'ip link set lo up && exec "$@"'
    return ["unshare", "-n", "sh", "-c", inside, "sh", sys.executable, "-m", "agent", "run", "--config", str(config), *options]
