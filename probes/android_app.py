"""Whether the payment application of an Android terminal is installed and runs, and whether it hung or crashed lately."""

from __future__ import annotations

import re
import shlex

from probes.assess.android import events
from probes.assess.android.events import AppEvents
from probes.edge.adb.shell import Phone, whole
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import AppFacts

_PIDS = re.compile(r"[\d\s]*")
_MOST_PIDS = 20  # of one application; a pidof that does not look at names lists every process
_OF_ALL = re.compile(r"^ *(\d{1,9}) +(\S{1,200}) *\r?$", re.MULTILINE)  # `ps -A -o PID,NAME`
_OF_ALL_OLD = re.compile(r"^\S{1,40} +(\d{1,9}) .{0,400}? (\S{1,200}) *\r?$", re.MULTILINE)  # ps of Android 7: user, number, …, name
_FEWEST = 3  # processes that a ps lists that works
_FROZEN_S = 600.0  # for so long one that was found not responding is taken to be so, while its process is the same
_CRASHING, _CRASHING_S = 3, 900.0


def app(phone: Phone, package: str, required: bool, deadline: Deadline) -> Check[AppFacts]:
    """`pm path` says nothing of what is not installed. Raises NotReady, PeerFailed and CannotTell."""
    facts = AppFacts(required=required)
    name = shlex.quote(package)
    pids = _pids(phone, package, deadline)
    if pids is None:
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, "neither pidof nor ps told anything of it", name=package)
    log = events.parse(phone.ask("logcat -b events -d -v threadtime -t 2000", deadline).stdout, package)
    facts = facts.with_(pids=pids, crashes=log.crashes or None, hangs=log.anrs or None)
    if pids:
        trouble = _trouble(phone, log, pids, deadline) if log.crashes or log.anrs else None
        return check_of(facts, Outcome.FAIL if trouble else Outcome.PASS, trouble, name=package)
    installed = phone.ask(f"pm path {name}", deadline)
    nowhere = not installed.stdout.strip() and not installed.stderr.strip() and installed.status in (0, 1)
    return check_of(facts, Outcome.FAIL, Symptom.NOT_INSTALLED if nowhere else Symptom.NOT_RUNNING, name=package)


def _pids(phone: Phone, package: str, deadline: Deadline) -> tuple[int, ...] | None:
    """Of all its processes: one may be there by that of its service alone, whose name has a colon behind the package. `pidof` of toybox
    leaves with 1 where there is none of just that name; None where nobody tells."""
    running = phone.ask(f"pidof {shlex.quote(package)}", deadline)
    told = running.status in (0, 1) and _PIDS.fullmatch(running.stdout) is not None
    pids = tuple(int(pid) for pid in running.stdout[:400].split() if len(pid) < 10) if told else ()
    if 0 < len(pids) <= _MOST_PIDS:
        return pids
    listed = _processes(phone, deadline)
    if listed is None:
        return () if told and not pids else None
    return tuple(pid for pid, name in listed if name.partition(":")[0] == package)[:_MOST_PIDS]


def _processes(phone: Phone, deadline: Deadline) -> list[tuple[int, str]] | None:
    """None where no ps lists them."""
    for command, line in (("ps -A -o PID,NAME", _OF_ALL), ("ps", _OF_ALL_OLD)):
        found = line.findall(whole(phone.ask(command, deadline)))
        if len(found) >= _FEWEST:
            return [(int(pid), name) for pid, name in found]
    return None


def _trouble(phone: Phone, log: AppEvents, pids: tuple[int, ...], deadline: Deadline) -> Symptom | None:
    """One that is there and does not work, by the device's own clock."""
    now = phone.ask("date '+%m-%d %H:%M:%S'", deadline).stdout.strip()
    if log.hung in pids and events.lately((log.last_anr,), now, _FROZEN_S):
        return Symptom.FROZEN
    return Symptom.CRASHING if events.lately(log.crashed_at, now, _CRASHING_S) >= _CRASHING else None
