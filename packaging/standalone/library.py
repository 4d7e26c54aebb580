"""`python3 -ISB -X no_debug_ranges library.py FROM TO`: Python's library as the standalone archive carries it: bytecode without sources and
docstrings, in the places where an interpreter looks for it when there is no source. Asserts stay.
"""

from __future__ import annotations

import importlib.util
import marshal
import shutil
import sys
from fnmatch import fnmatch
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from library import undocumented

SHOWN = Path("/opt/posdiag/python/lib/python3.11")
_UNCHECKED_HASH = 0b01  # PEP 552


def left_out() -> list[str]:
    text = Path(__file__).with_name("left_out.txt").read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def is_left_out(place: Path, patterns: list[str]) -> bool:
    """It, or a folder that it lies in."""
    return any(fnmatch(str(part), pattern) for part in (place, *place.parents) for pattern in patterns)


def main() -> int:
    source, target = map(Path, sys.argv[1:])
    if "no_debug_ranges" not in sys._xoptions:
        sys.exit("run it with -X no_debug_ranges, or the columns stay")
    patterns = left_out()
    for path in sorted(source.rglob("*")):
        place = path.relative_to(source)
        if not path.is_file() or "__pycache__" in place.parts or is_left_out(place, patterns):
            continue
        made = target / place
        made.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix != ".py":
            shutil.copyfile(path, made)
            continue
        text = path.read_bytes()
        code = compile(undocumented(text, str(SHOWN / place)), str(SHOWN / place), "exec", dont_inherit=True)
        head = importlib.util.MAGIC_NUMBER + _UNCHECKED_HASH.to_bytes(4, "little") + importlib.util.source_hash(text)
        made.with_suffix(".pyc").write_bytes(head + marshal.dumps(code))
    return 0


if __name__ == "__main__":
    sys.exit(main())
