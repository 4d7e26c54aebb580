"""What the agent's own packets cost on each uplink that has a monthly budget, and whether more may be spent now.

An allowance grows with time, so that any month stays below the budget, and keeps a reserve for the day on which something is
wrong. It is written down rarely: a power cut forgets at most an hour of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agent.contract.document import DataUse
from agent.contract.legible import stored
from agent.storage.atomic import write
from probes.ground.clock import Clock
from probes.ground.files import read_small

FILE = "data-use.json"
SIZE_LIMIT = 64 * 1024  # bytes
MB = 1_000_000
_MONTH_S = 30 * 86400.0
RESERVE = 0.08  # of the budget: what may be spent at once, and once more of it where something is wrong
_KEEP_EVERY_S = 3600.0


class UplinkBudget(Struct, frozen=True, kw_only=True):
    """One uplink's. `left`: bytes that may be spent now; `at`: when that was true, seconds since the epoch."""

    month: str
    used: int
    budget_mb: int
    left: float
    at: float


class _Record(Struct, frozen=True, kw_only=True):
    schema: str = "posdiag.data-use/1"
    uplinks: dict[str, UplinkBudget] = {}


class DataBudget:
    """A wall clock that was set back lets nothing grow, one set forward one reserve. What is spent is counted in the thread of the cycle;
    any other may write it down: the accounts are replaced, never changed."""

    def __init__(self, state_dir: str, clock: Clock) -> None:
        self._path, self._clock = Path(state_dir) / FILE, clock
        self._accounts = _recalled(self._path)
        self._kept = self._accounts

    def affords(self, uplink: str, budget_mb: int, cost: float) -> bool:
        return not budget_mb or self._account(uplink, budget_mb).left >= cost

    def spend(self, spent: dict[str, int], budgets: dict[str, int]) -> None:
        """Counts what went over each uplink that has a budget, the one that leads out now or another that was tried."""
        for name, budget_mb in budgets.items():
            account = self._account(name, budget_mb)
            account = replace(account, used=account.used + spent.get(name, 0), left=account.left - spent.get(name, 0))
            self._accounts = {**self._accounts, name: account}

    def entries(self) -> tuple[DataUse, ...]:
        return tuple(
            DataUse(interface=name, month=account.month, used_bytes=account.used, budget_bytes=account.budget_mb * MB)
            for name, account in self._accounts.items()
        )

    @property
    def due(self) -> bool:
        """To be written down."""
        kept = self._kept
        return any(name not in kept or abs(account.at - kept[name].at) >= _KEEP_EVERY_S for name, account in self._accounts.items())

    def keep(self, *, at_once: bool = False) -> None:
        """Writes it down where that is due. Raises `agent.storage.atomic.StoreError`."""
        accounts = self._accounts
        if self.due or (at_once and accounts != self._kept):
            write(self._path, stored(_Record(uplinks=accounts)))
            self._kept = accounts

    def _account(self, name: str, budget_mb: int) -> UplinkBudget:
        now = self._clock.wall()
        month = datetime.fromtimestamp(now, UTC).strftime("%Y-%m")
        reserve = budget_mb * MB * RESERVE
        known = self._accounts.get(name)
        if known is None:
            return UplinkBudget(month=month, used=0, budget_mb=budget_mb, left=reserve, at=now)
        grown = max(0.0, now - known.at) * budget_mb * MB * (1 - 2 * RESERVE) / _MONTH_S
        used = known.used if known.month == month else 0
        return UplinkBudget(month=month, used=used, budget_mb=budget_mb, left=min(reserve, known.left + grown), at=now)


def _recalled(path: Path) -> dict[str, UplinkBudget]:
    """Whatever is missing, unreadable or garbage counts as nothing spent."""
    try:
        return dict(msgspec.json.decode(read_small(path, SIZE_LIMIT, follow=False), type=_Record).uplinks)
    except (OSError, ValueError, RecursionError):
        return {}
