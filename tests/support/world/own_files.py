"""What the terminal's own files say about names: fixed entries, the order of the sources, how name servers are asked."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.world import netns, plan, questions
from tests.support.world.world import World

HOSTS = "127.0.0.1 localhost\n::1 localhost\n"


def fixed(address: str, *names: str) -> Callable[[World], None]:
    """`/etc/hosts` has an entry: the first gateway's name, where none is given."""

    def make(w: World) -> None:
        (netns.etc(w.terminal) / "hosts").write_text(f"{HOSTS}{address} {' '.join(names or (plan.GATEWAY_A.name,))}\n")

    return make


def name_sources(line: str) -> Callable[[World], None]:
    """The order in which the C library asks (nsswitch.conf(5)), such as `dns files`."""
    return _file("nsswitch.conf", f"passwd: files\nhosts: {line}\n")


def resolver_file(text: str) -> Callable[[World], None]:
    """`/etc/resolv.conf`, whole."""
    return _file("resolv.conf", text)


def _file(name: str, text: str) -> Callable[[World], None]:
    def make(w: World) -> None:
        (netns.etc(w.terminal) / name).write_text(text)

    return make


def answers(answer: questions.Answer, of: str = "") -> Callable[[World], None]:
    """The shop's name server answers so: for every name, or for those that have `of` in them, and as ever for the others."""
    real = questions.forward(plan.NAME_SERVER.v4, 0)
    wanted = of.encode()

    def make(w: World) -> None:
        w.shop_dns.stop()
        w.cleanup.callback(questions.Responder(w.router, plan.ROUTER, lambda q: answer(q) if wanted in q else real(q)).stop)

    return make


def only_kind(kind: int, answer: questions.Answer) -> questions.Answer:
    """Questions of this kind (A, AAAA) are answered so, all others as the provider's name server does."""
    real = questions.forward(plan.NAME_SERVER.v4, 0)
    return lambda asked: answer(asked) if asked[-4:-2] == kind.to_bytes(2, "big") else real(asked)


def given(address: str) -> questions.Answer:
    """This IPv4 address for every A question; no record for any other."""
    record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes(map(int, address.split(".")))
    empty = questions.code(0)
    return lambda q: q[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + q[12:] + record if q[-4:-2] == b"\0\1" else empty(q)


def validating(w: World, *, refuses: bool = True) -> None:
    """A name server of the terminal itself that validates (DNSSEC). `refuses`: no signature holds at this time, so that it says SERVFAIL
    to all that does not ask it to leave out the check (CD, RFC 4035 section 3.2.2)."""
    failed, real = questions.code(questions.SERVFAIL), questions.forward(plan.ROUTER, 0)

    def answer(asked: bytes) -> bytes | None:
        unchecked = bool(asked[3] & 0x10)
        return failed(asked) if refuses and not unchecked else real(asked)

    w.cleanup.callback(questions.Responder(w.terminal, "127.0.0.1", answer).stop)
    w.set_resolvers("127.0.0.1")
