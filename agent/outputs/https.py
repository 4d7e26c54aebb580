"""`kind = "https"`: POST of one letter as JSON, or of several as lines (NDJSON), with a token, a password or a certificate of our own."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime

from agent import __version__
from agent.outputs.carrier import NotSent, NotTaken, To, TooLarge, not_reached, secret
from agent.outputs.dialled import Dialler
from agent.outputs.line import Line
from agent.settings.output_settings import OutputSettings
from probes.edge.failures import CannotTell, PeerFailed
from probes.edge.http.http_client import Response, fetch
from probes.edge.net.proxy import parse
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.moments import seconds_of
from probes.ground.text import escape

ANSWER_S = 15.0  # for everything: names, connection, handshake, request and answer
LONGEST_WAIT_S = 6 * 3600.0  # of what a Retry-After may ask for
_WORTH = 0.9  # of its size, from which on compressing is not worth its bytes
_GZIP = 16 + 12  # zlib's window of 4 KiB, with a head of gzip: 40 KiB of memory while it compresses
_NEVER = (400, 415, 422)  # this very letter is no good to them (RFC 9110)


class Https:
    lost = False

    def __init__(self, output: OutputSettings, proxy: str, line: Line, clock: Clock) -> None:
        self._output, self._clock = output, clock
        self._dialler = Dialler(output, line, clock, parse(proxy))
        self._url = output.url.replace("https://", "http://", 1)

    def send(self, letters: Sequence[bytes], sender: To) -> None:
        """Raises `NotSent`, `TooLarge` and `NotTaken`."""
        dialler = self._dialler
        body, headers = packed(letters)
        headers |= self._login()
        deadline = dialler.deadline(ANSWER_S)
        try:
            answer = fetch(self._url, lambda *_: dialler.dial(deadline), deadline, headers=headers, body=body)
        except (PeerFailed, CannotTell) as failure:
            dialler.failed()
            raise not_reached(dialler.host, failure) from None
        finally:
            dialler.count()
        dialler.served()
        judge(answer, dialler.host, self._clock.wall())

    def again(self, sender: To) -> None:
        """There is nothing that stays."""

    def close(self) -> None:
        """Likewise."""

    def _login(self) -> dict[str, str]:
        if self._output.token_file:
            return {"Authorization": f"Bearer {secret(self._output.token_file)}"}
        if self._output.username:
            from binascii import b2a_base64

            login = f"{self._output.username}:{secret(self._output.password_file)}".encode()
            return {"Authorization": f"Basic {b2a_base64(login, newline=False).decode()}"}
        return {}


def packed(letters: Sequence[bytes]) -> tuple[bytes, dict[str, str]]:
    """The body, compressed where that pays, and what is said of it."""
    headers = {"Content-Type": "application/json" if len(letters) == 1 else "application/x-ndjson", "User-Agent": f"posdiag/{__version__}"}
    body = b"".join(letter.rstrip(b"\n") + b"\n" for letter in letters)
    press = zlib.compressobj(6, zlib.DEFLATED, _GZIP, 5)
    pressed = press.compress(body) + press.flush()
    if len(pressed) <= _WORTH * len(body):
        return pressed, headers | {"Content-Encoding": "gzip"}
    return body, headers


def judge(answer: Response, host: str, now: float) -> None:
    """`now`: the wall clock. Raises `NotSent`, `TooLarge` and `NotTaken`."""
    status, shown = answer.status, escape(host)
    if 200 <= status < 300:
        return
    if status == 413:
        raise TooLarge
    if status in _NEVER:
        raise NotTaken(f"HTTP {status}")
    after_s = retry_after_s(answer, now) if status in (429, 503) else None
    match status:
        case 401:
            zh, en = f"{shown} 不认本机的令牌或口令（HTTP 401）", f"{shown} does not accept this terminal's token or password (HTTP 401)"
        case 403:
            zh, en = f"{shown} 不许本机以这个编号发送（HTTP 403）", f"{shown} does not let this terminal send under its id (HTTP 403)"
        case 429:
            zh, en = f"{shown} 要求少发一些（HTTP 429）", f"{shown} asks for less (HTTP 429)"
        case _ if 300 <= status < 500:
            zh, en = f"{shown} 应答 HTTP {status}，请核对 url", f"{shown} answers with HTTP {status}; is the url right?"
        case _:
            zh, en = f"{shown} 自身有故障（HTTP {status}）", f"{shown} has a fault of its own (HTTP {status})"
    raise NotSent(f"HTTP {status}", Bilingual(zh, en), after_s=after_s, lasting=status < 500)


def retry_after_s(answer: Response, now: float) -> float | None:
    """Seconds, or a day and time by the other side's own clock (RFC 9110 section 10.2.3): ours may be wrong. None for neither."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit() and len(told) < 10:
        return min(float(told), LONGEST_WAIT_S)
    try:
        then = parsedate_to_datetime(told)
        at = seconds_of(then if then.tzinfo else then.replace(tzinfo=UTC))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(0.0, at - (now - (answer.skew_s or 0.0))), LONGEST_WAIT_S)
