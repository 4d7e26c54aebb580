"""Prometheus' text exposition, for the textfile collector and whoever scrapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from probes.ground.text import escape

Samples = Sequence[tuple[Mapping[str, str], float]]


def gauge(name: str, said: str, samples: Samples) -> Iterator[str]:
    """Nothing for a family without samples. One sample for each set of labels."""
    if not samples:
        return
    yield f"# HELP {name} {said}"
    yield f"# TYPE {name} gauge"
    seen: set[str] = set()
    for labels, value in samples:
        written = ",".join(f'{key}="{_label(text)}"' for key, text in labels.items())
        if written not in seen:
            seen.add(written)
            yield f"{name}{{{written}}} {value:.15g}" if written else f"{name} {value:.15g}"


def _label(text: str) -> str:
    """What could hide in a text is written out first; then as the exposition format wants it."""
    return escape(str(text)).replace("\\", "\\\\").replace('"', '\\"')
