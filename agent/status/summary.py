"""From a status document to its summary. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.contract.checks import checks_from
from agent.contract.document import ClosedEntry, Recorded, Status
from agent.contract.summary import CAN_PAY, ClosedIncident, Summary
from agent.contract.times import parse
from agent.present import asked
from agent.present.document import Document
from agent.storage.status_file import EXIT_STATUS
from probes.model.facts import GatewayFacts, LinkFacts, ResolverFacts, SerialFacts

_LABELS = ("isp", "region", "model", "firmware", "operator")  # a label of this name is that attribute


def summarise(status: Status) -> Summary:
    terminal, first = status.terminal, status.causes[0] if status.cause is not None and status.causes else None
    age, record = asked.age_of(Document(status)), status.record or Recorded()
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
        attributes=dict(_attributes(status, first.evidence if first is not None else ())),
        labels={name: value for name, value in terminal.labels.items() if name not in _LABELS},
        seconds_by_state=record.seconds_by_state,
        incidents_by_cause=record.incidents_by_cause,
        closed=tuple(_closed(each) for each in record.closed),
    )


def _closed(entry: ClosedEntry) -> ClosedIncident:
    return ClosedIncident(
        cause=entry.cause, subject=entry.subject, began=_seconds(entry.began_at), seconds=entry.duration_s, step=entry.step
    )


def _seconds(stamp: str) -> int:
    return int(parse(stamp) or 0)


def _attributes(status: Status, evidence: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What several terminals with one fault may have in common; nothing where it is not known. Of several hosts, resolvers and lines it is
    the one that the verdict rests on, else the first."""
    terminal, record = status.terminal, status.record or Recorded()
    checks = checks_from(status.checks)
    checks = (*(check for check in checks if check.id in evidence), *checks)
    hosts = [(check.name, check.facts) for check in checks if isinstance(check.facts, GatewayFacts) and check.facts.host]
    name, host = hosts[0] if hosts else ("", GatewayFacts())
    lines = [check.facts for check in checks if isinstance(check.facts, LinkFacts) and check.facts.used and check.ok]
    found = {
        "store": terminal.store,
        "model": terminal.model,
        "firmware": terminal.firmware,
        "host": host.host or "",
        "address": host.address or record.addresses.get(name, ""),  # the last known where the name leads nowhere now
        "resolver": next((check.target for check in checks if isinstance(check.facts, ResolverFacts)), ""),
        "uplink": next((facts.interface_kind or "" for facts in lines), ""),
        "operator": next((check.facts.operator for check in checks if isinstance(check.facts, SerialFacts) and check.facts.operator), ""),
        **{label: terminal.labels[label] for label in _LABELS if terminal.labels.get(label)},
    }
    yield from ((name, str(value)) for name, value in found.items() if value)
