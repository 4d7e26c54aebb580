"""`python -m agent` is the same as `posdiag`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    try:
        from agent.cli import run
    except KeyboardInterrupt:
        os._exit(130)
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
