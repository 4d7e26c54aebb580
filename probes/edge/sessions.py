"""TLS sessions to go on from, so that the next handshake with the same gateway is a short one (RFC 8446 section 2.2, RFC 5077).

A host shows no certificate then. What it showed in the last whole handshake stands in for it: not longer than an hour, not beyond
the dates of the certificates, and only while the files that we trust and show are the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from ssl import SSLSession, SSLSocket
from typing import Any

from msgspec import Struct

from probes.edge.client_certificate import WatchedContext
from probes.edge.tls import CountedTls, authorities
from probes.settings import Gateway

WHOLE_EVERY_S = 3600.0
_MOST = 4  # gateways; a context keeps the authorities that it trusts in memory, up to 1 MB
_BACK_S = 60.0  # by which the clock may have been set back without a question
SHOWN = ("client_certificate", "certificate", "chain", "chain_not_after")

Files = tuple[tuple[int, ...] | None, ...]
Key = tuple[str, str, int]


class Session(Struct, frozen=True, kw_only=True):
    """`shown`: facts of the whole handshake that it began with, `since` on the monotonic clock, `at` on the wall's."""

    tls: SSLSession
    context: WatchedContext
    shown: dict[str, Any]
    files: Files
    since: float
    at: float

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.since


class Sessions:
    """The newest one of each gateway, of a few gateways."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._lock = threading.Lock()
        self._known: dict[Key, Session] = {}
        self._clock = clock

    def take(self, gateway: Gateway, *, anew: bool) -> Session | None:
        """Yours, to be put back once it has served. None where a whole handshake is due, or wanted `anew`: the old one is gone then."""
        with self._lock:
            found = self._known.pop(_key(gateway), None)
        if anew or found is None or found.age_s > WHOLE_EVERY_S or found.files != _files(gateway):
            return None
        now = self._clock()
        today = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        return found if found.at - _BACK_S <= now and today <= str(found.shown.get("chain_not_after", "")) else None

    def put(self, gateway: Gateway, sock: SSLSocket, facts: dict[str, Any], earlier: Session | None) -> None:
        """The session of a connection that has served, and may be closed by now; `earlier` is the one that was offered for it."""
        newest, resumed = sock.ticket if isinstance(sock, CountedTls) else (None, False)
        context = sock.context
        if newest is None or not (newest.has_ticket or newest.id) or not isinstance(context, WatchedContext):
            return
        if earlier is not None and resumed:
            made = Session(
                tls=newest, context=earlier.context, shown=earlier.shown, files=earlier.files, since=earlier.since, at=earlier.at
            )
        else:
            shown = {name: facts[name] for name in SHOWN if name in facts}
            now = time.monotonic(), self._clock()
            made = Session(tls=newest, context=context, shown=shown, files=_files(gateway), since=now[0], at=now[1])
        with self._lock:
            if len(self._known) < _MOST or _key(gateway) in self._known:
                self._known[_key(gateway)] = made


def _key(gateway: Gateway) -> Key:
    return gateway.name, gateway.host, gateway.port


def _files(gateway: Gateway) -> Files:
    """By which a file that was changed or replaced is known again."""
    named = (authorities(gateway.ca_file), gateway.client_cert_file, gateway.client_key_file)
    return tuple(_stamp(Path(each)) if each else None for each in named)


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


SESSIONS = Sessions()  # of this process
