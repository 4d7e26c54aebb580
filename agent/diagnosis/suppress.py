"""An upstream fault speaks for what follows from it, as each cause declares (`causes.Declared`). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Cause
from probes.model import Layer, kind_of

_LAYERS = tuple(Layer)


def suppress(candidates: Sequence[Candidate]) -> list[Candidate]:
    """What is left, each with the evidence of what it explains. Notices explain notices alone; causes never explain themselves."""
    left = list(candidates)
    for upstream in sorted(candidates, key=lambda c: c.code.declared.weighed_last):
        if upstream not in left:
            continue
        explained = [c for c in left if c is not upstream and (c.notice or not upstream.notice) and _explains(upstream, c)]
        if explained:
            left = [c for c in left if not any(c is e for e in explained)]
            gathered = tuple(dict.fromkeys(i for c in explained for i in (*c.evidence, *c.explains)))
            left[left.index(upstream)] = replace(upstream, explains=(*upstream.explains, *gathered))
    return left


def _explains(upstream: Candidate, other: Candidate) -> bool:
    declared = upstream.code.declared
    if other.code in declared.explains:
        return True
    if other.code in declared.explains_silence:
        return other.silence
    if upstream.code is other.code and upstream.same_of:
        return all(kind_of(each) in upstream.same_of for each in other.evidence)
    if other.code in declared.explains_same:
        return set(other.evidence) <= {*upstream.evidence, *upstream.explains}
    if declared.outranks_silence and other.silence:
        return True
    if upstream.code is Cause.INDETERMINATE:
        return other.code is Cause.INDETERMINATE and _doubt_explains(upstream, other)
    if other.code is Cause.INDETERMINATE:
        return (other.silence and declared.nothing_leaves) or bool(set(other.candidates) & {upstream.code, *_spoken_for(upstream.code)})
    return False


def _spoken_for(code: Cause) -> tuple[str, ...]:
    return (*code.declared.explains, *code.declared.explains_silence)


def _doubt_explains(upstream: Candidate, other: Candidate) -> bool:
    """Two doubts about the same silence: the one nearer to the terminal stands, if each cause it names speaks for the other."""
    if not (upstream.silence and other.silence) or _depth(upstream) >= _depth(other):
        return False
    return set(other.candidates) <= {code for named in upstream.candidates for code in (named, *_spoken_for(named))}


def _depth(candidate: Candidate) -> int:
    return min(_LAYERS.index(cause.layer) for cause in candidate.candidates)
