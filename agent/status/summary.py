"""From a status document to its summary. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent.contract.checks import checks_from
from agent.contract.document import Status
from agent.contract.summary import CAN_PAY, Summary
from agent.contract.times import parse
from agent.present import asked
from agent.present.document import Document
from agent.storage.status_file import EXIT_STATUS
from probes.model.facts import GatewayFacts, LinkFacts, ResolverFacts

_LABELS = ("isp", "region", "model", "firmware", "operator")  # a label of this name is that attribute


def summarise(status: Status) -> Summary:
    terminal, first = status.terminal, status.causes[0] if status.cause is not None and status.causes else None
    age = asked.age_of(Document(status))
    return Summary(
        id=terminal.id,
        serial_number=terminal.serial_number,
        machine_id=terminal.machine_id,
        boot_id=status.boot_id,
        version=terminal.agent_version,
        config_hash=terminal.config_hash,
        sequence=status.sequence,
        generated_at=_seconds(status.generated_at),
        valid_until=_seconds(status.valid_until),
        state=EXIT_STATUS[status.state],
        can_pay=CAN_PAY[status.can_pay],
        since=_seconds(status.since),
        answer_age_s=None if age is None else round(age),
        cause=status.cause or "",
        subject=first.subject if first is not None else "",
        causes=tuple(dict.fromkeys(cause.code.value for cause in status.causes)),
        attributes=dict(_attributes(status)),
        labels={name: value for name, value in terminal.labels.items() if name not in _LABELS},
    )


def _seconds(stamp: str) -> int:
    return int(parse(stamp) or 0)


def _attributes(status: Status) -> Iterator[tuple[str, str]]:
    """What several terminals with one fault may have in common; nothing where it is not known."""
    terminal, checks = status.terminal, checks_from(status.checks)
    hosts = [check.facts for check in checks if isinstance(check.facts, GatewayFacts)]
    found = {
        **{name: terminal.labels.get(name, "") for name in _LABELS},
        "store": terminal.store,
        "host": next((facts.host for facts in hosts if facts.host), ""),
        "address": next((facts.address for facts in hosts if facts.address), ""),
        "resolver": next((check.target for check in checks if isinstance(check.facts, ResolverFacts)), ""),
        "uplink": next((c.facts.interface_kind or "" for c in checks if isinstance(c.facts, LinkFacts) and c.facts.used and c.ok), ""),
    }
    yield from ((name, str(value)) for name, value in found.items() if value)
