"""The words of observation: what a probe may say, in the vocabulary of the status document."""

from __future__ import annotations

from probes.model.check import Check, check_of, other_check
from probes.model.facts.base import Facts
from probes.model.kinds import Kind, kind_of
from probes.model.vocabulary import Layer, Outcome, Symptom

__all__ = ["Check", "Facts", "Kind", "Layer", "Outcome", "Symptom", "check_of", "kind_of", "other_check"]
