"""One alert a fault: which stand, what each says, which are over. Pure; who sends them is `alertmanager.py`.

What an alert is known by never changes while it stands: the fault's id, its family, and the owner and severity that it was raised with.
A fault that comes to stop payments is the one exception: its alert is ended and raised again, as a graver one, so that it goes to whoever
is woken by those; it never becomes a lesser one. Remnants of another fault raise none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.times import parse, utc
from agent.fleet.model.answer import Answer, Fault
from agent.fleet.watching.severity import Severity, severity
from agent.fleet.watching.words import described, placed, summary
from probes.ground.text import escape

NAME = "PosdiagFleetFault"
MOST = 500  # that stand at once
LOOKS_GONE = 2  # in a row, until a fault is over: one at the threshold comes and goes
_LONGEST = 1000  # characters of a text


class Standing(Struct, frozen=True, kw_only=True):
    """An alert that stands. `starts`: seconds since the epoch; `said`: its annotations of the last look at which it was there; `gone`: at
    so many looks it was not, in a row; `victims`: some of those that it had at that last look,
    at which it was `last`."""

    fault: str
    family: str
    owner: str
    severity: Severity
    starts: float
    said: dict[str, str] = {}
    victims: tuple[str, ...] = ()
    last: Fault | None = None
    gone: int = 0

    @property
    def labels(self) -> dict[str, str]:
        return {"alertname": NAME, "fault": self.fault, "family": self.family, "owner": self.owner, "severity": self.severity}


class Kept(Struct, frozen=True, kw_only=True):
    """What is kept from one start of the watch to the next."""

    schema: Literal["posdiag.fleet-alerts/1"] = "posdiag.fleet-alerts/1"
    standing: tuple[Standing, ...] = ()


class Followed(Struct, frozen=True, kw_only=True):
    """`begun`: those that were not there before, a graver one in the place of a lesser not among them; `over`: likewise. `ended`: what
    the receiver is to be told is over."""

    standing: tuple[Standing, ...]
    ended: tuple[Standing, ...] = ()
    begun: tuple[Standing, ...] = ()
    over: tuple[Standing, ...] = ()


def _heard(_: Sequence[str]) -> bool:
    return True


def _nobody(_: str) -> tuple[str, ...]:
    return ()


def follow(
    standing: Sequence[Standing],
    answer: Answer,
    now: float,
    *,
    heard: Callable[[Sequence[str]], bool] = _heard,
    victims: Callable[[str], tuple[str, ...]] = _nobody,
) -> Followed:
    """`victims`: some terminals of a fault, by its id; `heard`: whether enough of them are heard to tell that a fault which is not there
    any more is over: one whose terminals fell silent is not."""
    known = {each.fault: each for each in standing}
    there = {fault.id: fault for fault in answer.faults}
    still: list[Standing] = []
    ended: list[Standing] = []
    over: list[Standing] = []
    for each in standing:
        fault = there.get(each.fault)
        if fault is not None:
            grown = replace(each, said=said_of(fault, answer), victims=victims(fault.id), last=fault, gone=0)
            if severity(fault) == "critical" and each.severity != "critical":
                ended.append(each)
                grown = replace(grown, severity="critical")
            still.append(grown)
        elif not heard(each.victims):
            still.append(each)
        elif each.gone + 1 < LOOKS_GONE:
            still.append(replace(each, gone=each.gone + 1))
        else:
            over.append(each)
    fresh = sorted((f for f in answer.faults if f.id not in known and f.remnant_of is None), key=lambda f: -f.cannot_pay)
    begun = [replace(_raised(fault, answer, now), victims=victims(fault.id)) for fault in fresh[: max(0, MOST - len(still))]]
    return Followed(standing=(*still, *begun), ended=(*ended, *over), begun=tuple(begun), over=tuple(over))


def _raised(fault: Fault, answer: Answer, now: float) -> Standing:
    onset = parse(fault.since.median) if fault.since is not None else None
    return Standing(
        fault=fault.id,
        family=fault.family,
        owner=fault.owner,
        severity=severity(fault),
        starts=now if onset is None or not 0 < onset < now else onset,
        said=said_of(fault, answer),
        last=fault,
    )


def said_of(fault: Fault, answer: Answer) -> dict[str, str]:
    """In both languages; whoever sends them on chooses."""
    told = {
        "summary_zh": summary(fault).zh,
        "summary_en": summary(fault).en,
        "description_zh": described(fault).zh,
        "description_en": described(fault).en,
        "place_zh": placed(fault).zh,
        "place_en": placed(fault).en,
        "step_zh": fault.step.zh if fault.step else "",
        "step_en": fault.step.en if fault.step else "",
        "owner": fault.owner,
        "failing": str(fault.failing),
        "of": str(fault.of),
        "cannot_pay": str(fault.cannot_pay),
        "growing": "yes" if fault.growing else "no",
        "since": fault.since.median if fault.since else "",
        "acknowledged": fault.acknowledged or "",
        "as_of": answer.generated_at,
    }
    return {name: escape(text, _LONGEST) for name, text in told.items() if text}


def posted(standing: Sequence[Standing], lease_s: float, now: float) -> list[dict[str, Any]]:
    """As `/api/v2/alerts` takes them: each is over `lease_s` from now, unless it is sent again before."""
    return [_body(each.labels, each.said, min(each.starts, now), now + lease_s) for each in standing]


def ended(over: Sequence[Standing], now: float) -> list[dict[str, Any]]:
    return [_body(each.labels, each.said, min(each.starts, now - 1), now) for each in over]


def _body(labels: Mapping[str, str], said: Mapping[str, str], starts: float, ends: float) -> dict[str, Any]:
    shown = {name: escape(text, _LONGEST) for name, text in labels.items()}
    return {"labels": shown, "annotations": dict(said), "startsAt": utc(starts), "endsAt": utc(ends)}
