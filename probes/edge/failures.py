"""From an exception of the operating system to what it means: once, by type and errno, never by message text.

Exception
├── PeerFailed    the other side, the way to it, or our own kernel's refusal to send: a named symptom
└── CannotTell    this machine did not let us look: that says nothing about anybody else
    └── Unusable  a file of this machine's own that the look needs, and no other program can use it either: named, where it is looked for
"""

from __future__ import annotations

import errno
import resource
import select
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from probes.ground.shortage import in_words, lacking, number_of
from probes.model import Check, Facts, Outcome, Symptom, check_of, rights
from probes.model.facts import RemoteFacts

# The other side, or somebody on the way, said so. EACCES comes back over IPv6 alone, where a filter prohibits (RFC 4443 section 3.1).
PEER = {
    errno.ECONNREFUSED: Symptom.REFUSED,
    errno.ECONNRESET: Symptom.RESET,
    errno.ECONNABORTED: Symptom.RESET,
    errno.EPIPE: Symptom.RESET,
    errno.ETIMEDOUT: Symptom.TIMEOUT,
    errno.EHOSTUNREACH: Symptom.UNREACHABLE,
    errno.EHOSTDOWN: Symptom.UNREACHABLE,
    errno.ENETUNREACH: Symptom.UNREACHABLE,
    errno.ENONET: Symptom.UNREACHABLE,
    errno.ENETDOWN: Symptom.NO_ROUTE,
    errno.ENODEV: Symptom.NO_ROUTE,
    errno.EACCES: Symptom.PROHIBITED,
    # a tunnel has no peer for the address, or none whose own address it knows (drivers/net/wireguard/device.c)
    errno.ENOKEY: Symptom.UNREACHABLE,
    errno.EDESTADDRREQ: Symptom.UNREACHABLE,
}
# Our own kernel sent nothing.
REFUSAL = {
    errno.EPERM: Symptom.REFUSED_LOCALLY,
    errno.EADDRNOTAVAIL: Symptom.NO_LOCAL_PORT,
}
NOT_SENT = frozenset(REFUSAL.values())
# As the first word of a connection or a datagram goes out, before any packet: it says that there is no way …
NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.ENODEV})
# … or says it for want of a way (a prohibited route, one into a black hole, IPv6 switched off), and else this, or what it always says.
UNLESS_NO_WAY = {
    errno.EACCES: Symptom.REFUSED_LOCALLY,
    errno.EADDRNOTAVAIL: Symptom.NO_LOCAL_PORT,
    errno.EINVAL: None,
}
# Of an error that somebody raised without a number.
_BY_TYPE: tuple[tuple[type[OSError], Symptom], ...] = (
    (TimeoutError, Symptom.TIMEOUT),
    (ConnectionRefusedError, Symptom.REFUSED),
    (ConnectionResetError, Symptom.RESET),
    (ConnectionAbortedError, Symptom.RESET),
    (BrokenPipeError, Symptom.RESET),
)


_TO_WORK = 16 * 1024 * 1024  # bytes of memory beside which nothing is short of any
_TO_BEGIN = 4 << 20  # bytes of memory, of which a thread takes its first

T = TypeVar("T")
F = TypeVar("F", bound=Facts)


class PeerFailed(Exception):
    """Talking to somebody failed: the symptom, and what was seen until then."""

    def __init__(self, symptom: Symptom, seen: RemoteFacts | None = None) -> None:
        super().__init__(symptom.value)
        self.symptom = symptom
        self.seen = seen or RemoteFacts()


class CannotTell(Exception):
    """We could not look. `text` says what this machine lacks, and what to do; `errno` is the system's own number, where it gave one."""

    def __init__(self, text: str, errno: int | None = None) -> None:
        super().__init__(text)
        self.text, self.errno = text, errno


class Unusable(CannotTell):
    """A file that is named in our settings is gone, or not what it should be. `symptom` tells it of whoever needs it."""

    def __init__(self, text: str, symptom: Symptom, file: str) -> None:
        super().__init__(text)
        self.symptom, self.file = symptom, file


def not_looked(facts: F, trouble: CannotTell, *, name: str = "", target: str | None = None) -> Check[F]:
    """What a probe says that could not look. `name` and `target` as in `check_of`."""
    known = facts.learnt(RemoteFacts(errno=trouble.errno))
    return check_of(known, Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, name=name, target=target)


def symptom_of(error: OSError) -> Symptom | None:
    """Of an error that came back from somebody, or with which our own kernel refused to send. None where it says nothing about either."""
    number = number_of(error)
    if number is not None:
        return PEER.get(number, REFUSAL.get(number))
    return next((symptom for kind, symptom in _BY_TYPE if isinstance(error, kind)), None)


def failure_of(error: OSError, seen: RemoteFacts | None = None) -> PeerFailed | CannotTell:
    """Ready to raise: of an error while something was sent or waited for."""
    symptom = symptom_of(error)
    return cannot_tell(error) if symptom is None else PeerFailed(symptom, seen)


def start_failure_of(error: OSError, has_way: Callable[[], bool], seen: RemoteFacts | None = None) -> PeerFailed | CannotTell:
    """Ready to raise: of an error before any packet has left. `has_way`: whether the kernel would send one there."""
    number = number_of(error)
    if number in NO_WAY or (number in UNLESS_NO_WAY and not has_way()):
        return PeerFailed(Symptom.NO_ROUTE, seen)
    if number == errno.EAGAIN:  # of datagrams, for which a port is taken first (ip(7))
        return PeerFailed(Symptom.NO_LOCAL_PORT, seen)
    symptom = UNLESS_NO_WAY.get(number or 0)
    return failure_of(error, seen) if symptom is None else PeerFailed(symptom, seen)


def cannot_tell(error: BaseException) -> CannotTell:
    """Ready to raise, for an error of which it is known already that it is our own."""
    return error if isinstance(error, CannotTell) else CannotTell(in_words(error), number_of(error))


def no_socket(error: OSError) -> CannotTell:
    """Ready to raise, where no socket of the Internet's was given: by a right that is missing, or for want of something."""
    denied = number_of(error) in (errno.EPERM, errno.EACCES)
    return CannotTell(rights.SOCKETS.missing(), error.errno) if denied else cannot_tell(error)


def cannot_tell_of(error: BaseException) -> CannotTell | None:
    """What an exception that nobody foresaw says of our own trouble. None where it says something else: a failure of the other side, or
    a mistake in the program."""
    if isinstance(error, CannotTell):
        return error
    if lacking(error) is not None:
        return cannot_tell(error)
    if not isinstance(error, OSError) or type(error).__module__ != "builtins":
        return None
    a_right = number_of(error) in (errno.EPERM, errno.EACCES)  # what came back over the network has been named where it came
    return cannot_tell(error) if a_right or symptom_of(error) is None else None


def raise_if_ours(*errors: BaseException | None) -> None:
    """Raises CannotTell where one of them tells of a shortage of this machine's own, and not of what was asked for."""
    for error in errors:
        text = lacking(error)
        if text is not None:
            raise CannotTell(text, number_of(error)) from error


def raise_if_short_of_descriptors() -> None:
    """Raises CannotTell where none is left: what the C library does with names hides that behind errors of its own."""
    try:
        select.epoll().close()
    except OSError as error:
        raise cannot_tell(error) from error


@contextmanager
def loading() -> Iterator[None]:
    """Around the import of what is loaded only when it is needed. Raises CannotTell where it cannot be loaded."""
    try:
        yield
    except (ImportError, OSError, MemoryError) as error:
        raise cannot_tell(error) from error


def raise_if_short_of_memory() -> None:
    """Raises CannotTell where there is hardly any: a C library then fails in ways that look like anything."""
    try:
        bytearray(_TO_WORK)
    except MemoryError as error:
        raise cannot_tell(error) from error


def start(thread: threading.Thread) -> None:
    """Raises CannotTell where the system gives no thread, or no memory for one to begin with: whoever starts it would wait for ever."""
    try:
        _take_and_give_back(_TO_BEGIN)
        thread.start()
    except (RuntimeError, MemoryError, OSError, ImportError) as error:
        raise cannot_tell(error) from error


def _take_and_give_back(size: int) -> None:
    """Raises OSError where so much cannot be had. What Python keeps for itself is no measure of that."""
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return
    import mmap

    mmap.mmap(-1, size).close()


def result_of(look: Callable[[], T]) -> T | PeerFailed | CannotTell:
    """What a look brings that runs in a thread of its own, to be handed to whoever waits for it: a failure is handed on, not raised."""
    try:
        return look()
    except (PeerFailed, CannotTell) as failure:
        return failure
    except (OSError, MemoryError, ImportError, RuntimeError) as error:
        ours = cannot_tell_of(error)
        if ours is None:
            raise
        return ours
