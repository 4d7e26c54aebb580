"""Where the C library takes addresses from, and in which order (nsswitch.conf(5)): fixed entries, name servers."""

from __future__ import annotations

import re
from pathlib import Path

from probes.edge.failures import raise_if_ours
from probes.ground.files import read_small

FILES, SERVERS = "files", "dns"
_USUAL = (FILES, SERVERS)
_MEAN = {"files": FILES, "dns": SERVERS, "resolve": SERVERS}  # systemd-resolved asks the same servers
_LIMIT = 16_384


def order(etc: Path = Path("/etc")) -> tuple[str, ...]:
    """Raises `CannotTell` where this machine did not let us look. Where the file says nothing of hosts, or names neither: as usual."""
    try:
        text = read_small(etc / "nsswitch.conf", _LIMIT).decode("utf-8", "replace")
    except OSError as error:
        raise_if_ours(error)
        return _USUAL
    found: tuple[str, ...] = ()
    for line in text.splitlines():
        database, colon, sources = line.split("#", 1)[0].partition(":")
        if colon and database.strip() == "hosts":
            words = re.sub(r"\[[^]]*\]", " ", sources).split()
            found = tuple(dict.fromkeys(_MEAN[word] for word in words if word in _MEAN))
    return found if SERVERS in found else _USUAL
