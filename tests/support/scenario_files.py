"""Scenarios: what was observed, and what must come of it.

A file `tests/scenarios/*.toml` says in words what is broken, and lists only the checks that differ from `healthy.toml`:

    [checks]
    "link:eth0" = "fail no_carrier"                      # outcome, symptom
    "gateway:*" = "skip because link:eth0"               # a pattern changes every check of the healthy terminal that fits
    "router:192.168.1.1" = "absent"                      # not examined at all
    "gateway:acquirer-a" = { is = "fail timeout", phase = "tcp" }   # with facts

Facts are those of the check's kind (`probes/model/facts`); any other is an error, as is a word that no vocabulary has. Under `[expect]`,
`causes` is the whole list in its order: severity, code, subject. A file `tests/cases/*.json` is a status document as
`posdiag --check --json` prints it; the verdict in it, corrected by hand where it was wrong, is what is expected.
"""

from __future__ import annotations

import json
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from agent.contract.checks import check_from, facts_from, values_of
from agent.contract.document import Status
from agent.diagnosis.causes import Category, Cause, Severity
from agent.diagnosis.model import CanPay, State
from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom, kind_of
from probes.model.facts import FACTS

FOLDER = Path(__file__).parents[1] / "scenarios"
CASES = Path(__file__).parents[1] / "cases"
OBSERVED_AT = "2026-01-31T08:00:00.000Z"
# what stays known of a check that got no answer
_STATIC = {
    *("kind", "role", "configured", "used", "interface", "via", "on_subnet", "beyond_router", "url", "host", "expected", "address", "port"),
    *("protocol", "tls", "label", "required", "path", "named", "app_configured"),
}


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str


class ExpectedCause(Struct, frozen=True):
    severity: Severity
    code: Cause
    subject: str


class Expected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`ruled_out`, `evidence` and `candidates` are of the first cause; what is empty is not looked at, `causes` always is."""

    can_pay: CanPay
    state: State
    causes: tuple[str, ...] = ()
    category: Category | None = None
    candidates: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    ruled_out: dict[str, str] = {}
    confidence_at_most: dict[str, float] = {}
    summary: Words | None = None
    first_step: Words | None = None

    @property
    def findings(self) -> list[ExpectedCause]:
        parts = [line.split(" ", 2) for line in self.causes]
        return [ExpectedCause(Severity(severity), Cause.of(code), subject) for severity, code, subject in parts]


class Scenario(Struct, frozen=True, kw_only=True):
    name: str
    title: Words
    checks: tuple[Check[Facts], ...]
    expect: Expected


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    title: Words
    expect: Expected
    checks: dict[str, str | dict[str, Any]] = {}


def load(path: Path) -> Scenario:
    """Raises ValueError, naming the file, for what is no scenario."""
    try:
        return _document(path) if path.suffix == ".json" else _scenario(path)
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, json.JSONDecodeError, KeyError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def every() -> list[Scenario]:
    return [load(path) for path in (*sorted(FOLDER.glob("*.toml")), *sorted(CASES.glob("*.json")))]


def _read(path: Path) -> _File:
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)


def _scenario(path: Path) -> Scenario:
    file = _read(path)
    checks: dict[str, Check[Facts]] = {}
    if path.name != "healthy.toml":
        for name, said in _read(FOLDER / "healthy.toml").checks.items():
            checks[name] = _check(name, said, None)
    for pattern, said in file.checks.items():
        names = [name for name in checks if fnmatchcase(name, pattern)] if "*" in pattern else [pattern]
        if not names:
            raise ValueError(f"{pattern} fits no check of healthy.toml")
        for name in names:
            if said == "absent":
                del checks[name]
            else:
                checks[name] = _check(name, said, checks.get(name))
    order = list(Layer)
    known = tuple(sorted(checks.values(), key=lambda check: order.index(check.layer)))
    return Scenario(name=path.stem, title=file.title, checks=known, expect=file.expect)


def _check(name: str, said: str | dict[str, Any], healthy: Check[Facts] | None) -> Check[Facts]:
    kind = kind_of(name)
    if kind is Kind.OTHER:
        raise ValueError(f"{name} is the id of no check")
    told = {} if isinstance(said, str) else {key: value for key, value in said.items() if key not in ("is", "target")}
    words, _, because = (said if isinstance(said, str) else said["is"]).partition(" because ")
    outcome, _, symptom = words.partition(" ")
    base = {} if healthy is None or outcome == "skip" else values_of(healthy.facts)
    if outcome != "pass":
        base = {key: value for key, value in base.items() if key in _STATIC}
    facts = _facts(name, base | told)
    target = "" if isinstance(said, str) else str(said.get("target", ""))
    return Check(
        id=name,
        layer=kind.layer,
        target=target or (healthy.target if healthy else _target(name, told)),
        outcome=Outcome(outcome),
        symptom=_symptom(symptom) if symptom else None,
        because=because or None,
        observed_at=OBSERVED_AT,
        facts=facts,
    )


def _facts(name: str, told: dict[str, Any]) -> Facts:
    """Raises ValueError for a fact that no such check has, or that is not of its type."""
    kind = kind_of(name)
    if strange := told.keys() - {field.encode_name for field in msgspec.structs.fields(FACTS[kind])}:
        raise ValueError(f"{name} has no fact named {', '.join(sorted(strange))}")
    facts = facts_from(kind, told)
    if lost := {key for key, value in told.items() if value not in ([], {})} - values_of(facts).keys():
        raise ValueError(f"{name}: {', '.join(sorted(lost))}: not of its type")
    return facts


def _symptom(word: str) -> Symptom:
    found = Symptom(word)
    if not found.known:
        raise ValueError(f"{word} is no symptom")
    return found


def _target(name: str, told: dict[str, Any]) -> str:
    kind = kind_of(name)
    if kind is Kind.GATEWAY:
        return f"{told['host']}:{told['port']}"
    return kind.subject_of(name) or kind.value.rpartition(":")[2]


def _document(path: Path) -> Scenario:
    status = msgspec.json.decode(path.read_bytes(), type=Status)
    leading = next((cause for cause in status.causes if cause.severity is not Severity.NOTICE), None)
    first = next(iter(status.remediation), None)
    expect = Expected(
        can_pay=status.can_pay,
        state=status.state,
        causes=tuple(f"{cause.severity} {cause.code.value} {cause.subject}" for cause in status.causes),
        category=status.category,
        candidates=tuple(code.value for code in leading.candidates) if leading else (),
        first_step=Words(first.text.zh, first.text.en) if first else None,
    )
    return Scenario(
        name=path.stem, title=Words(path.stem, path.stem), checks=tuple(check_from(entry) for entry in status.checks), expect=expect
    )
