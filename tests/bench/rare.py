"""What comes too rarely for a part of an hour to hold it: packets over an uplink with a budget, and a copy to flash once an hour."""

from __future__ import annotations

from dataclasses import dataclass

from agent.daemon.depth_policy import COMPLETE_S, DEEP_S
from tests.bench import usage
from tests.bench.load import acquirer_in
from tests.support.world import netns, plan
from tests.support.world.world import World

_ONE_GATEWAY = """
import sys
from agent.settings.load import load
from probes import gateway
from probes.ground.deadline import Deadline
from probes.edge.dns.lookup import Lookup
from probes.edge.acquirer.send_permit import Unlimited
check = gateway.probe(load(sys.argv[1]).settings.gateway[0], Lookup(servers=(sys.argv[2],)), None, Unlimited(), Deadline(5))
sys.exit(0 if check.facts.depth == "app" else f"{check.symptom}")
"""
_COPIES = """
import sys
from pathlib import Path
from agent.messages.record import GatewayMessages, HostAnswer, Record, Sent, save
from probes.model import Outcome
def written():
    return int(Path("/proc/self/io").read_text().split("\\nwrite_bytes:")[1].split()[0])
sent = tuple(Sent(at_s=1e9 + n, boot_id="0" * 36, running_s=1e5 + n, by="daemon") for n in range(8))
answer = HostAnswer(outcome=Outcome.PASS, facts={"response_code": "00", "trace": "123456", "answer_ms": 12.3}, to=sent[0])
record = Record(gateways={"acquirer-a": GatewayMessages(target="gw-a.pay.example:8583", sent=sent, answer=answer)})
save(Path(sys.argv[1]), record)
before = written()
for _ in range(20):
    save(Path(sys.argv[1]), record)
print((written() - before) // 20)
"""
_MONTH_S = 30 * 86400.0


@dataclass(frozen=True)
class Rare:
    """Bytes of IPv4: a name, TLS and an echo; a complete examination. `copy`: bytes written to flash for a record of messages."""

    deep: int
    complete: int
    copy: int

    @property
    def monthly(self) -> float:
        return _MONTH_S / DEEP_S * self.deep + _MONTH_S / COMPLETE_S * self.complete


def measure(python: str) -> Rare:
    with World() as w:
        w.config["gateway"] = [acquirer_in(w) | {"app_interval_s": 0}]
        usage.count_wire(w.terminal)
        w.check()
        complete = usage.wire(w.terminal)
        netns.command("ip", "netns", "exec", w.terminal, python, "-c", _ONE_GATEWAY, str(w.configure()), plan.ROUTER)
        copy = netns.command(python, "-c", _COPIES, str(w.folder / "state"))
        return Rare(usage.wire(w.terminal) - complete, complete, int(copy))
