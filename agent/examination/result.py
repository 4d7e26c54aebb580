"""What one examination hands on, and what it wants to know next time."""

from __future__ import annotations

from msgspec import Struct

from agent.diagnosis.model import Diagnosis
from probes.model import Check, Facts


class Memory(Struct, frozen=True, kw_only=True):
    """What is remembered from one examination to the next (the daemon keeps it in the state directory).

    `good_uplinks`: interfaces with a default route when the state was last ok. `used_uplinks`: physical ones ever used.
    `link_errors`: receive errors by interface, as the kernel counted them last time.
    """

    good_uplinks: tuple[str, ...] = ()
    used_uplinks: tuple[str, ...] = ()
    link_errors: dict[str, int] = {}


class Examination(Struct, frozen=True, kw_only=True):
    """Checks in the order of the path, the diagnosis made of them, and how long it took.

    `seen`: the checks as the probes made them, for the next examination to spare what need not be repeated; `complete`: nothing
    was spared now; `held`: no gateway was looked at, for the machine has just started. `uplink`: the interface that leads out;
    `budgets`: MB a month of each that has a budget. `spent`: bytes by interface.
    """

    checks: tuple[Check[Facts], ...]
    diagnosis: Diagnosis
    memory: Memory
    started_at: str  # RFC 3339, UTC
    took_ms: float
    seen: tuple[Check[Facts], ...] = ()
    complete: bool = True
    held: bool = False
    uplink: str = ""
    budgets: dict[str, int] = {}
    spent: dict[str, int] = {}

    @property
    def budget_mb(self) -> int:
        """Of the uplink that leads out; 0: none."""
        return self.budgets.get(self.uplink, 0)
