"""TLS sessions to go on from, so that the next handshake with the same gateway is a short one (RFC 8446 section 2.2, RFC 5077).

A host shows no certificate then. What it showed in the last whole handshake stands in for it: not longer than an hour, not beyond
the dates of the certificates, and only while the files that we trust and show are the same.
"""

from __future__ import annotations

import math
import sys
import threading
from socket import socket
from ssl import SSLContext, SSLSession, SSLSocket

from msgspec import Struct
from msgspec.structs import replace

from probes.edge.tls.tls_client import CountedTls, Stamp, stamps
from probes.edge.tls.trust import authorities
from probes.ground.clock import Clock
from probes.ground.moments import nearest
from probes.model.facts import ShownCertificates
from probes.settings import Gateway

WHOLE_EVERY_S = 3600.0
_MOST = 4  # gateways; a context keeps the authorities that it trusts in memory, up to 1 MB where each trusts others
STALLED_LATELY_S = 30.0
NAMELESS_LATELY_S = 600.0
_BACK_S = 60.0  # by which the clock may have been set back without a question
_LEAKS = ((3, 10, 0), (3, 12, 8)), ((3, 13, 0), (3, 13, 1))  # Pythons, from and below: each session that is read leaks (gh-116810)
_MAY_LEAK = 100  # sessions, of 5 kB: one each half hour for two days, and terminals restart each day (PCI PTS POI has them do so)
_REFUSED, _PAUSE_S, _LONGEST_S = 3, 3600.0, 86400.0  # a host that goes on from none is left alone, twice as long each time

Files = tuple[Stamp, ...]
Key = tuple[str, str, int]


class TlsSession(Struct, frozen=True, kw_only=True):
    """`shown` in the newest whole handshake, `since` on the monotonic clock, `at` on the wall's. `read`: when the session was."""

    tls: SSLSession
    context: SSLContext
    shown: ShownCertificates
    files: Files
    since: float
    at: float
    read: float

    def age_s(self, now: float) -> float:
        """`now` on the monotonic clock."""
        return now - self.since

    def young(self, now: float) -> bool:
        """In the first half of its life, which the host sets. `now` on the monotonic clock."""
        life_s = self.tls.ticket_lifetime_hint or self.tls.timeout
        return now - self.read < min(WHOLE_EVERY_S, life_s) / 2


class TlsSessionCache:
    """The newest one of each gateway, of the first few gateways. Where Python loses each one that is read, few are, and serve several
    times."""

    def __init__(self, clock: Clock | None = None, may_read: float | None = None) -> None:
        self._lock = threading.Lock()
        self._known: dict[Key, TlsSession] = {}
        self._places: set[Key] = set()
        self._refused: dict[Key, tuple[int, float]] = {}  # how often in a row, and when last
        self._faulty: set[Key] = set()  # failed after a session of theirs was read: the next one waits for a look that serves
        self._stalled: dict[Key, float] = {}
        self._nameless: dict[Key, float] = {}
        self._clock = Clock() if clock is None else clock
        self._may_read = readings(sys.version_info[:3]) if may_read is None else may_read

    def take(self, gateway: Gateway, *, anew: bool) -> TlsSession | None:
        """Yours, to be put back once it has served. None where a whole handshake is due, or wanted `anew`."""
        if anew:
            return None
        with self._lock:
            found = self._known.pop(_key(gateway), None)
        if found is None or found.age_s(self._clock.monotonic()) > WHOLE_EVERY_S or found.files != _files(gateway):
            return None
        now = self._clock.wall()
        today = nearest(now).strftime("%Y-%m-%dT%H:%M:%SZ")
        return found if found.at - _BACK_S <= now and today <= (found.shown.chain_not_after or "") else None

    def stalled(self, gateway: Gateway) -> None:
        """A handshake stood still, and one in small segments beside it as well."""
        with self._lock:
            self._stalled[_key(gateway)] = self._clock.monotonic()

    def stalled_lately(self, gateway: Gateway) -> bool:
        """Whether small segments need not be tried again: that would only be one more connection to a host in trouble."""
        with self._lock:
            at = self._stalled.get(_key(gateway))
        return at is not None and self._clock.monotonic() - at < STALLED_LATELY_S

    def name_told_nothing(self, gateway: Gateway) -> None:
        """A handshake without the host's name was tried, and ended as the one with it, or neither did."""
        with self._lock:
            self._nameless[_key(gateway)] = self._clock.monotonic()

    def name_told_nothing_lately(self, gateway: Gateway) -> bool:
        """Whether it need not be tried again, for the same reason."""
        with self._lock:
            at = self._nameless.get(_key(gateway))
        return at is not None and self._clock.monotonic() - at < NAMELESS_LATELY_S

    def begin(self, gateway: Gateway, sock: SSLSocket, shown: ShownCertificates) -> None:
        """After the handshake: whether the session of this connection is one to remember when it has served."""
        if not isinstance(sock, CountedTls):
            return
        key = _key(gateway)
        with self._lock:
            if self._left_alone(key) or (key not in self._places and len(self._places) >= _MOST):
                return
            self._places.add(key)
            if self._may_read < math.inf:
                known = self._known.get(key)
                still_good = known is not None and known.young(self._clock.monotonic()) and _same(known, gateway, shown)
                if sock.session_reused or still_good or key in self._faulty or self._may_read <= 0:
                    return
            self._may_read -= 1
            sock.remembers = True

    def put(self, gateway: Gateway, sock: SSLSocket, shown: ShownCertificates, earlier: TlsSession | None, *, went_on: bool) -> None:
        """The connection has served, and may be closed by now; `earlier` is the session that was offered for it, from which it perhaps
        `went_on`."""
        key, now = _key(gateway), self._clock.monotonic()
        newest = sock.newest if isinstance(sock, CountedTls) else None
        context = sock.context
        with self._lock:
            known = earlier if went_on else self._known.pop(key, None)
            made = None
            self._faulty.discard(key)
            if went_on:
                self._refused.pop(key, None)
            elif earlier is not None or (newest is not None and not (newest.has_ticket or newest.id)):
                self._refuse(key)
            if newest is None:
                if known is not None and (went_on or _same(known, gateway, shown)):
                    made = known if went_on else replace(known, since=now, at=self._clock.wall())
            elif newest.has_ticket or newest.id:
                if went_on and earlier is not None:
                    made = replace(earlier, tls=newest, read=now)
                else:
                    made = TlsSession(
                        tls=newest, context=context, shown=shown, files=_files(gateway), since=now, at=self._clock.wall(), read=now
                    )
            if made is not None:
                self._known[key] = made

    def forget(self, gateway: Gateway, sock: socket, earlier: TlsSession | None) -> None:
        """After a fault, before the connection is closed: what comes next begins with a whole handshake."""
        key = _key(gateway)
        with self._lock:
            self._known.pop(key, None)
            if earlier is not None:
                self._refuse(key)
            if isinstance(sock, CountedTls):
                if sock.give_up():
                    self._may_read += 1
                elif sock.newest is not None:
                    self._faulty.add(key)

    def _refuse(self, key: Key) -> None:
        self._refused[key] = self._refused.get(key, (0, 0.0))[0] + 1, self._clock.monotonic()

    def _left_alone(self, key: Key) -> bool:
        times, at = self._refused.get(key, (0, 0.0))
        return times >= _REFUSED and self._clock.monotonic() - at < min(_PAUSE_S * 2 ** (times - _REFUSED), _LONGEST_S)


def readings(python: tuple[int, ...]) -> float:
    """How many sessions may be read in the life of a process of that version of Python."""
    return _MAY_LEAK if any(first <= python < fixed for first, fixed in _LEAKS) else math.inf


def _same(known: TlsSession, gateway: Gateway, shown: ShownCertificates) -> bool:
    return known.shown == shown and known.files == _files(gateway)


def _key(gateway: Gateway) -> Key:
    return gateway.name, gateway.host, gateway.port


def _files(gateway: Gateway) -> Files:
    """By which a file that was changed or replaced is known again."""
    return stamps((str(authorities(gateway.ca_file)), gateway.client_cert_file, gateway.client_key_file))
