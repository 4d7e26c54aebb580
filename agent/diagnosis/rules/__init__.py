"""One file a part of the path; each rule is a pure function from a snapshot to candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.rules.address import address_rules
from agent.diagnosis.rules.beside import beside_rules
from agent.diagnosis.rules.cellular import cellular_rules
from agent.diagnosis.rules.device import device_rules
from agent.diagnosis.rules.gateway import gateway_rules
from agent.diagnosis.rules.internet import internet_rules
from agent.diagnosis.rules.link import link_rules
from agent.diagnosis.rules.names import names_rules
from agent.diagnosis.rules.own_side import own_side_rules
from agent.diagnosis.rules.quality import quality_rules
from agent.diagnosis.rules.router import router_rules
from agent.diagnosis.rules.system import system_rules
from agent.diagnosis.rules.tunnel import tunnel_rules
from agent.diagnosis.snapshot import Snapshot

Rule = Callable[[Snapshot], Iterator[Candidate]]

RULES: tuple[Rule, ...] = (
    system_rules,
    own_side_rules,
    link_rules,
    cellular_rules,
    address_rules,
    router_rules,
    names_rules,
    internet_rules,
    tunnel_rules,
    quality_rules,
    gateway_rules,
    device_rules,
    beside_rules,
)
