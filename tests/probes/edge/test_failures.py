"""Every error number of the platform, and what it is taken for: the other side's, our own kernel's refusal, or nobody's but our own."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import threading
from collections.abc import Callable

import pytest

from probes.edge.failures import (
    NOT_SENT,
    CannotTell,
    PeerFailed,
    cannot_tell_of,
    failure_of,
    raise_if_ours,
    result_of,
    start,
    start_failure_of,
    symptom_of,
)
from probes.model import Symptom
from probes.model.facts import RemoteFacts

ALL = sorted(errno.errorcode)
# What comes back from the other side, or from somebody on the way.
PEER = {
    "ECONNREFUSED": Symptom.REFUSED,
    "ECONNRESET": Symptom.RESET,
    "ECONNABORTED": Symptom.RESET,
    "EPIPE": Symptom.RESET,
    "ETIMEDOUT": Symptom.TIMEOUT,
    "EHOSTUNREACH": Symptom.UNREACHABLE,
    "EHOSTDOWN": Symptom.UNREACHABLE,
    "ENETUNREACH": Symptom.UNREACHABLE,
    "ENONET": Symptom.UNREACHABLE,
    "ENETDOWN": Symptom.NO_ROUTE,
    "ENODEV": Symptom.NO_ROUTE,
    "EACCES": Symptom.PROHIBITED,
    "ENOKEY": Symptom.UNREACHABLE,
    "EDESTADDRREQ": Symptom.UNREACHABLE,
}
# What our own kernel did not send.
REFUSED = {"EPERM": Symptom.REFUSED_LOCALLY, "EADDRNOTAVAIL": Symptom.NO_LOCAL_PORT}
# What this machine has run out of, and what people are told of it.
LACKING = {
    "EMFILE": "no file descriptor is left for this process",
    "ENFILE": "no file descriptor is left on this machine",
    "ENOMEM": "no memory is left",
    "ENOBUFS": "no buffer left",
    "ENOSPC": "no space is left",
    "EDQUOT": "share of the disk is used up",
}
# As the first word of a connection goes out: no way there, whether or not there is one by the table of routes.
NO_WAY = ("ENETUNREACH", "EHOSTUNREACH", "EHOSTDOWN", "ENETDOWN", "ENODEV")
UNLESS_NO_WAY = {"EACCES": Symptom.REFUSED_LOCALLY, "EADDRNOTAVAIL": Symptom.NO_LOCAL_PORT}


def raised(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def taken(failure: PeerFailed | CannotTell) -> Symptom | None:
    return failure.symptom if isinstance(failure, PeerFailed) else None


@pytest.mark.parametrize("number", ALL, ids=errno.errorcode.get)
def test_what_an_error_says_while_something_is_sent_or_waited_for(number: int) -> None:
    name, seen = errno.errorcode[number], RemoteFacts(address="192.0.2.1")
    failure = failure_of(raised(number), seen)
    assert taken(failure) == symptom_of(raised(number)) == {**PEER, **REFUSED}.get(name)
    if isinstance(failure, PeerFailed):
        assert failure.seen == seen
        assert (failure.symptom in NOT_SENT) is (name in REFUSED)
    else:
        assert failure.errno == number
        assert LACKING.get(name, name) in failure.text or number == errno.EAGAIN
        assert ":" in failure.text and failure.text.isprintable()


@pytest.mark.parametrize("routed", [True, False], ids=["with a way", "without a way"])
@pytest.mark.parametrize("number", ALL, ids=errno.errorcode.get)
def test_what_an_error_says_before_any_packet_has_left(number: int, routed: bool) -> None:
    name = errno.errorcode[number]
    symptom = taken(start_failure_of(raised(number), lambda: routed))
    if name in NO_WAY or (not routed and name in (*UNLESS_NO_WAY, "EINVAL")):
        assert symptom is Symptom.NO_ROUTE
    elif name == "EAGAIN":
        assert symptom is Symptom.NO_LOCAL_PORT
    else:
        assert symptom == {**PEER, **REFUSED, **UNLESS_NO_WAY}.get(name)


@pytest.mark.parametrize("number", ALL, ids=errno.errorcode.get)
def test_a_shortage_of_our_own_is_told_from_what_is_not_there_or_not_permitted(number: int) -> None:
    name = errno.errorcode[number]
    if name not in LACKING:
        raise_if_ours(raised(number), None)
        return
    with pytest.raises(CannotTell, match=LACKING[name]) as told:
        raise_if_ours(None, raised(number))
    assert told.value.errno == number


@pytest.mark.parametrize("number", ALL, ids=errno.errorcode.get)
def test_an_error_that_nobody_foresaw_is_our_own_trouble_unless_the_other_side_gave_it(number: int) -> None:
    """A refusal that nobody named where it came is of a file, and so a right that we lack."""
    theirs = errno.errorcode[number] in PEER.keys() - {"EACCES"} | {"EADDRNOTAVAIL"}
    assert (cannot_tell_of(raised(number)) is None) is theirs


@pytest.mark.parametrize(
    ("error", "symptom"),
    [
        (OSError(), None),
        (OSError("said by hand"), None),
        (TimeoutError("timed out"), Symptom.TIMEOUT),
        (BrokenPipeError(), Symptom.RESET),
        (ConnectionResetError(), Symptom.RESET),
        (ConnectionRefusedError(), Symptom.REFUSED),
        (PermissionError("said by hand"), None),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), None),
        (socket.gaierror(errno.ECONNREFUSED, "a number of another table"), None),
        (ssl.SSLError(errno.EPERM, "the number of every error of TLS"), None),
    ],
    ids=repr,
)
def test_what_has_no_number_of_the_system_is_known_by_its_type(error: OSError, symptom: Symptom | None) -> None:
    assert symptom_of(error) == symptom
    assert taken(failure_of(error)) == symptom


def no_thread() -> None:
    """As the system refuses one: the real call with more stack than there is memory."""
    before = threading.stack_size(1 << 46)
    try:
        threading.Thread(target=print).start()
    finally:
        threading.stack_size(before)


def no_module() -> None:
    import posdiag_has_no_such_module  # type: ignore[import-not-found]  # noqa: F401


def no_memory() -> None:
    bytearray(1 << 60)


@pytest.mark.parametrize(
    ("fails", "text"),
    [(no_thread, "no further thread"), (no_module, "posdiag_has_no_such_module cannot be loaded"), (no_memory, "no memory is left")],
)
def test_what_the_system_does_not_give_is_known_by_type_and_place(fails: Callable[[], None], text: str) -> None:
    with pytest.raises((RuntimeError, ImportError, MemoryError)) as raised_here:
        fails()
    told = cannot_tell_of(raised_here.value)
    assert told is not None and text in told.text
    with pytest.raises(CannotTell, match=text):
        raise_if_ours(raised_here.value)


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), RecursionError(), ValueError(), KeyError("x")], ids=repr)
def test_a_mistake_in_the_program_is_no_trouble_of_the_machines(error: Exception) -> None:
    assert cannot_tell_of(error) is None
    raise_if_ours(error)


def test_a_thread_that_cannot_be_started() -> None:
    before = threading.stack_size(1 << 46)
    try:
        with pytest.raises(CannotTell, match="no further thread"):
            start(threading.Thread(target=print))
    finally:
        threading.stack_size(before)


def test_a_failure_in_a_thread_of_its_own_is_handed_on() -> None:
    peer, ours = PeerFailed(Symptom.TIMEOUT), CannotTell("nothing left: get more")

    def fails(error: Exception) -> Callable[[], str]:
        def look() -> str:
            raise error

        return look

    assert result_of(lambda: "seen") == "seen"
    assert result_of(fails(peer)) is peer
    assert result_of(fails(ours)) is ours
    told = result_of(fails(raised(errno.EMFILE)))
    assert isinstance(told, CannotTell) and told.errno == errno.EMFILE
    with pytest.raises(RuntimeError, match="a mistake"):
        result_of(fails(RuntimeError("a mistake")))
