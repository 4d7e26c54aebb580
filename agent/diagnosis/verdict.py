"""`can_pay` and `state`, exactly as the public contract orders them, and which checks are the reasons. Pure."""

from __future__ import annotations

from agent.diagnosis.evidence import not_looked
from agent.diagnosis.model import CanPay, State
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import knows
from probes.model import Check, Facts, Layer, Outcome, Symptom
from probes.model.facts import AppFacts, BackupFacts, DeviceFacts, OnLanFacts, SerialFacts


def can_pay(snapshot: Snapshot) -> CanPay:
    """The first that applies: a required device fails, no gateway is configured, one accepted, all failed, cannot tell."""
    if _required_failing(snapshot):
        return CanPay.NO
    if not snapshot.gateways:
        return CanPay.UNKNOWN
    if snapshot.accepted:
        return CanPay.YES
    if all(_failed(check, snapshot) for check in snapshot.gateways):
        return CanPay.NO
    return CanPay.UNKNOWN


def state(snapshot: Snapshot, pay: CanPay, something_wrong: bool) -> State:
    if pay is CanPay.NO or (not snapshot.gateways and internet_missing(snapshot)):
        return State.OUTAGE
    if pay is CanPay.UNKNOWN and (snapshot.gateways or _blind(snapshot)):
        return State.UNKNOWN
    return State.DEGRADED if something_wrong else State.OK


def reasons(snapshot: Snapshot, pay: CanPay) -> frozenset[str]:
    """Ids of the checks because of which no payment is possible, with what prevented them."""
    bad: list[Check[Facts]] = []
    if pay is CanPay.NO:
        bad += _required_failing(snapshot)
        if not snapshot.accepted:
            bad += snapshot.gateways
    elif not snapshot.gateways and internet_missing(snapshot):
        bad += [check for check in snapshot.internet if not check.ok]
    return frozenset(found.id for check in bad for found in (check, *snapshot.because_chain(check)))


def internet_missing(snapshot: Snapshot) -> bool:
    """The Internet is expected and no uplink reaches it; somebody else's page in its place does not count as reaching it."""
    checks = snapshot.internet
    if not snapshot.internet_expected or not checks:
        return False
    if snapshot.portal and not any(check.ok for check in snapshot.http_checks):
        return True
    return not any(check.ok for check in checks) and any(_failed(check, snapshot) for check in checks) and not _reached_otherwise(snapshot)


def _reached_otherwise(snapshot: Snapshot) -> bool:
    return any(check.ok for check in snapshot.of_kind(BackupFacts))


def _required_failing(snapshot: Snapshot) -> list[Check[Facts]]:
    devices = [check for check in snapshot.of_kind(SerialFacts) if check.failed and check.facts.required]
    applications = [check for check in snapshot.of_kind(AppFacts) if check.failed and check.facts.required]
    return [*devices, *applications, *terminal_gone(snapshot)]


def terminal_gone(snapshot: Snapshot) -> list[Check[Facts]]:
    """Of a terminal beside this machine: empty where it is there on one of the ways to it, as one way alone may be a cable, or where
    one of them was not looked at."""
    ways = [check for check in _ways(snapshot) if not _only_over_the_network(check)]
    gone = [check for check in ways if check.failed and check.symptom is Symptom.TERMINAL_GONE]
    return gone if all(check in gone or _looked_in_vain(check) for check in ways) else []


def _ways(snapshot: Snapshot) -> list[Check[Facts]]:
    return [*snapshot.of_kind(DeviceFacts), *snapshot.of_kind(OnLanFacts)]


def _only_over_the_network(check: Check[Facts]) -> bool:
    """adb over the network that does not get there: whether it is there the look at the network says, unless something answered."""
    silent = (Symptom.NOBODY_THERE, Symptom.HANGS, Symptom.NO_ADB, Symptom.NOT_LOOKED)
    return knows(check, DeviceFacts) and check.facts.over == "network" and not check.made and check.symptom in silent


def _looked_in_vain(check: Check[Facts]) -> bool:
    """It was looked for and is not there, whether or not it ever was: adb lists it in no state, or nobody on this machine's own network is
    it. Silence beyond a router, and a name that is not found, are no such look."""
    if check.outcome is not Outcome.UNKNOWN:
        return False
    if knows(check, DeviceFacts):
        return check.facts.over == "usb" and check.facts.state is None and check.symptom is None
    known = knows(check, OnLanFacts) and check.facts.others is not None and (check.facts.address or check.facts.mac)
    return bool(known) and check.symptom is Symptom.NOBODY_THERE


def _failed(check: Check[Facts], snapshot: Snapshot) -> bool:
    """Failed, or skipped because of a check that failed, however many steps away."""
    return check.failed or (check.outcome is Outcome.SKIP and any(found.failed for found in snapshot.because_chain(check)))


def _blind(snapshot: Snapshot) -> bool:
    """Nothing about the network could be seen at all, or nothing of the Internet because this machine did not let us look; or nobody has
    seen the terminal that was to be looked at."""
    network = [c for c in snapshot.checks if c.layer in (Layer.INTERNET, Layer.DNS, Layer.ROUTER)]
    return (bool(network) and all(_cannot_tell(check) for check in network)) or _internet_not_looked(snapshot) or _unseen(snapshot)


def _unseen(snapshot: Snapshot) -> bool:
    """A terminal beside this machine that nobody has seen."""
    ways = _ways(snapshot)
    return bool(ways) and not any(check.ok or (knows(check, OnLanFacts) and check.facts.answered_by) for check in ways)


def _internet_not_looked(snapshot: Snapshot) -> bool:
    wanted = [check for check in snapshot.internet if check.facts.expected is not False]
    return any(not_looked(check) for check in wanted) and not any(check.ok for check in wanted)


def _cannot_tell(check: Check[Facts]) -> bool:
    return check.outcome is Outcome.UNKNOWN
