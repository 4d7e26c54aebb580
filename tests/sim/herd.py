"""A power cut, and a host that fails: who calls when, by the functions with which the service decides it (`agent/daemon/pace.py`).

`python -m tests.sim.herd [TERMINALS]` prints the table of docs/herd.md. Nothing sleeps and nothing is sent: a terminal is the times at
which it begins to look, and a look is the connections that its probes make to the host, each at its second.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator

from msgspec import Struct

from agent.daemon import pace
from agent.daemon.cycle import QUICK_ROUNDS
from agent.settings.model import AgentSettings
from probes.edge.tls.gateway_handshake import SMALL_AFTER_S
from probes.edge.tls.session_cache import STALLED_LATELY_S

TERMINALS = 10_000
HORIZON_S = 180.0
BOOT_S, BOOTS_APART_S = 20.0, 2.0  # from the power's return until the service starts, within so much on all terminals
SYN_REPEATS_S = (1.0, 3.0)  # Linux sends a SYN again after a second, and after two more, within the time that a connection may take


class Rules(Struct, frozen=True, kw_only=True):
    """How a terminal decides: of the service as it is, or as it was."""

    first: Callable[[float, str, AgentSettings], float]
    retry: Callable[[AgentSettings, int, float, bool], float]
    small_again: bool  # small segments are tried in each look at a host that stands still


NOW = Rules(
    first=lambda running_s, terminal, agent: pace.first_look_at(running_s, terminal, agent.start_spread_s),
    retry=lambda agent, row, roll, stalled: pace.retry_after_s(agent.retry_s, row, agent.confirm, roll, stalled=stalled),
    small_again=False,
)
BEFORE = Rules(first=lambda running_s, _, __: running_s, retry=lambda agent, row, roll, stalled: agent.retry_s, small_again=True)


class Host(Struct, frozen=True):
    """`fails`: looks leave something to confirm. `stalls`: it takes connections and stands still. `silent`: not even those."""

    name: str
    fails: bool = False
    stalls: bool = False
    silent: bool = False


HEALTHY, REFUSES = Host("answers"), Host("refuses", fails=True)
STALLS, SILENT = Host("takes connections and stands still", fails=True, stalls=True), Host("is silent", fails=True, silent=True)
HOSTS = (HEALTHY, REFUSES, STALLS, SILENT)


def looks(terminal: str, host: Host, rules: Rules, agent: AgentSettings, dice: random.Random, *, since_s: float | None) -> Iterator[float]:
    """When one terminal begins to look, from the return of the power or, where `since_s` says how far the first cycle is away, in the
    middle of its day. The first verdict after a start counts at once; later ones when they were seen `confirm` times."""
    if since_s is None:
        at = rules.first(BOOT_S + dice.uniform(0, BOOTS_APART_S), terminal, agent)
        unconfirmed = 0
    else:
        at, unconfirmed = since_s, agent.confirm - 1 if host.fails else 0
    row = 0
    while at < HORIZON_S:
        yield at
        cycle = pace.cycle_after_s(agent.interval_s, dice.random())
        row += 1
        hasty = unconfirmed > 0 and row <= QUICK_ROUNDS * agent.confirm
        at += min(cycle, rules.retry(agent, row, dice.random(), host.stalls)) if hasty else cycle
        unconfirmed -= 1 if unconfirmed > 0 else 0


def connections(begun: list[float], host: Host, rules: Rules) -> list[float]:
    """What reaches the host: of one that is silent the SYN and its repetitions, of one that stalls the attempt in small segments too."""
    made = []
    small_at = float("-inf")
    for at in begun:
        made.append(at)
        if host.silent:
            made += [at + repeat for repeat in SYN_REPEATS_S]
        if host.stalls and (rules.small_again or at - small_at > STALLED_LATELY_S):
            small_at = at + SMALL_AFTER_S
            made.append(small_at)
    return made


def fleet(host: Host, rules: Rules, *, started: bool, terminals: int = TERMINALS, spread_s: float = 30.0) -> list[list[float]]:
    """The connections of each terminal: after the return of the power, or from the moment in which the host failed."""
    agent, dice = AgentSettings(start_spread_s=spread_s), random.Random(4711)
    made = []
    for number in range(terminals):
        since_s = None if started else dice.uniform(0, agent.interval_s)
        begun = list(looks(f"terminal-{number}", host, rules, agent, dice, since_s=since_s))
        made.append(connections(begun, host, rules))
    return made


def most_per_s(made: list[list[float]]) -> int:
    """The host's worst second."""
    return max(Counter(int(at) for each in made for at in each).values(), default=0)


def most_within(made: list[list[float]], seconds: float = 10.0) -> int:
    """The most connections of one terminal in so many seconds."""
    return max(sum(start <= at < start + seconds for at in each) for each in made for start in each)


def table(terminals: int) -> str:
    rows = [
        f"| {terminals:,} terminals, and the host | before: most a second | now | before: most of one terminal in 10 s | now |",
        "|---|---|---|---|---|",
    ]
    for started in (True, False):
        for host in HOSTS:
            then, now = (fleet(host, rules, started=started, terminals=terminals) for rules in (BEFORE, NOW))
            when = "power returns" if started else "in the middle of a day"
            rows.append(
                f"| {when}, it {host.name} | {most_per_s(then):,} | {most_per_s(now):,} | {most_within(then)} | {most_within(now)} |"
            )
    return "\n".join(rows)


def by_second(terminals: int, seconds: int = 60) -> str:
    """The first minute after the return of the power, at a host that stands still."""
    rows = ["| seconds after the first service starts | before | now |", "|---|---|---|"]
    then, now = (
        Counter(int((at - BOOT_S) // 5) for each in fleet(STALLS, rules, started=True, terminals=terminals) for at in each)
        for rules in (BEFORE, NOW)
    )
    for step in range(seconds // 5):
        rows.append(f"| {step * 5} to {step * 5 + 5} | {then[step] / 5:,.0f} a second | {now[step] / 5:,.0f} a second |")
    return "\n".join(rows)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TERMINALS
    print(table(count))
    print()
    print(by_second(count))
