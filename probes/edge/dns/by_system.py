"""Names as the system itself finds them: on Android no file tells programs the name servers, and they ask a service of its.

getaddrinfo knows no deadline: it runs in a thread that is left behind when the time is over, a few of which there may be.
"""

from __future__ import annotations

import queue
import socket
import sys
import threading

from probes.edge.failures import CannotTell, PeerFailed, cannot_tell, raise_if_short_of_descriptors, start
from probes.ground.deadline import Deadline
from probes.model import Symptom

_MOST_WAITING = 4  # threads
_waiting = threading.BoundedSemaphore(_MOST_WAITING)


def alone_knows() -> bool:
    """Whether this is Android, which has no file that names the servers."""
    return hasattr(sys, "getandroidapilevel")


def addresses(name: str, deadline: Deadline) -> tuple[str, ...]:
    """IPv4 first. Raises `PeerFailed`: timeout, and no_usable_answer, for Android has one word for every reason; `CannotTell`."""
    if not _waiting.acquire(blocking=False):
        raise CannotTell("earlier questions for names still wait for the system's answer")
    told: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()
    try:
        start(threading.Thread(target=_ask, args=(name, told), name="name", daemon=True))
    except CannotTell:
        _waiting.release()
        raise
    try:
        found = told.get(timeout=max(0.0, deadline.remaining()))
    except queue.Empty:
        raise PeerFailed(Symptom.TIMEOUT) from None
    if isinstance(found, socket.gaierror) and found.errno == socket.EAI_AGAIN:
        raise PeerFailed(Symptom.TIMEOUT)
    if isinstance(found, (socket.gaierror, UnicodeError)):
        raise_if_short_of_descriptors()
        raise PeerFailed(Symptom.NO_USABLE_ANSWER)
    if isinstance(found, Exception):
        raise cannot_tell(found) from found
    return tuple(sorted(dict.fromkeys(found), key=lambda address: ":" in address))


def _ask(name: str, told: queue.SimpleQueue[list[str] | Exception]) -> None:
    try:
        told.put([str(each[4][0]) for each in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)])
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits is told
        told.put(error)
    finally:
        _waiting.release()
