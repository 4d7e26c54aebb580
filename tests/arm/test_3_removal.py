"""The last thing that is done to the package of an architecture: it is purged."""

from __future__ import annotations

import re

from tests.support.emulated import Emulated


def test_purged_it_leaves_nothing(terminal: Emulated) -> None:
    terminal.run("dpkg", "--purge", "posdiag")
    left = [each for each in terminal.files() if re.search(r"(^|/)posdiag", each)]
    assert left == []
    assert not (terminal.root / "etc/systemd/system/multi-user.target.wants/posdiag.service").is_symlink()
