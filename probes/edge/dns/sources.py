"""Where the C library takes addresses from, and in which order (nsswitch.conf(5)): fixed entries, name servers."""

from __future__ import annotations

import re
from pathlib import Path

from probes.edge.failures import raise_if_ours
from probes.ground.files import read_small

FILES, SERVERS = "files", "dns"
_USUAL = (FILES, SERVERS)
_MEAN = {"files": FILES, "dns": SERVERS, "resolve": SERVERS}  # systemd-resolved asks the same servers
# what answers from this machine's own knowledge, or of names of the link alone, and so finds no host of the Internet
_OWN = frozenset({"files", "db", "compat", "myhostname", "mymachines"})
_OF_THE_LINK = re.compile(r"mdns[46]?(_minimal)?")
_ENDS = re.compile(r"notfound=return|!(success|unavail|tryagain)=return")  # a search of that source found nothing, and nobody else is asked
_LIMIT = 16_384


def asks_nobody(etc: Path = Path("/etc"), root: Path = Path("/")) -> bool:
    """The C library looks at entries of this machine's own, and at no name server. A source that is not known may ask one; musl reads no
    such file. Raises `CannotTell` where this machine did not let us look."""
    words = re.findall(r"\[[^]]*\]|[^\s\[]+", _hosts_line(etc).lower())
    for at, word in enumerate(words):
        if word.startswith("[") or _OF_THE_LINK.fullmatch(word):
            continue
        if word not in _OWN:
            return False
        ends = any(_ENDS.search(re.sub(r"\s*=\s*", "=", each)) for each in words[at + 1 : at + 2] if each.startswith("["))
        if ends:
            break
    return bool(words) and not _has_musl_alone(root)


def _has_musl_alone(root: Path) -> bool:
    """By the program that loads others: a system of glibc may have musl beside it."""
    return any(root.glob("lib/ld-musl-*")) and not any(root.glob("lib*/ld-linux*"))


def _hosts_line(etc: Path) -> str:
    """The sources of host names, of the last line that has them; empty where there is none."""
    try:
        text = read_small(etc / "nsswitch.conf", _LIMIT).decode("utf-8", "replace")
    except OSError as error:
        raise_if_ours(error)
        return ""
    lines = (line.split("#", 1)[0].partition(":") for line in text.splitlines())
    return next((sources for database, colon, sources in reversed(list(lines)) if colon and database.strip() == "hosts"), "")


def order(etc: Path = Path("/etc")) -> tuple[str, ...]:
    """Raises `CannotTell` where this machine did not let us look. Where the file says nothing of hosts, or names neither: as usual."""
    words = re.sub(r"\[[^]]*\]", " ", _hosts_line(etc)).split()
    found = tuple(dict.fromkeys(_MEAN[word] for word in words if word in _MEAN))
    return found if SERVERS in found else _USUAL
