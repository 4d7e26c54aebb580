"""`python -X no_debug_ranges tools/compile.py LIB [--root ROOT]`: the bytecode of what lies under LIB, as the package carries it.

Without the columns of source lines, and without docstrings and assertions: 1 MiB and more of a daemon that never shows them. Those of the
documents' and the configuration's words are shown (`posdiag config schema`) and stay. The files have the names that an interpreter without
-O looks for, and stand for the sources whatever their dates. Beneath ROOT, paths are shown as they will be once that is the root of the
file system.
"""

from __future__ import annotations

import argparse
import py_compile
import sys
from importlib.util import cache_from_source
from pathlib import Path

# whose docstrings stand in the JSON Schema
SHOWN = (
    "agent/contract",
    "agent/settings/model.py",
    "agent/diagnosis/causes.py",
    "agent/diagnosis/model.py",
    "probes/model",
    "probes/settings.py",
    "probes/ground",
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("lib", type=Path)
    parser.add_argument("--root", type=Path, default=Path("/"))
    options = parser.parse_args()
    if "no_debug_ranges" not in sys._xoptions:
        parser.error("run it with -X no_debug_ranges, or the columns stay")
    for source in sorted(options.lib.resolve().rglob("*.py")):
        place = source.relative_to(options.lib.resolve()).as_posix()
        kept = place.startswith(SHOWN)
        shown = f"/{source.relative_to(options.root.resolve())}"
        try:
            py_compile.compile(
                str(source),
                cfile=cache_from_source(str(source), optimization=""),
                dfile=shown,
                doraise=True,
                optimize=0 if kept else 2,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        except py_compile.PyCompileError as error:
            print(error.msg, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
