"""One observation."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct

from probes.model.facts.base import Facts
from probes.model.facts.other import OtherFacts
from probes.model.kinds import Kind
from probes.model.vocabulary import Layer, Outcome, Symptom

F = TypeVar("F", bound=Facts, covariant=True)


class Check(Struct, Generic[F], frozen=True, kw_only=True):
    """`id` is stable for the same subject (`gateway:acquirer-a`). `because` says what prevented a check that is skip or unknown: the id
    of another check, or what is missing, in words. `facts` are those of its kind, also where nothing is known.

    The runner fills `took_ms` and `observed_at` (RFC 3339, UTC); a probe leaves them alone.
    """

    id: str
    layer: Layer
    target: str
    outcome: Outcome
    symptom: Symptom | None = None
    because: str | None = None
    took_ms: float = 0.0
    observed_at: str = ""
    facts: F

    @property
    def kind(self) -> Kind:
        return self.facts.KIND

    @property
    def name(self) -> str:
        """Of the subject, as its id has it: a gateway's name, an interface, an address."""
        return self.facts.KIND.subject_of(self.id)

    @property
    def ok(self) -> bool:
        """Passed, perhaps with a remark."""
        return self.outcome in (Outcome.PASS, Outcome.WARN)

    @property
    def failed(self) -> bool:
        return self.outcome is Outcome.FAIL

    @property
    def made(self) -> bool:
        """It was looked, and something was seen: neither skipped nor unknown."""
        return self.outcome in (Outcome.PASS, Outcome.WARN, Outcome.FAIL)


G = TypeVar("G", bound=Facts)


def check_of(
    facts: G, outcome: Outcome, symptom: Symptom | None = None, because: str | None = None, *, name: str = "", target: str | None = None
) -> Check[G]:
    """A check of the facts' kind. `name` completes its id; `target` is what people are shown, the name unless it is given."""
    kind = facts.KIND
    assert kind is not Kind.OTHER, "the id and the layer of these are their own: other_check"
    shown = name if target is None else target
    return Check(id=kind.id(name), layer=kind.layer, target=shown, outcome=outcome, symptom=symptom, because=because, facts=facts)


def other_check(
    check_id: str,
    layer: Layer,
    target: str,
    facts: OtherFacts,
    outcome: Outcome,
    symptom: Symptom | None = None,
    because: str | None = None,
) -> Check[OtherFacts]:
    """A check of a kind that this version does not know: a plug-in's."""
    return Check(id=check_id, layer=layer, target=target, outcome=outcome, symptom=symptom, because=because, facts=facts)
