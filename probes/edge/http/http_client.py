"""One HTTP request with requests, over a connection that we dial ourselves: own names, own deadline, kernel facts.

Neither the environment's proxies nor netrc nor its CA variables are used; redirects are never followed; a body is read
only up to a limit, however much is sent, and however slowly.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse, RemoteDisconnected
from socket import SHUT_RDWR, socket
from ssl import SSLEOFError, SSLError, SSLSocket
from typing import Any

from msgspec import Struct

from probes.edge.failures import CannotTell, PeerFailed, cannot_tell, failure_of, loading, start
from probes.edge.tls.tls_client import failure_of_tls
from probes.ground.deadline import Deadline
from probes.ground.moments import seconds_of
from probes.ground.shortage import lacking, number_of
from probes.ground.text import escape
from probes.model import Symptom

BODY_LIMIT = 16 * 1024

Dial = Callable[[str, int], socket]


class Response(Struct, frozen=True, kw_only=True):
    """`body` holds at most the limit; `skew_s` is our clock minus the Date header, where there was one (RFC 9110 section 6.6.1).
    `kept`: the connection is the caller's again, and good for another request."""

    status: int
    headers: dict[str, str]
    body: bytes
    took_ms: float
    skew_s: float | None = None
    kept: bool = False


def fetch(
    url: str,
    dial: Dial,
    deadline: Deadline,
    *,
    proxy: str = "",
    headers: Mapping[str, str] | None = None,
    keep: bool = False,
    body: bytes | None = None,
) -> Response:
    """GET of an `http://` address, or POST where there is a `body`, without redirects; for TLS `dial` returns a socket whose handshake is
    complete.

    The connection is closed, unless it is to be kept and the server agrees (RFC 9112 section 9.3). Raises `PeerFailed` and
    `CannotTell`; what `dial` raises comes through as it is.
    """
    with loading():
        from requests.exceptions import RequestException
        from urllib3.exceptions import HTTPError

    began = time.monotonic()
    line = _Line(dial, deadline)
    session = _session(line)
    timer = threading.Timer(deadline.remaining(), line.cut)
    timer.daemon = True
    try:
        start(timer)
        answer = session.request(
            "GET" if body is None else "POST",
            url,
            data=body,
            headers={"User-Agent": "posdiag", "Accept": "*/*", "Connection": "keep-alive" if keep else "close", **(headers or {})},
            allow_redirects=False,
            stream=True,
            timeout=max(0.05, deadline.remaining()),
            proxies={"http": proxy} if proxy else {},
        )
        if line.is_cut:
            raise PeerFailed(Symptom.SILENT)
        body = _body(answer.raw)
        line.keeps = keep and _ended_well(answer.raw) and not line.is_cut
        return Response(
            status=answer.status_code,
            headers={key.lower(): value for key, value in answer.headers.items()},
            body=body,
            took_ms=round((time.monotonic() - began) * 1000, 2),
            skew_s=_skew(answer.headers.get("Date"), answer.headers.get("Age"), deadline.clock.wall()),
            kept=line.keeps,
        )
    except (RequestException, HTTPError, ValueError) as error:  # ValueError: TLS that is cut while it is read
        raise _failure(error, deadline, line.secured) from error
    finally:
        timer.cancel()
        session.close()
        line.close()


def without_query(location: str) -> str:
    """Where a redirect leads; what follows may hold a session, or numbers of this terminal."""
    return escape(re.split("[?#;]", location, maxsplit=1)[0])


class _Line:
    """The connection of one request: dialled once, and cut when time is up though bytes still drip on it."""

    def __init__(self, dial: Dial, deadline: Deadline) -> None:
        self._dial, self._deadline = dial, deadline
        self._opened: list[socket] = []
        self.is_cut = False
        self.keeps = False  # it belongs to the caller again

    def open(self, host: str, port: int) -> socket:
        sock = self._dial(host, port)
        sock.settimeout(max(0.05, self._deadline.remaining()))
        self._opened.append(sock)
        if self.is_cut:
            self.cut()
        return sock

    @property
    def secured(self) -> SSLSocket | None:
        return next((sock for sock in self._opened if isinstance(sock, SSLSocket)), None)

    def cut(self) -> None:
        self.is_cut = True
        for sock in self._opened:
            try:
                sock.shutdown(SHUT_RDWR)
            except OSError:
                continue

    def close(self) -> None:
        if not self.keeps:
            for sock in self._opened:
                sock.close()


def _ended_well(raw: Any) -> bool:
    """Whether an answer came whole, and the server leaves the connection open."""
    answer = getattr(raw, "_original_response", None)
    return isinstance(answer, HTTPResponse) and answer.isclosed() and not answer.will_close and not answer.length


class _Lines:
    """A file whose last line that was read is known: nothing where the other side left in the middle of the header."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.last = b"\n"

    def readline(self, limit: int = -1) -> bytes:
        self.last = bytes(self._file.readline(limit))
        return self.last

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _body(raw: Any) -> bytes:
    """What came of the body, up to the limit: the first byte by itself, as it counts even where the rest is cut off."""
    from urllib3.exceptions import HTTPError

    got = b""
    try:
        got = raw.read(1, decode_content=False)
        got += raw.read(BODY_LIMIT - 1, decode_content=False)
    except (HTTPError, HTTPException, OSError, ValueError):
        pass
    return got


def _session(line: _Line) -> Any:
    import requests

    class Session(requests.Session):
        def get_redirect_target(self, resp: Any) -> None:
            """None, always: requests would read the whole body of a redirect, and fall over an unreadable Location."""

    session = Session()
    session.trust_env = False
    session.headers.clear()
    session.mount("http://", _adapter(line))
    return session


def _adapter(line: _Line) -> Any:
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection
    from urllib3.connectionpool import HTTPConnectionPool

    class Whole(HTTPResponse):
        """http.client takes a header that ends with the connection for a whole one."""

        def begin(self) -> None:
            lines: Any = _Lines(self.fp)
            self.fp = lines
            super().begin()
            while self.status in (102, 103):  # interim answers (RFC 9110 section 15.2): the real one follows
                response: Any = self
                response.headers = response.msg = None
                super().begin()
            if not lines.last and not line.is_cut:
                raise PeerFailed(Symptom.CUT_OFF)

    class Dialled(HTTPConnection):
        response_class = Whole

        def _new_conn(self) -> socket:
            return line.open(self.host, self.port or 80)

        def close(self) -> None:
            if line.keeps:
                self.sock = None
            super().close()

        def send(self, data: Any) -> None:
            try:
                super().send(data)
            except SSLEOFError as error:
                raise BrokenPipeError from error  # the host has left: urllib3 then reads its last words, here the alert

    pool = type("DialledPool", (HTTPConnectionPool,), {"ConnectionCls": Dialled})

    class DialledAdapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = {"http": pool}

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(*args, **kwargs)
            manager.pool_classes_by_scheme = {"http": pool}
            return manager

    return DialledAdapter(max_retries=0, pool_connections=1, pool_maxsize=1)


def _skew(date: str | None, age: str | None, now: float) -> float | None:
    """A cache on the way keeps the Date of the answer that it kept, and says how old that is (RFC 9111 section 5.1)."""
    if not date:
        return None
    kept_s = int(age) if age and age.strip().isdecimal() and len(age) < 12 else 0
    try:
        told = parsedate_to_datetime(date)  # without a zone for "-0000", which is UTC (RFC 5322 section 3.3)
        return round(now - seconds_of(told if told.tzinfo else told.replace(tzinfo=UTC)) - kept_s, 1)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _chain(error: BaseException) -> list[BaseException]:
    """The error and all that it wraps: requests wraps the reason up to three deep."""
    seen: list[BaseException] = []
    todo: list[Any] = [error]
    while todo:
        current = todo.pop(0)
        if isinstance(current, BaseException) and current not in seen:
            seen.append(current)
            todo += [getattr(current, "reason", None), current.__cause__, current.__context__, *current.args]
    return seen


def _failure(error: Exception, deadline: Deadline, connection: SSLSocket | None) -> PeerFailed | CannotTell:
    from requests.exceptions import Timeout

    chain = _chain(error)
    for cause in chain:
        if isinstance(cause, (PeerFailed, CannotTell)):
            return cause
        if lacking(cause) is not None:
            return cannot_tell(cause)
    if isinstance(error, Timeout) or deadline.passed():
        return PeerFailed(Symptom.SILENT)
    for cause in chain:
        if isinstance(cause, RemoteDisconnected):
            return PeerFailed(Symptom.CLOSED)
        if isinstance(cause, SSLError):
            return failure_of_tls(cause, connection)
        if isinstance(cause, OSError) and number_of(cause) is not None:
            return failure_of(cause)
    return PeerFailed(Symptom.BAD_ANSWER)
