"""The child that renders the page kept in `agent.page_dir`: the document over its standard input, the page over its output.

A process of its own, so that what renders it costs the service no memory afterwards.
"""

from __future__ import annotations

import sys
from pathlib import Path

from agent.contract.decode import decode
from agent.papers.past_days import last_days
from agent.papers.status_page import DAYS, page_of


def main() -> None:
    """`argv`: the state directory, the language, and for how many seconds the page counts."""
    folder, language, counts_s = sys.argv[1:4]
    status = decode(sys.stdin.buffer.read())
    sys.stdout.buffer.write(page_of(status, last_days(Path(folder), DAYS, status), (language,), counts_s=float(counts_s)))
    sys.stdout.buffer.flush()
