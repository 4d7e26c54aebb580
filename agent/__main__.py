"""`python -m agent` is the same as `posdiag`."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    try:
        if "run" in sys.argv:  # before it loads anything of Python's library
            from agent import lean_library

            lean_library.prefer()
        from agent import openssl_conf, process_exit

        process_exit.by_signals(sys.argv[1:])
        openssl_conf.spare()
        if process_exit.is_daemon(sys.argv[1:]):  # before anything that these packages would import whole
            from agent.daemon import process_memory

            process_memory.shrink()
    except KeyboardInterrupt:  # too early to look closer at what was asked for
        os._exit(0 if "run" in sys.argv else 130)
    from agent.cli import run

    process_exit.now(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
