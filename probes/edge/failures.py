"""From an exception of the operating system to a named symptom: once, by type and errno, never by message text."""

from __future__ import annotations

import errno
from typing import Any

from probes.model import Symptom

_BY_ERRNO = {
    errno.ECONNREFUSED: Symptom.REFUSED,
    errno.ECONNRESET: Symptom.RESET,
    errno.ECONNABORTED: Symptom.RESET,
    errno.EPIPE: Symptom.RESET,
    errno.ETIMEDOUT: Symptom.TIMEOUT,
    errno.EAGAIN: Symptom.TIMEOUT,
    errno.EHOSTUNREACH: Symptom.UNREACHABLE,
    errno.EHOSTDOWN: Symptom.UNREACHABLE,
    errno.ENETUNREACH: Symptom.UNREACHABLE,
    errno.ENONET: Symptom.UNREACHABLE,
    errno.ENETDOWN: Symptom.NO_ROUTE,
    errno.ENODEV: Symptom.NO_ROUTE,
    errno.EADDRNOTAVAIL: Symptom.NO_ROUTE,
    errno.EACCES: Symptom.PROHIBITED,
    errno.EPERM: Symptom.PROHIBITED,
}


class PeerFailed(Exception):
    """Talking to somebody failed: the symptom, and what was seen of it as facts."""

    def __init__(self, symptom: Symptom, **facts: Any) -> None:
        super().__init__(symptom.value)
        self.symptom = symptom
        self.facts = facts


def symptom_of(error: OSError) -> Symptom | None:
    """The symptom of a failed network operation, or None for an error that says nothing about the network."""
    if isinstance(error, TimeoutError):
        return Symptom.TIMEOUT
    return _BY_ERRNO.get(error.errno) if error.errno is not None else None


def failure_of(error: OSError, **facts: Any) -> PeerFailed:
    """As `symptom_of`, ready to raise; an error without a name keeps its own text and number."""
    symptom = symptom_of(error)
    if symptom is None:
        return PeerFailed(Symptom.CRASHED, text=f"{type(error).__name__}: {error.strerror or error}", errno=error.errno, **facts)
    return PeerFailed(symptom, **facts)
