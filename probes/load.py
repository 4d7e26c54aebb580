"""How many tasks wait for each processor core."""

from __future__ import annotations

import os
from pathlib import Path

from probes.edge.failures import CannotTell
from probes.edge.kernel.reading import text_of
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import LoadFacts


def load(*, proc: Path = Path("/proc")) -> Check[LoadFacts]:
    """`per_core` is the mean over the last minute, `per_core_5min` over the last five, of runnable and blocked tasks a core."""
    try:
        words = (text_of(proc / "loadavg") or "").split()
        one, five = float(words[0]), float(words[1])
    except CannotTell as trouble:
        return check_of(LoadFacts(), Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, target="cpu")
    except IndexError:  # ProcSubset=pid takes it away
        return check_of(LoadFacts(), Outcome.UNKNOWN, Symptom.DENIED, rights.PROC.missing(), target="cpu")
    except ValueError:
        return check_of(LoadFacts(), Outcome.UNKNOWN, Symptom.UNSUPPORTED, "the kernel does not tell its load", target="cpu")
    cores = os.cpu_count() or 1
    facts = LoadFacts(per_core=round(one / cores, 2), per_core_5min=round(five / cores, 2), cores=cores)
    return check_of(facts, Outcome.PASS, target="cpu")
