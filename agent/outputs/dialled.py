"""A connection to a collector, dialled as all others are: names by our own resolvers, one deadline, TLS verified, bytes counted."""

from __future__ import annotations

import sys
from socket import socket
from ssl import SSLContext, SSLSession
from urllib.parse import urlsplit

from agent.outputs.line import Line
from agent.settings.output_settings import OutputSettings
from probes.edge.dns import lookup as names
from probes.edge.dns import resolver
from probes.edge.dns.lookup import Lookup
from probes.edge.failures import CannotTell, PeerFailed
from probes.edge.net.dial import CONNECT_S, connect_any
from probes.edge.net.proxy import Proxy, tunnel
from probes.edge.tls import tls_client
from probes.edge.tls.session_cache import readings
from probes.edge.tls.tls_client import CountedTls
from probes.ground.bytes_spent import BytesSpent
from probes.ground.clock import Clock
from probes.ground.deadline import Deadline

WHOLE_EVERY_S = 86400.0  # between handshakes in which the other side shows its certificate
_READ_APART_S = 3600.0  # between readings of a session, where each costs memory for good


class Dialler:
    """Of one output. A session of TLS is kept, so that the next handshake is a short one where the other side agrees."""

    def __init__(self, output: OutputSettings, line: Line, clock: Clock, proxy: Proxy | None = None) -> None:
        parts = urlsplit(output.url)
        self.host, self.secure = parts.hostname or "", parts.scheme in ("https", "mqtts")
        self.port = parts.port or {"https": 443, "http": 80, "mqtts": 8883, "mqtt": 1883}[parts.scheme]
        self._output, self._line, self._clock, self._proxy = output, line, clock, proxy
        self._spent, self._interface = BytesSpent(), ""
        self._session: tuple[SSLContext, SSLSession, float] | None = None
        self._may_read, self._read_at = readings(sys.version_info[:3]), float("-inf")
        self._last: CountedTls | None = None

    def deadline(self, seconds: float) -> Deadline:
        return Deadline(seconds, self._clock, self._spent)

    def dial(self, deadline: Deadline) -> socket:
        """Raises `PeerFailed` and `CannotTell`."""
        proxy = self._proxy
        target, port = (proxy.host, proxy.port) if proxy else (self.host, self.port)
        found = names.find(target, _lookup(), deadline)
        connection, seen = connect_any(found.addresses, port, deadline.within(2 * CONNECT_S))
        self._interface = seen.interface or ""
        try:
            if proxy is not None:
                tunnel(connection, proxy, self.host, self.port, deadline)
            if not self.secure:
                return connection.sock
            tls = tls_client.context(self._output.ca_file, self._output.client_cert_file, self._output.client_key_file)
            wrapped = tls_client.handshake(connection, self.host, tls, deadline, self._known(tls))
        except (PeerFailed, CannotTell):
            self._session = None
            connection.sock.close()
            raise
        self._watch(wrapped)
        return wrapped

    def count(self) -> int:
        """What went over the line since this was last asked, which is told to whoever keeps the budget."""
        spent = sum(self._spent.drain().values())
        if spent:
            self._line.spend(self._interface, spent)
        return spent

    def served(self) -> None:
        """The last connection did what it was for, and is closed."""
        sock, self._last = self._last, None
        if sock is None:  # nothing that would be new
            return
        newest, now = sock.newest, self._clock.running()
        self._session = None if newest is None or not (newest.has_ticket or newest.id) else (sock.context, newest, now)

    def failed(self) -> None:
        """The next handshake is a whole one."""
        self._last, self._session = None, None

    def _known(self, tls: SSLContext) -> SSLSession | None:
        if self._session is None:
            return None
        context, session, since = self._session
        return session if context is tls and self._clock.running() - since < WHOLE_EVERY_S else None

    def _watch(self, sock: object) -> None:
        self._last = None
        if not isinstance(sock, CountedTls):
            return
        now = self._clock.running()
        if sock.session_reused:
            return
        self._last = sock
        if self._may_read <= 0 or (self._may_read < float("inf") and now - self._read_at < _READ_APART_S):
            return
        self._may_read, self._read_at = self._may_read - 1, now
        sock.remembers = True


def _lookup() -> Lookup:
    how = resolver.configured()
    return Lookup(servers=how.servers, search=how.search, ndots=how.ndots, by_tcp=how.by_tcp, ipv4=True, ipv6=True, by_system=how.by_system)
