"""Whether the payment application runs, and whether anybody answers it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from probes.edge.failures import CannotTell
from probes.edge.kernel.conversations import Conversation, conversations, of_processes
from probes.edge.kernel.descriptors import descriptors_of
from probes.edge.kernel.freezer import is_frozen
from probes.edge.kernel.processes import Process, census, matches, shown
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import AppFacts, Hanging
from probes.settings import App

PIDS_SHOWN = 20
HANGS_S, LOST_S = 5.0, 60.0  # unanswered for so long it is worth a look; it is lost
_SHOWN = 8
_UNSEEN = f"its connections cannot be seen: {rights.NETLINK.missing()}"
_BY_USER = f"its connections are told by its user: {rights.HOLDERS.missing()}"


class Peer(Struct, frozen=True, kw_only=True):
    """A host that the application talks to. `address` is empty where only a name is configured: then the port tells."""

    gateway: str
    address: str
    port: int

    def is_of(self, each: Conversation) -> bool:
        return each.port == self.port and self.address in ("", each.address)


def app(settings: App, peers: Sequence[Peer] = (), *, hangs_s: float = HANGS_S, lost_s: float = LOST_S) -> Check[AppFacts]:
    """Passes while one process of it is neither stopped nor dead, and may open one more file or connection; with a remark
    where its connection to a host is lost.

    `hangs_s`, `lost_s`: for how long nobody has answered one that hangs, or is lost.
    """
    seen = census()
    found = matches(settings.process, seen.processes)
    fitting = [(process, process.fits(found)) for process in seen.processes]
    ours = [process for process, fits in fitting if fits]
    alive = [process for process in ours if not process.zombie]
    working = [process for process in alive if not process.stopped]
    facts = _facts(settings, working or alive or ours)

    def check(outcome: Outcome, symptom: Symptom | None = None, because: str | None = None) -> Check[AppFacts]:
        return check_of(facts, outcome, symptom, because, name=settings.name)

    if working and _all_frozen(working):
        return check(Outcome.FAIL, Symptom.STOPPED)
    if working:
        facts = _with_descriptors(facts, working)
        if facts.descriptors is not None:
            return check(Outcome.FAIL, Symptom.NO_DESCRIPTORS)
        facts = _with_traffic(facts, working, peers, hangs_s, lost_s)
        return check(Outcome.WARN, Symptom.UNANSWERED) if facts.lost else check(Outcome.PASS)
    if seen.not_looked:
        return check(Outcome.UNKNOWN, Symptom.NOT_LOOKED, seen.not_looked)
    if any(fits is None for _, fits in fitting):
        return check(Outcome.UNKNOWN, Symptom.NOT_LOOKED if found.said.not_looked else None, found.said.because)
    if not seen.complete and not alive:
        return check(Outcome.UNKNOWN, Symptom.DENIED, rights.PROCESSES.missing())
    if alive:
        return check(Outcome.FAIL, Symptom.STOPPED)
    return check(Outcome.FAIL, Symptom.ZOMBIE if ours else Symptom.NOT_RUNNING)


def _facts(settings: App, processes: list[Process]) -> AppFacts:
    return AppFacts(
        required=settings.required,
        pids=tuple(process.pid for process in processes)[:PIDS_SHOWN],
        names=tuple(sorted({shown(process.name) for process in processes}))[:PIDS_SHOWN],
    )


def _all_frozen(processes: list[Process]) -> bool:
    try:
        return all(is_frozen(process.pid) for process in processes)
    except CannotTell:
        return False


def _with_descriptors(facts: AppFacts, processes: list[Process]) -> AppFacts:
    """Where every process of it has all that it may have: of several, one that is well may be the one that pays."""
    try:
        counted = [descriptors_of(process.pid) for process in processes]
    except CannotTell:
        return facts
    full = [each for each in counted if each is not None and each.all_used]
    return facts.with_(descriptors=full[0].used) if full and len(full) == len(processes) else facts


def _with_traffic(facts: AppFacts, processes: list[Process], peers: Sequence[Peer], hangs_s: float, lost_s: float) -> AppFacts:
    if not peers:
        return facts
    try:
        found = [each for each in conversations({peer.port for peer in peers}) if any(peer.is_of(each) for peer in peers)]
        own, certain = of_processes(found, (process.pid for process in processes)) if found else ([], True)
    except CannotTell as trouble:
        return facts.with_(text=trouble.text)
    except (OSError, ValueError):
        return facts.with_(text=_UNSEEN)
    hanging, lost = [], []
    for peer in peers:
        to_it = [each for each in own if peer.is_of(each)]
        hanging += [_hanging(each, peer) for each in to_it if each.unanswered_s >= hangs_s]
        standing = [each for each in to_it if each.established]
        if standing and all(each.unanswered_s >= lost_s for each in standing):
            lost.append(peer.gateway)
    return facts.with_(
        connections=sum(each.established for each in own),
        hanging=tuple(hanging[:_SHOWN]),
        lost=tuple(lost),
        text=None if certain else _BY_USER,
    )


def _hanging(each: Conversation, peer: Peer) -> Hanging:
    return Hanging(
        gateway=peer.gateway,
        peer=f"{each.address}:{each.port}",
        established=each.established,
        unanswered_s=round(each.unanswered_s, 1),
        retransmits=each.retransmits,
        received_s_ago=None if each.received_s_ago is None else round(each.received_s_ago, 1),
    )
