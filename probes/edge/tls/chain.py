"""The certificates that a host served, read one by one: a library's verdict does not say which of them ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from ssl import SSLError, SSLSocket
from typing import Any

from probes.ground.moments import nearest
from probes.ground.text import escape
from probes.model.facts import Certificate, ShownCertificates

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # as OpenSSL writes them


def described(chain: Sequence[Certificate], now: float, *, trusted: bool = False) -> ShownCertificates:
    """`certificate` is the first of the chain that is outside its dates, else the leaf, or of a `trusted` chain the one that ends first.
    `now` in seconds since the epoch. Nothing is known of an empty chain."""
    if not chain:
        return ShownCertificates()
    outside = [link for link in chain if not valid(link, now)]
    telling = min(chain, key=lambda link: link.not_after) if trusted else chain[0]
    return ShownCertificates(
        certificate=outside[0] if outside else telling,
        chain=tuple(f"{link.subject} ({link.not_before[:10]} – {link.not_after[:10]})" for link in chain),
        chain_not_after=min(link.not_after for link in chain),
    )


def valid(certificate: Certificate, now: float) -> bool:
    """By its dates alone. `now` in seconds since the epoch."""
    return certificate.not_before <= nearest(now).strftime("%Y-%m-%dT%H:%M:%SZ") <= certificate.not_after


def served(sock: SSLSocket) -> list[Certificate]:
    """The certificates as served, leaf first; empty where Python cannot tell."""
    return _certificates(sock, "get_unverified_chain")


def trusted(sock: SSLSocket) -> list[Certificate]:
    """The certificates that the verdict rests on, leaf first: a host may serve others besides. Where Python cannot tell, the served ones,
    or the leaf alone."""
    return _certificates(sock, "get_verified_chain") or served(sock) or read(lambda: [dict(sock.getpeercert() or {})])


def _certificates(sock: SSLSocket, how: str) -> list[Certificate]:
    """By what Python 3.10 to 3.12 have under the hood and 3.13 made public."""
    try:
        found = getattr(getattr(sock, "_sslobj", None), how)()
    except (AttributeError, SSLError):
        found = None
    return read(lambda: [each.get_info() for each in (found or ())])


def read(infos: Callable[[], list[dict[str, Any]]]) -> list[Certificate]:
    """Empty where Python cannot put one of them into words, as with a name in it that is no text: OpenSSL's verdict counts all the same."""
    try:
        return [certificate(info) for info in infos()]
    except (ValueError, SSLError):
        return []


def certificate(info: dict[str, Any]) -> Certificate:
    """From what OpenSSL's side of Python tells of one."""
    return Certificate(
        subject=_name(info.get("subject", ())),
        issuer=_name(info.get("issuer", ())),
        not_before=_date(info.get("notBefore", "")),
        not_after=_date(info.get("notAfter", "")),
        names=tuple(escape(str(value), 80) for kind, value in info.get("subjectAltName", ())[:8] if kind in ("DNS", "IP Address")),
    )


def _name(parts: Any) -> str:
    pairs = [pair for part in parts for pair in part]
    chosen = [value for key, value in pairs if key == "commonName"] or [value for key, value in pairs if key == "organizationName"]
    return escape(str(chosen[0]), 120) if chosen else ""


def _date(text: str) -> str:
    """RFC 3339 from OpenSSL's form; the text itself where that cannot be read."""
    try:
        month, day, clock, year = text.removesuffix(" GMT").split()
        hour, minute, second = map(int, clock.split(":"))
        return f"{datetime(int(year), _MONTHS.index(month) + 1, int(day), hour, minute, second).isoformat()}Z"
    except ValueError:
        return escape(text, 40)
