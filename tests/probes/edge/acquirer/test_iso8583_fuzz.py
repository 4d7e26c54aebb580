"""A small share of the hostile replies that `python -m tests.fuzz_replies` has without end."""

from __future__ import annotations

import re
import subprocess
import sys


def test_no_reply_of_many_hostile_ones_goes_uncaught() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.fuzz_replies", "20000"], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    said = re.fullmatch(r"20000 replies in .*, (\d+) taken for an answer: 0 uncaught\n", done.stdout)
    assert said, done.stdout
    assert 2_000 < int(said[1]) < 18_000  # neither all of it noise nor none of it
    assert done.returncode == 0
