"""The status for other programs: a Nagios plug-in's line, Prometheus' text exposition, tab-separated values.

A document that says nothing about now is told as unknown: nobody may take it for news.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.contract.document import Status
from agent.contract.summary import CAN_PAY
from agent.contract.times import parse
from agent.diagnosis.model import CanPay, State
from agent.present import asked
from agent.present.document import Document
from agent.present.exposition import gauge
from agent.present.headline import headline
from agent.settings.model import Language
from agent.storage.status_file import EXIT_STATUS
from probes.ground.text import escape
from probes.model import Outcome
from probes.model.facts import GatewayFacts

_OUTCOMES = {Outcome.PASS: 0, Outcome.WARN: 1, Outcome.FAIL: 2, Outcome.SKIP: 3, Outcome.UNKNOWN: 4}
# Nagios' own words for the exit statuses 0 to 3
_SERVICE = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


def nagios(status: Status, *, stale: bool, read_s: float = 0.0) -> str:
    """One line with performance data, as the Monitoring Plugins' guidelines have it. A bar would begin the data, so none stands before."""
    state, can_pay = _now(status, stale)
    said = ("stale: " if stale else "") + headline(status, Language.EN, None if stale else read_s)
    counts = [sum(check.outcome is outcome for check in status.checks) for outcome in (Outcome.PASS, Outcome.FAIL)]
    data = f"can_pay={can_pay};;;-1;1 checks_passed={counts[0]} checks_failed={counts[1]}"
    age = asked.age_of(Document(status), read_s)
    if age is not None:
        data += f" answer_age={age:.0f}s"
    return f"POSDIAG {_SERVICE[state]} - {said.replace('|', '/')} | {data}"


def tsv(status: Status) -> str:
    """A line for each check, with a heading. Tabs and line ends within a field are escaped."""
    rows: list[Sequence[object]] = [("id", "layer", "target", "outcome", "symptom", "because", "took_ms", "observed_at", "answered_at")]
    for check in Document(status).checks:
        row = (check.id, check.layer, check.target, check.outcome, check.symptom or "", check.because or "", check.took_ms)
        answered = check.facts.app_answered_at if isinstance(check.facts, GatewayFacts) else None
        rows.append((*row, check.observed_at, answered or ""))
    return "".join("\t".join(_field(value) for value in row) + "\n" for row in rows)


def prometheus(status: Status, *, stale: bool) -> str:
    """For the textfile collector of node_exporter."""
    return "".join(f"{line}\n" for line in _families(status, stale))


def _families(status: Status, stale: bool) -> Iterator[str]:
    state, can_pay = _now(status, stale)
    terminal = status.terminal
    yield from gauge("posdiag_state", "State of the terminal: 0 ok, 1 degraded, 2 outage, 3 unknown.", [({}, state)])
    yield from gauge("posdiag_can_pay", "Whether a card payment is possible now: 1 yes, 0 no, -1 unknown.", [({}, can_pay)])
    about = {"terminal": terminal.id, "version": terminal.agent_version, "config_hash": terminal.config_hash, "store": terminal.store}
    yield from gauge("posdiag_agent_info", "Which terminal and agent this is.", [(about, 1)])
    for name, said, stamp in (
        ("posdiag_generated_timestamp_seconds", "When the status was made.", status.generated_at),
        ("posdiag_valid_until_timestamp_seconds", "Past this time the status tells nothing.", status.valid_until),
        ("posdiag_state_since_timestamp_seconds", "Since when the state is as it is.", status.since),
    ):
        yield from gauge(name, said, [({}, parse(stamp) or 0)])
    causes = [({"code": c.code, "subject": c.subject, "severity": c.severity}, c.confidence) for c in status.causes]
    yield from gauge("posdiag_cause_confidence_ratio", "Causes that are reported, with how sure each is.", causes)
    checks = [({"id": c.id, "layer": c.layer}, _OUTCOMES[c.outcome]) for c in status.checks]
    yield from gauge("posdiag_check_outcome", "Each check: 0 pass, 1 warn, 2 fail, 3 skipped, 4 unknown.", checks)
    written = parse(status.generated_at)
    answers = [({"id": w.check.id}, round(written - (w.age_s or 0.0))) for w in asked.words_of(Document(status))] if written else []
    yield from gauge("posdiag_answer_timestamp_seconds", "When the host of a gateway last answered the application's question.", answers)
    took = [({"id": c.id}, c.took_ms / 1000) for c in status.checks if c.took_ms]
    yield from gauge("posdiag_check_duration_seconds", "How long each check took.", took)


def _field(value: object) -> str:
    return escape(str(value))


def _now(status: Status, stale: bool) -> tuple[int, int]:
    return (EXIT_STATUS[State.UNKNOWN], CAN_PAY[CanPay.UNKNOWN]) if stale else (EXIT_STATUS[status.state], CAN_PAY[status.can_pay])
