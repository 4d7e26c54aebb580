"""The table of rights in `docs/service.md`, made from `probes/model/rights.py`: `python -m tests.support.rights_table` renews it."""

from __future__ import annotations

from probes.model.rights import RIGHTS, Right
from tests.support.documented import ROOT, section
from tests.support.facts_table import pattern

DOCUMENT, TITLE = "docs/service.md", "Rights"
HEAD = "| right | shows | needed by | by hand | for the service |"


def table() -> str:
    return "\n".join([HEAD, "|---|---|---|---|---|", *map(_row, RIGHTS)])


def _row(right: Right) -> str:
    kinds = ", ".join(f"`{pattern(kind)}`" for kind in right.kinds)
    return f"| `{right.name.replace('{}', 'FILE')}` | {right.shows} | {kinds} | {right.by_hand.en} | {right.service.en} |"


def written() -> str:
    """As the document has it."""
    return "\n".join(line for line in section(DOCUMENT, TITLE).splitlines() if line.startswith("|"))


if __name__ == "__main__":
    path = ROOT / DOCUMENT
    path.write_text(path.read_text(encoding="utf-8").replace(written(), table()), encoding="utf-8")
