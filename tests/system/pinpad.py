"""A PIN pad on a pseudo terminal: answers ENQ with ACK. Run on the machine under test, as root; prints its port's name."""

from __future__ import annotations

import os
import shutil
import tty


def main() -> None:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    name = os.ttyname(theirs)
    os.close(theirs)  # held by nobody else
    shutil.chown(name, "root", "dialout")
    os.chmod(name, 0o660)
    print(name, flush=True)
    while True:
        try:
            if os.read(ours, 64) == b"\x05":
                os.write(ours, b"\x06")
        except OSError:  # nobody has it open
            pass


if __name__ == "__main__":
    main()
