"""`python tools/hashes.py PINNED < requirements.txt`: the same requirements, in their order, each with the hashes that PINNED has of it.

PINNED is what `uv pip compile --generate-hashes` makes of them (`tools/hashes.sh`). Comments and everything else stay.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*==[^\s\\;]+)\s*\\?$")
_HASH = re.compile(r"^\s+--hash=sha256:[0-9a-f]{64}\b")


def main() -> int:
    known: dict[str, list[str]] = {}
    latest: list[str] = []
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        if found := _PINNED.match(line):
            latest = known.setdefault(found[1], [])
        elif found := _HASH.match(line):
            latest.append(found[0].strip())
    for line in sys.stdin.read().splitlines():
        if _HASH.match(line):
            continue
        found = _PINNED.match(line)
        if not found:
            print(line)
        elif not known.get(found[1]):
            print(f"error: no hash is known of {found[1]}", file=sys.stderr)
            return 1
        else:
            print(" \\\n    ".join([found[1], *sorted(known[found[1]])]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
