"""Whether the payment application of an Android terminal is installed and runs, and whether it hung or crashed lately."""

from __future__ import annotations

import re
import shlex

from probes.assess.android import events
from probes.edge.adb.shell import Phone
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import AppFacts

_PIDS = re.compile(r"[\d\s]*")


def app(phone: Phone, package: str, required: bool, deadline: Deadline) -> Check[AppFacts]:
    """`pidof` of toybox leaves with 1 where there is none; `pm path` says nothing of what is not installed. Raises NotReady, PeerFailed and
    CannotTell."""
    facts = AppFacts(required=required)
    name = shlex.quote(package)
    running = phone.ask(f"pidof {name}", deadline)
    if running.status is None or running.status not in (0, 1) or not _PIDS.fullmatch(running.stdout):
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, "pidof told nothing of it", name=package)
    pids = tuple(int(pid) for pid in running.stdout[:400].split()[:20] if len(pid) < 10)
    log = events.parse(phone.ask("logcat -b events -d -v threadtime -t 2000", deadline).stdout, package)
    facts = facts.with_(pids=pids, crashes=log.crashes or None, hangs=log.anrs or None)
    if pids:
        return check_of(facts, Outcome.PASS, name=package)
    installed = phone.ask(f"pm path {name}", deadline)
    nowhere = not installed.stdout.strip() and not installed.stderr.strip() and installed.status in (0, 1)
    return check_of(facts, Outcome.FAIL, Symptom.NOT_INSTALLED if nowhere else Symptom.NOT_RUNNING, name=package)
