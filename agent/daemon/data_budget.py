"""What the agent's own packets cost on each uplink that has a monthly budget, and whether more may be spent now.

An allowance grows with time, so that any month stays below the budget, and keeps a reserve for the day on which something is
wrong. Time is what the clock tells that nobody sets: over a start of the machine that is the time since. It is written down rarely: once a
process has spent anything, then once an hour, and whenever much was spent, so that starts in a row spend no more than one.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agent.contract.document import DataUse
from agent.contract.legible import stored
from agent.contract.times import utc
from agent.storage.atomic import write
from agent.storage.identity import boot_id
from probes.ground.clock import Clock
from probes.ground.files import read_small

FILE = "data-use.json"
SIZE_LIMIT = 64 * 1024  # bytes
MB = 1_000_000
_MONTH_S = 30 * 86400.0
RESERVE = 0.08  # of the budget: what may be spent at once, and once more of it where something is wrong
OF_OUTPUTS = 0.3  # of the budget: what outputs may spend of it at most
_KEPT_BACK = 0.5  # of the reserve: outputs leave that to examinations
_KEEP_EVERY_S = 3600.0
_MUCH = RESERVE / 8  # of the budget: spent since it was last written down
_MONTHS = 3  # that are remembered: a clock that is set back and forth loses no count


class UplinkBudget(Struct, frozen=True, kw_only=True):
    """One uplink's. `left`: bytes that may be spent now; `running_s`: when that was true, on the clock that nobody sets, of the boot.

    `others`: what was used in other months; `total`: in all of them. `for_outputs`: of `left`, what outputs may have of it; none of a
    version that had no outputs.
    """

    month: str
    used: int
    budget_mb: int
    left: float
    boot_id: str = ""
    running_s: float = 0.0
    others: dict[str, int] = {}
    total: int = 0
    for_outputs: float | None = None


class _Record(Struct, frozen=True, kw_only=True):
    schema: str = "posdiag.data-use/2"
    uplinks: dict[str, UplinkBudget] = {}
    trusted: bool = True


class DataBudget:
    """The wall clock names the month, and nothing grows by it. What is spent is counted in the thread of the cycle; any other may write it
    down: the accounts are replaced, never changed."""

    def __init__(self, state_dir: str, clock: Clock, boot: str | None = None) -> None:
        self._path, self._clock = Path(state_dir) / FILE, clock
        self._boot = boot_id() if boot is None else boot
        recalled = _recalled(self._path)
        self._trusted, self._accounts = recalled.trusted, recalled.uplinks
        self._kept = self._accounts
        self._written = False  # by this process

    def affords(self, uplink: str, budget_mb: int, cost: float) -> bool:
        return not budget_mb or self._account(uplink, budget_mb).left >= cost

    def affords_output(self, uplink: str, budget_mb: int, cost: float) -> bool:
        """Of their share alone, and of what no examination needs."""
        if not budget_mb:
            return True
        account = self._account(uplink, budget_mb)
        return (account.for_outputs or 0.0) >= cost and account.left - cost >= budget_mb * MB * RESERVE * _KEPT_BACK

    def spend(self, spent: dict[str, int], budgets: dict[str, int], *, by_outputs: bool = False) -> None:
        """Counts what went over each uplink that has a budget, the one that leads out now or another that was tried."""
        for name, budget_mb in budgets.items():
            account = self._account(name, budget_mb)
            cost = spent.get(name, 0)
            share = (account.for_outputs or 0.0) - cost * by_outputs
            account = replace(account, used=account.used + cost, total=account.total + cost, left=account.left - cost, for_outputs=share)
            self._accounts = {**self._accounts, name: account}

    def entries(self) -> tuple[DataUse, ...]:
        return tuple(
            DataUse(interface=name, month=account.month, used_bytes=account.used, budget_bytes=account.budget_mb * MB)
            for name, account in self._accounts.items()
        )

    @property
    def due(self) -> bool:
        """To be written down."""
        return any(self._unwritten(name, account) for name, account in self._accounts.items())

    def _unwritten(self, name: str, account: UplinkBudget) -> bool:
        kept = self._kept.get(name)
        if kept is None or (not self._written and account.total != kept.total):
            return True
        much = account.total - kept.total >= account.budget_mb * MB * _MUCH
        return self._written and (much or account.running_s - kept.running_s >= _KEEP_EVERY_S)

    def keep(self, *, at_once: bool = False) -> None:
        """Writes it down where that is due. Raises `agent.storage.atomic.StoreError`."""
        accounts = self._accounts
        if self.due or (at_once and accounts != self._kept):
            write(self._path, stored(_Record(uplinks=accounts)))
            self._kept, self._written = accounts, True

    def _account(self, name: str, budget_mb: int) -> UplinkBudget:
        now = self._clock.running()
        month = _month(self._clock.wall())
        reserve = budget_mb * MB * RESERVE
        known = self._accounts.get(name)
        if known is None:
            left = reserve if self._trusted else 0.0
            return UplinkBudget(
                month=month, used=0, budget_mb=budget_mb, left=left, boot_id=self._boot, running_s=now, for_outputs=left * OF_OUTPUTS
            )
        passed = max(0.0, now - known.running_s) if known.boot_id == self._boot else now
        if not self._boot:  # whatever boot that was
            passed = min(now, passed) if now >= known.running_s else now
        grown = passed * budget_mb * MB * (1 - 2 * RESERVE) / _MONTH_S
        had = known.left * OF_OUTPUTS if known.for_outputs is None else known.for_outputs
        months = {**known.others, known.month: known.used}
        used = months.pop(month, 0)
        return UplinkBudget(
            month=month,
            used=used,
            budget_mb=budget_mb,
            left=min(reserve, known.left + grown),
            boot_id=self._boot,
            running_s=now,
            others=dict(sorted(months.items())[-_MONTHS:]),
            total=known.total,
            for_outputs=min(reserve * OF_OUTPUTS, had + grown * OF_OUTPUTS),
        )


def _month(now: float) -> str:
    return utc(now)[:7]


def _recalled(path: Path) -> _Record:
    """One that is missing tells of nothing spent. One that cannot be believed leaves nothing to spend, and no count of it."""
    try:
        return msgspec.json.decode(read_small(path, SIZE_LIMIT, follow=False), type=_Record)
    except FileNotFoundError:
        return _Record()
    except (OSError, ValueError, RecursionError):
        return _Record(trusted=False)
