"""What people and machines did, recognised from what changed and from what one look after another saw. Pure: times come from outside."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from agent.contract.trace import Trace
from agent.diagnosis.views import of_kind
from agent.record.differences import Difference
from agent.record.things import NONE, UP
from agent.record.way import NEAR_S, PLUGGED_OR_RESTARTED, SILENT_AND_BACK, WAY, Left, Way, line_in, ways_in
from probes.model import Check, Facts, Symptom
from probes.model.facts import SerialFacts

if TYPE_CHECKING:
    from agent.record.ended import Suspect

MOST = 32  # traces that are remembered
MOST_LOOKS = 64
_SILENT: Final = (Symptom.NO_REPLY, Symptom.NO_REPLY_LINES_LOW)
_SELF_GIVEN = "169.254."  # by the machine itself, where nobody gave it one
_STARTS_S, _FOLLOWS_S = 60.0, 30.0
# what one thing brings with it: the first of these that was seen is the one that was done
_RANK: Final = {trace: number for number, trace in enumerate((*WAY, Trace.DEVICE_REPLUGGED, Trace.DEVICE_RESTARTED))}


class Traces:
    """`at`: seconds on the running clock, everywhere."""

    def __init__(self) -> None:
        self._left: deque[Left] = deque(maxlen=MOST)
        self._looks: deque[float] = deque(maxlen=MOST_LOOKS)
        self._ways: dict[str, Way] = {}
        self._paper: dict[str, str] = {}  # by printer: what was wrong before its cover was opened
        self._pids: dict[str, frozenset[str]] = {}  # by application: those that ran last
        self._silent: dict[str, float] = {}  # by device: since when
        self._faulty: dict[str, bool] = {}  # by device that is silent: whether it had said that something is wrong with it

    def look(self, checks: Sequence[Check[Facts]], found: Sequence[Difference], at: float, *, told: bool = False) -> None:
        """`checks`: those made in this look; `found`: what is otherwise since the last one; `told`: the kernel told of something, and that
        is what began it."""
        before = self._looks[-1] if self._looks else None
        self._looks.append(at)
        line = line_in(checks)
        flickered = {each.subject: each.count for each in found if _flicker(each)}
        near = before is not None and at - before <= NEAR_S
        renewed = {each.subject for each in found if _renews(each)}
        for name, seen in ways_in(checks, flickered if near else {}).items():
            for left in self._ways.setdefault(name, Way()).look(seen, line, at, told=told):
                if left.traces == SILENT_AND_BACK and name in renewed:
                    continue  # it was another router that was asked before
                self._left.append(Left(traces=left.traces, began=left.began, at=left.at, subject=name))
        if flickered and not near:
            self._left += (Left(traces=PLUGGED_OR_RESTARTED, began=before or at, at=at, subject=name) for name in flickered)
        self.changed(found, at)
        for check in of_kind(checks, SerialFacts):
            if check.made:
                self._device(check, at)

    def resume(self, checks: Sequence[Check[Facts]], at: float, suspects: Sequence[Suspect], routers: Collection[str]) -> None:
        """What looks before this start saw: see `agent.record.resumed`."""
        from agent.record.resumed import resumed  # once a start, where an incident is open

        known = resumed(checks, line_in(checks), at, suspects, routers)
        self._looks.append(at)
        self._ways = known.ways
        self._faulty |= dict.fromkeys(known.faulty, True)
        for check in of_kind(checks, SerialFacts):
            if check.made:
                self._device(check, at)

    def changed(self, found: Iterable[Difference], at: float) -> None:
        """What tells of a trace by itself. A default route that another uplink has now, whose address was there, is part of the switch."""
        found = tuple(found)
        switched = {("router", each.after) for each in found if each.what == "uplink" and each.before}
        switched -= {("router", each.subject) for each in found if each.what == "address"}
        for each in found:
            trace = None if each.thing in switched and not each.before else self._of(each)
            if trace is not None:
                self._left.append(Left(traces=(trace,), began=at, at=at, subject=_subject(each)))

    def since(self, began: float, until: float) -> tuple[Left, ...]:
        """Those that were complete after the beginning and by the end, in their order, without what only follows from another."""
        found = sorted((left for left in self._left if began < left.at <= until), key=lambda left: left.at)
        return tuple(left for left in found if not any(_brings(other, left) for other in found if other is not left))

    def look_before(self, at: float) -> float | None:
        """When the last look before that one was."""
        return next((look for look in reversed(self._looks) if look < at - 0.05), None)

    def _of(self, found: Difference) -> Trace | None:
        before, after = found.before, found.after
        match found.what:
            case "router" if "." in found.subject or ":" in found.subject:
                return Trace.ROUTER_REPLACED
            case "address" | "router":
                return Trace.ADDRESS_RENEWED if _renews(found) else None
            case "printer":
                return self._printer(found.subject, before, after)
            case "device":
                return Trace.DEVICE_REPLUGGED if after else None
            case "app":
                return self._app(found.subject, before, after)
            case "disk":
                return Trace.DISK_FREED if before == Symptom.DISK_FULL.value and after == "ok" else None
            case "power":
                return Trace.POWER_CONNECTED if after == "mains" else None
            case what:
                return _PLAIN.get(what)

    def _printer(self, name: str, before: str, after: str) -> Trace | None:
        if after == "cover_open":
            self._paper[name] = before
            return None
        was = self._paper.pop(name, before) if before == "cover_open" else before
        if was in ("paper_out", "paper_low") and after in ("paper_adequate", "paper_low") and was != after:
            return Trace.PAPER_LOADED
        return Trace.COVER_CLOSED if before == "cover_open" else None

    def _app(self, name: str, before: str, after: str) -> Trace | None:
        """Where it was seen to be gone, its processes must be others: a stopped one goes on."""
        had, has = _pids(before), _pids(after)
        if not has:
            self._pids[name] = had
            return None
        had = had or self._pids.pop(name, frozenset())
        return None if had & has else Trace.APP_RESTARTED

    def _device(self, check: Check[SerialFacts], at: float) -> None:
        """Silent and back, with its port there all along. One that had told of a fault, and is well now, was switched off and on, and so
        was one whose lines were low; of any other, its cable may have been out."""
        name = check.name
        if check.symptom in _SILENT:
            faulty = self._faulty.get(name, False)
            self._faulty[name] = faulty or check.symptom is Symptom.NO_REPLY_LINES_LOW
            self._silent[name] = self._silent.get(name, at)
            return
        began = self._silent.pop(name, None)
        if began is not None and check.ok:
            traces = (Trace.DEVICE_RESTARTED,) if self._faulty.get(name) else (Trace.DEVICE_RESTARTED, Trace.DEVICE_REPLUGGED)
            self._left.append(Left(traces=traces, began=began, at=at, subject=name))
        self._faulty[name] = check.symptom is Symptom.PRINTER_FAULT


_PLAIN: Final = {
    "resolvers": Trace.RESOLVERS_CHANGED,
    "uplink": Trace.UPLINK_SWITCHED,
    "wifi": Trace.WIFI_JOINED,
    "sim": Trace.SIM_CHANGED,
    "boot": Trace.TERMINAL_RESTARTED,
    "config": Trace.CONFIG_CHANGED,
    "clock": Trace.CLOCK_SET,
}


def _subject(found: Difference) -> str:
    return found.subject if found.what in ("printer", "device", "app", "disk") else ""


def _renews(found: Difference) -> bool:
    return found.what in ("address", "router") and found.after != NONE and not found.after.startswith(_SELF_GIVEN)


def _flicker(found: Difference) -> bool:
    """Gone and back between two looks, or with another speed, which a link gets when it is plugged."""
    return found.what == "link" and found.before.startswith(UP) and found.after.startswith(UP)


def _pids(running: str) -> frozenset[str]:
    return frozenset(word for word in running.split() if word.isdigit()) if running != NONE else frozenset()


def _brings(one: Left, other: Left) -> bool:
    """Whether the second only follows from the first."""
    if one.traces[0] is Trace.TERMINAL_RESTARTED:
        return other.traces[0] is not Trace.CONFIG_CHANGED and one.at <= other.at <= one.at + _STARTS_S
    rank, other_rank = _RANK.get(one.traces[0]), _RANK.get(other.traces[0])
    if rank is None or other_rank is None or rank >= other_rank:
        return False
    way, other_way = one.traces[0] in WAY, other.traces[0] in WAY
    if way != other_way or (not way and one.subject != other.subject):
        return False
    return one.began - 1 <= other.at <= one.at + _FOLLOWS_S
