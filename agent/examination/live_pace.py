"""How often a live look repeats each kind of check, and what of it may be sent over a line that is paid for by the byte. Pure."""

from __future__ import annotations

from agent.examination.light_examination import SENDING
from agent.examination.runner import Task
from probes.model import Kind, Layer

MB = 1_000_000
SHARE = 0.01  # of a month's budget: what one run of guide or watch may send and receive beside the service
GATEWAY_S = 10.0  # at most; whether it is a process's turn tells `agent.messages.visits`
_METERED_S = {Layer.GATEWAY: 150.0, Layer.ROUTER: 30.0}
_METERED_ELSE_S = 600.0
_METERED_AWAITED_S = 30.0

# seconds from one look to the next: while nothing is wrong there, and while somebody waits for it
_PACE: dict[Kind, tuple[float, float]] = {
    Kind.ROUTER: (5.0, 3.0),
    Kind.CONFLICT: (60.0, 5.0),
    Kind.RESOLVER: (10.0, 5.0),
    Kind.NAME_COST: (300.0, 5.0),
    Kind.REACH: (15.0, 5.0),  # other people's hosts
    Kind.HTTP_CHECK: (30.0, 10.0),
    Kind.PROXY: (10.0, 5.0),
    Kind.NTP: (600.0, 60.0),
    Kind.GATEWAY: (GATEWAY_S, GATEWAY_S),
    Kind.SERIAL: (10.0, 3.0),
    Kind.SERIAL_PRESENT: (10.0, 5.0),
    Kind.APP: (5.0, 3.0),
    Kind.PLUGIN: (60.0, 10.0),
}
_ELSE = (10.0, 3.0)


def again_s(task: Task, *, awaited: bool, metered: bool) -> float:
    """Seconds from one look to the next. `awaited`: it failed, or something changed, or it alone was asked for."""
    usual, soon = _PACE.get(task.kind, _ELSE)
    own = soon if awaited else usual
    if not metered or task.layer not in SENDING:
        return own
    return max(own, _METERED_AWAITED_S if awaited else _METERED_S.get(task.layer, _METERED_ELSE_S))


def allowance(budget_mb: int) -> float:
    """Bytes; without a budget there is no end of them."""
    return budget_mb * MB * SHARE if budget_mb else float("inf")
