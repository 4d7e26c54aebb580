"""What an Android terminal itself reaches: an address and a port, tried from the device with its own tools. No TLS and no message of the
acquirer's: that only its payment application does.

`toybox nc` connects or says why not; `-w` bounds the connecting, so one that still runs past that has connected. Silence may be the
device's or its link's as well, so the device itself has to say that nc still ran: `timeout` ends it then with 124 (143 in older ones), and
only that counts. Its words for a name that is not found are those of bionic's getaddrinfo, which has one for all reasons.

A name that is still being looked for looks the same: "Timeout" where the alarm of `-w` bounds that as well, as in AOSP's nc, and 124 where
it does not. So for a host with a name both are held against ping, which tells the address before it sends anything.
"""

from __future__ import annotations

import re
import shlex
from enum import Enum

from msgspec import Struct

from probes.edge.adb.shell import Phone
from probes.ground.addresses import is_address
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import GatewayFacts, Phase, ReachFacts, ResolverFacts
from probes.settings import Gateway

_CONNECT_S = 4
_NAME_S = 3.0  # for a name by ping, which then waits for an answer for 1 s
_ALIVE_S = 2.0
_ENDED_BY_TIMEOUT = (124, 143)
_KILLED = (134, 137, 139)  # by the system, short of memory or crashed: that says nothing of the host
_UNTOLD = "the device did not say whether it connected"
_NO_NAME = re.compile(
    r"unknown host|No address associated|Name or service not known|nodename nor servname|bad (?:host|address)|not known|resolv",
    re.IGNORECASE,
)
_WORDS = (
    (re.compile(r"refused", re.IGNORECASE), Symptom.REFUSED),
    (re.compile(r"unreachable", re.IGNORECASE), Symptom.UNREACHABLE),
    (re.compile(r"timed? ?out|timeout", re.IGNORECASE), Symptom.TIMEOUT),
)
_NO_TOOL = re.compile(r"not found|inaccessible|unknown (?:command|option)|Unknown command", re.IGNORECASE)
# iputils for IPv4, for IPv6 with and without the name of the address, and toybox
_ADDRESS_OF = re.compile(r"^PING [^\s(]{1,255}[^\n(]{0,2}\((?:[^\s()]{1,255} \()?([0-9A-Fa-f.:]+)\)", re.MULTILINE | re.IGNORECASE)


class Found(Enum):
    """Of a name. `SILENT`: whoever was asked for it said nothing in time."""

    YES = "yes"
    NO = "no"
    SILENT = "silent"


class Tried(Struct, frozen=True):
    """`symptom`: none where it connected; `named`: the name was found, or none was needed; None where nobody can tell."""

    symptom: Symptom | None
    named: bool | None = True
    text: str = ""
    unsupported: bool = False


def gateway(phone: Phone, settings: Gateway, deadline: Deadline) -> Check[GatewayFacts]:
    """Raises NotReady, PeerFailed and CannotTell."""
    tried = _connect(phone, settings.host, settings.port, deadline)
    facts = GatewayFacts(
        host=settings.host, port=settings.port, protocol=settings.protocol.value, role=settings.role.value, tls=settings.uses_tls
    )
    phase = None if tried.named is None else Phase.TCP if tried.named else Phase.RESOLVE
    facts = facts.with_(phase=phase, text=tried.text or None)
    target = f"{settings.host}:{settings.port}"
    if tried.unsupported:
        return check_of(facts, Outcome.UNKNOWN, Symptom.UNSUPPORTED, _UNTOLD, name=settings.name, target=target)
    if tried.symptom is None:
        facts = facts.with_(phase=Phase.DONE, depth=Phase.TCP)
    outcome = Outcome.PASS if tried.symptom is None else Outcome.FAIL
    return check_of(facts, outcome, tried.symptom, name=settings.name, target=target)


def reach(phone: Phone, endpoint: str, expected: bool, deadline: Deadline) -> Check[ReachFacts]:
    """An address with its port, without names; a refusal comes from beyond the router too. Raises as `gateway`."""
    host, _, port = endpoint.rpartition(":")
    tried = _connect(phone, host.strip("[]"), int(port), deadline)
    facts = ReachFacts(port=int(port), address=host.strip("[]"), expected=expected, text=tried.text or None)
    if tried.unsupported:
        return check_of(facts, Outcome.UNKNOWN, Symptom.UNSUPPORTED, _UNTOLD, name=endpoint)
    answered = tried.symptom is None or tried.symptom is Symptom.REFUSED
    facts = facts.with_(answer="refused" if tried.symptom else "accepted") if answered else facts
    return check_of(facts, Outcome.PASS if answered else Outcome.FAIL, None if answered else tried.symptom, name=endpoint)


def names(phone: Phone, wanted: tuple[str, ...], deadline: Deadline) -> Check[ResolverFacts]:
    """Whether the device finds any of these names: by ping, which says the address before it waits for an answer. Raises as `gateway`."""
    found: dict[str, str] = {}
    silent = False
    for name in wanted:
        if silent and name != wanted[-1]:
            continue  # each silent one takes seconds: the last, a public one, shows whether it is that name alone
        known = _found(phone, name, deadline)
        if known is Found.SILENT:
            silent = True
        elif known is not None:
            found[name] = "NOERROR" if known is Found.YES else "not found"
    facts = ResolverFacts(names=found)
    if "NOERROR" in found.values():
        return check_of(facts, Outcome.PASS, name="device")
    if found:
        return check_of(facts, Outcome.FAIL, Symptom.NO_USABLE_ANSWER, name="device")
    if not silent:
        return check_of(facts, Outcome.UNKNOWN, Symptom.UNSUPPORTED, "the device has no ping that finds names", name="device")
    if phone.ask("date +%s", deadline, _ALIVE_S).status is None:  # not the name servers, but the device or the link to it
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, "the device did not answer: ping", name="device")
    return check_of(facts, Outcome.FAIL, Symptom.TIMEOUT, name="device")


def _found(phone: Phone, name: str, deadline: Deadline) -> Found | None:
    """None where ping is not there, or says something else."""
    said = phone.ask(f"ping -c 1 -W 1 {shlex.quote(name)}", deadline, _NAME_S)
    if _ADDRESS_OF.search(said.stdout):
        return Found.YES
    if said.status is None:
        return None if said.stdout or said.stderr else Found.SILENT
    return Found.NO if _NO_NAME.search(said.stderr + said.stdout) else None


def _connect(phone: Phone, host: str, port: int, deadline: Deadline) -> Tried:
    """Only what the device itself says counts: that nc connected, why it did not, or that it still ran when its time was over."""
    command = f"timeout {_CONNECT_S + 1} toybox nc -w {_CONNECT_S} {shlex.quote(host)} {port} </dev/null"
    said = phone.ask(command, deadline, _CONNECT_S + 3)
    text = escape(said.stderr.strip())[:200]
    if said.status is None or said.status in _KILLED:
        return Tried(None, text=text, unsupported=True)
    if said.status == 127 or (said.status != 0 and _NO_TOOL.search(said.stderr) and not _NO_NAME.search(said.stderr)):
        return Tried(None, text=text, unsupported=True)
    if said.status == 0:
        return Tried(None)
    if said.status in _ENDED_BY_TIMEOUT and not said.stderr.strip():
        known = Found.YES if is_address(host) else _found(phone, host, deadline)
        return Tried(None) if known is Found.YES else Tried(None, named=None, unsupported=True)
    if _NO_NAME.search(said.stderr):
        return Tried(Symptom.NXDOMAIN, named=False, text=text)
    for words, symptom in _WORDS:
        if words.search(said.stderr):
            known = Found.YES if symptom is not Symptom.TIMEOUT or is_address(host) else _found(phone, host, deadline)
            return Tried(symptom, named=None if known is None else known is Found.YES, text=text)
    return Tried(None, text=text, unsupported=True)
