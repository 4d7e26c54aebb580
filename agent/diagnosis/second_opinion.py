"""A verdict held against everything that was observed, what passed too, and against the causes that could stand in its place. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import SAID
from agent.diagnosis.foretold import Row, Says, contradicts, foretold
from agent.diagnosis.places import Aspect, Observed, Stands, focus_of, observed
from agent.diagnosis.predictions import PREDICTIONS, ways
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import knows
from probes.model import Check, Facts, Symptom, kind_of
from probes.model.facts import ClockFacts, GatewayFacts
from probes.model.vocabulary import PATH

_MOST_NAMED = 3
_DOUBT = 0.4
_JUST_S = 60.0
_NOBODY_KNOWS = (Cause.INTERNET_DOWN, Cause.GATEWAY_BLOCKED, Cause.GATEWAY_DOWN)
_BY_NUMBER = (Symptom.RESPONSE_CODE, Symptom.HTTP_STATUS, Symptom.PROCESSING_REQUIREMENT)


class Opinion(Struct, frozen=True):
    """`against`: checks that passed though this cause must make them fail. `told_by`: how many observations would differ if the next
    likely cause were true. `rivals`: the other causes that could have done it, the likeliest first. `left_over`: checks of the path
    that failed and that it does not account for."""

    against: tuple[str, ...] = ()
    told_by: int = 0
    rivals: tuple[Cause, ...] = ()
    left_over: tuple[str, ...] = ()


def second_opinion(candidate: Candidate, snapshot: Snapshot) -> Opinion:
    accused = [check for check in map(snapshot.get, candidate.evidence) if check is not None]
    seen = observed(snapshot, focus_of(accused))
    pleaded = [each for each in seen if each.stands is Stands.ACCUSED and each.failed]
    own = _best(ways(candidate.code), seen, pleaded)
    if own is None:
        return Opinion()
    against = tuple(dict.fromkeys(i for each in seen if _must_have_failed(own, each) for i in each.ids))
    held = [each for each in seen if not contradicts(own, each)]  # what this cause accounts for
    told: dict[Cause, int] = {}
    gone: set[str] = set()
    for rival in PREDICTIONS:
        if rival is candidate.code or not pleaded:
            continue
        for row in ways(rival):
            if not _could_have(row, own, pleaded):
                continue
            differs = {i for each in held if contradicts(row, each) for i in each.witnesses}
            sign = _sign(row, seen)
            if sign.shown or sign.hidden:
                against_it = max(len(differs), 0 if sign.shown else 1)
                told[rival] = min(told.get(rival, against_it), against_it)
            else:
                gone |= differs | sign.looked
    singled = len(gone - set(candidate.evidence)) + _in_itself(accused, snapshot)
    least = min([singled, *told.values(), *(1 for check in accused if _application_is_answered(check))])
    rivals = tuple(sorted(told, key=lambda cause: told[cause]))
    left = tuple(
        i for each in seen if each.failed and contradicts(own, each) for i in each.ids if snapshot.failed(i) and kind_of(i).layer in PATH
    )
    return Opinion(against, least, rivals, tuple(dict.fromkeys(left)))


def withstood(candidates: Sequence[Candidate], snapshot: Snapshot) -> list[Candidate]:
    """Without those that an observation contradicts. Where that leaves a failing unexplained, a doubt stands for it, which names what
    could have done it; where payments pass all the same, it stays as a remark. A notice is a remark, and no verdict."""
    opinions = [(each, second_opinion(each, snapshot)) for each in candidates]
    left = [each for each, opinion in opinions if each.notice or not opinion.against]
    for each, opinion in opinions:
        if each in left:
            continue
        able = {*opinion.rivals, each.code}
        taker = next((other for other in left if not other.notice and able & {other.code, *other.candidates}), None)
        if taker is not None:
            left[left.index(taker)] = replace(taker, explains=tuple(dict.fromkeys((*taker.explains, *each.evidence))))
        elif {i for other in left for i in (*other.evidence, *other.explains)} >= set(filter(snapshot.failed, each.evidence)):
            continue
        elif snapshot.accepted:
            left.append(replace(each, notice=True))
        else:
            others = opinion.rivals if len(opinion.rivals) > 1 else (*opinion.rivals, *_NOBODY_KNOWS)
            named = tuple(dict.fromkeys(cause for cause in others if cause is not each.code))[:_MOST_NAMED]
            left.append(either(each.subject, each.evidence, *named, strength=_DOUBT, silence=each.silence))
    return left


def _best(rows: Sequence[Row], seen: Sequence[Observed], pleaded: Sequence[Observed]) -> Row | None:
    """The way in which a cause fits best what is laid to the accused, and then the rest."""

    def misfit(row: Row) -> tuple[int, int, int]:
        return (
            sum(contradicts(row, each) for each in pleaded),
            not _sign(row, seen).shown,
            sum(contradicts(row, each) for each in seen),
        )

    return min(rows, key=misfit, default=None)


def _must_have_failed(row: Row, seen: Observed) -> bool:
    return seen.failed is False and foretold(row, seen).says is Says.MUST_FAIL


def _could_have(row: Row, own: Row, pleaded: Sequence[Observed]) -> bool:
    """It accounts for everything that is laid to the accused. Where the host said a number, the number has told them apart already."""
    if any(contradicts(row, each) for each in pleaded):
        return False
    return not (row.by_number and own.by_number and all(each.symptom in _BY_NUMBER for each in pleaded))


class Sign(Struct, frozen=True):
    """A cause's own trace: `shown`; `hidden`, where it could not be looked for; `looked`: where it was, in vain."""

    shown: bool
    hidden: bool
    looked: frozenset[str]


def _sign(row: Row, seen: Sequence[Observed]) -> Sign:
    if not row.sign:
        return Sign(True, False, frozenset())
    there = [(each, row.sign[each.place]) for each in seen if each.place in row.sign and not _of_another(each)]
    shown = any(each.failed and (not how.symptoms or each.symptom in how.symptoms) for each, how in there)
    hidden = any(each.failed is None for each, _ in there)
    return Sign(shown, hidden, frozenset(i for each, _ in there if each.failed is False for i in each.witnesses))


def _of_another(seen: Observed) -> bool:
    """How another connection went says nothing about how this one did."""
    return seen.stands is Stands.ELSEWHERE and seen.place in (Aspect.FIXED, Aspect.WAY, Aspect.NEIGHBOUR)


def _application_is_answered(check: Check[Facts]) -> bool:
    """The payment application has just heard from the very host that fails here."""
    app = check.facts.app_connection if knows(check, GatewayFacts) and check.failed else None
    return app is not None and app.received_s_ago is not None and app.received_s_ago <= _JUST_S and not app.unanswered


def _in_itself(accused: Sequence[Check[Facts]], snapshot: Snapshot) -> int:
    """What would differ under any cause that has nothing to do with the accused: each failing (each source, of the clock's), that it was
    said by the accused itself, and what it prevented."""
    failing = [check for check in accused if not check.ok or check.symptom is not None]
    told = sum(len(check.facts.sources) or 1 if knows(check, ClockFacts) else 1 for check in failing)
    said = any(check.symptom in SAID for check in failing)
    prevented = any(snapshot.behind(check) for check in failing)
    return told + said + prevented
