"""`python -m tests.learning`: writes docs/learning.md and docs/learning.svg. A few minutes; always the same for the same catalogue."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.learning.plot import svg
from tests.learning.report import page
from tests.learning.simulate import KINDS, catalogued, free, simulate

DOCS = Path(__file__).resolve().parents[2] / "docs"
LISTS, TERMINALS = 6, 3  # hundreds of made-up lists, and rounds through the catalogue


def main() -> int:
    made_up, own = [], []
    for kind in KINDS:
        made_up.append((kind, simulate(kind, free, LISTS)))
        own.append((kind, simulate(kind, catalogued, TERMINALS)))
        print(kind.name, file=sys.stderr, flush=True)
    (DOCS / "learning.md").write_text(page(made_up, own), "utf-8")
    (DOCS / "learning.svg").write_text(svg([(kind.name, result.course) for kind, result in made_up]), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
