"""Where an address came from: fixed entries, the order of the sources, answers that are no longer true; filters of names; and what
names cost as the C library asks for them."""

from __future__ import annotations

from tests.lab.scenario import Make, Scenario, fault, healthy, together
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.iso.answers import replies
from tests.support.world import World, acquirers, behaviours, faults, host_faults, own_files, plan, questions
from tests.support.world.own_files import fixed, given, only_kind, resolver_file

TYPED, FAILING, SLOW = "operator.gateway_misconfigured", "network.dns_failing", "network.dns_slow"
NOBODY = "192.0.2.99"
LAN_NOBODY = "192.168.50.77"
TWO = {"gateways": "ab"}
PAGE = b"<html><body>This site is blocked</body></html>"
SILENT_SIX = only_kind(questions.AAAA, lambda _: None)


def silent_at(address: str) -> Make:
    return lambda w: faults.rule(w.router, "passing", f"ip daddr {address} drop")


def old_host(w: World) -> None:
    """The fixed entry leads to the acquirer's old host, which still shows its last certificate."""
    fixed(plan.PUBLIC.v4)(w)
    old = w.authority.leaf(plan.GATEWAY_A.name, days=-20)
    w.serve("old", plan.PUBLIC, plan.GATEWAY_PORT, behaviours.tls(w.authority.context(old)))


def filtered(address: str) -> Make:
    """The name server gives this for the names of the checks and the public names; the gateways' names are left alone."""

    def make(w: World) -> None:
        real, blocked = questions.forward(plan.NAME_SERVER.v4, 0), given(address)
        own_files.answers(lambda q: real(q) if b"\x03pay" in q else blocked(q))(w)

    return make


def block_page(w: World) -> None:
    filtered(plan.PUBLIC.v4)(w)
    w.serve("page", plan.PUBLIC, 80, behaviours.http(200, PAGE))


def plain_host(w: World) -> None:
    acquirers.speaks(w, Acquirer(answer=replies("00")), tls=False)


def alias(code: int) -> questions.Answer:
    """Another name for it, `old.` with the rest of the same, and nothing of that one but the code."""
    record = b"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\6\3old\xc0\x11"
    return lambda q: q[:2] + bytes([0x81, 0x80 | code]) + b"\0\1\0\1\0\0\0\0" + q[12:] + record


def denied_checks(code: int) -> Make:
    real, no = questions.forward(plan.NAME_SERVER.v4, 0), questions.code(code)
    return own_files.answers(lambda q: real(q) if b"\x03pay" in q else no(q))


def servers(*addresses: str, options: str = "") -> Make:
    text = "".join(f"nameserver {each}\n" for each in addresses)
    return resolver_file(text + (f"options {options}\n" if options else ""))


SCENARIOS: tuple[Scenario, ...] = (
    fault("a fixed entry leads to nobody", TYPED, together(fixed(NOBODY), silent_at(NOBODY)), fixed=True),
    fault("a fixed entry leads to a host that refuses", TYPED, fixed(plan.CHECK_1.v4)),
    fault("a fixed entry leads to the terminal itself", TYPED, fixed("127.0.1.1")),
    fault("a fixed entry in the shop's own subnet", TYPED, fixed(LAN_NOBODY)),
    fault("a fixed entry of IPv6 alone", TYPED, fixed(plan.GATEWAY_A.v6)),
    fault("a fixed entry leads to the old host, its certificate expired", TYPED, old_host),
    fault("a fixed entry leads to nobody, one gateway of two", TYPED, together(fixed(NOBODY), silent_at(NOBODY)), "degraded", world=TWO),
    fault("a fixed entry, and the host itself is silent", "network.gateway_blocked",
          together(fixed(plan.GATEWAY_A.v4), lambda w: faults.block(w, plan.GATEWAY_A))),
    healthy("a fixed entry that is right", fixed(plan.GATEWAY_A.v4), fixed=True),
    healthy("a fixed entry that is wrong, and name servers are asked first",
            together(fixed(NOBODY), silent_at(NOBODY), own_files.name_sources("dns files"))),
    healthy("a fixed entry for a relay on the terminal", together(
        fixed("127.0.0.1"),
        lambda w: w.serve("relay", plan.Host(("x",), "127.0.0.1", ""), plan.GATEWAY_PORT,
                          behaviours.tls(w.authority.context(w.authority.leaf(plan.GATEWAY_A.name))), namespace=w.terminal) and None)),
    fault("the name server's answer for the gateway is no longer true", FAILING,
          together(own_files.answers(given(NOBODY), "gw-a"), silent_at(NOBODY))),
    fault("the name server denies the gateway's name alone, others know it", FAILING,
          own_files.answers(questions.code(questions.NXDOMAIN), "gw-a"), fixed=True),
    fault("the name server denies one gateway's name of two, others know it", FAILING,
          own_files.answers(questions.code(questions.NXDOMAIN), "gw-a"), "degraded", world=TWO),
    fault("an alias of the gateway's name that has no address, others know one", FAILING, own_files.answers(alias(0), "gw-a")),
    fault("a gateway's name that nobody knows, asked elsewhere too", TYPED,
          lambda w: w.config["gateway"][0].update(host="gw-z.pay.example")),
    fault("an empty answer for the gateway's name alone", FAILING, own_files.answers(questions.code(0), "gw-a")),
    healthy("the names of the checks are 0.0.0.0, the gateway pays", filtered("0.0.0.0"), notices=(FAILING,), fixed=True),
    healthy("the names of the checks are 127.0.0.1, the gateway pays", filtered("127.0.0.1"), notices=(FAILING,)),
    healthy("the names of the checks are denied, the gateway pays", denied_checks(questions.NXDOMAIN), notices=(FAILING,)),
    healthy("the names of the checks are refused, the gateway pays", denied_checks(questions.REFUSED), notices=(FAILING,)),
    healthy("the names of the checks lead to a block page", block_page, notices=(FAILING, "network.captive_portal")),
    healthy("the names of the checks lead to a block page, a plain gateway", together(plain_host, block_page),
            notices=(FAILING, "network.captive_portal")),
    fault("the names of the checks are 0.0.0.0, and the host is down", "system.gateway_down",
          together(filtered("0.0.0.0"), host_faults.gateway_stopped), notices=(FAILING,)),
    fault("AAAA is never answered, only a link-local IPv6 address", SLOW, own_files.answers(SILENT_SIX), "degraded", fixed=True),
    fault("AAAA is never answered, both families", SLOW, own_files.answers(SILENT_SIX), "degraded", world={"ipv6": True}),
    fault("AAAA is never answered for the gateway's name alone", SLOW, own_files.answers(SILENT_SIX, "gw-a"), "degraded"),
    fault("the first of two name servers is nobody", SLOW, servers(LAN_NOBODY, plan.ROUTER), "degraded",
          notices=("network.dns_unreachable",)),
    fault("the first of two name servers is nobody, tried in turn", SLOW, servers(LAN_NOBODY, plan.ROUTER, options="rotate"), "degraded",
          notices=("network.dns_unreachable",)),
    healthy("the second of two name servers is nobody", servers(plan.ROUTER, LAN_NOBODY), notices=("network.dns_unreachable",)),
    healthy("the first of two name servers is nobody, given up after a second",
            servers(LAN_NOBODY, plan.ROUTER, options="timeout:1 attempts:1"), notices=("network.dns_unreachable",)),
    healthy("AAAA is never answered, and nobody asks", together(own_files.answers(SILENT_SIX), resolver_file(
        f"nameserver {plan.ROUTER}\noptions no-aaaa\n"))),
    healthy("AAAA has no record", own_files.answers(only_kind(questions.AAAA, questions.code(0)))),
    healthy("AAAA is refused at once", own_files.answers(only_kind(questions.AAAA, questions.code(questions.REFUSED)))),
    healthy("AAAA fails at once", own_files.answers(only_kind(questions.AAAA, questions.code(questions.SERVFAIL)))),
)  # fmt: skip
