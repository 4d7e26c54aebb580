"""Certificates, TLS, client certificates, and the terminal's clock."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

from tests.lab.scenario import Make, Scenario, as_user, fault, nothing
from tests.support.servers import certificates
from tests.support.world import World, acquirers, behaviours, host_faults, plan
from tests.support.world.acquirers import only, shows, wants_certificate
from tests.support.world.ca import Authority, Pair, make

DAY = 86400
SIX = {"ipv4": False, "ipv6": True}
EXPIRED, SOON, STRANGE = "system.gateway_certificate_expired", "system.gateway_certificate_expiring", "network.tls_intercepted"
OLD, CLIENT, CLOCK = "system.tls_incompatible", "operator.client_certificate", "system.clock_wrong"
DATES = "certificate expired / clock wrong"
STRANGER = "tls intercepted / portal / wrong name"
NAME = plan.GATEWAY_A.name
V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
HANDSHAKE_FAILURE = b"\x15\x03\x03\x00\x02\x02\x28"


def without_intermediate(w: World) -> Pair:
    pair = w.authority.leaf(NAME)
    return Pair(pair.certificate, pair.key)


def of_a_stranger(w: World) -> Pair:
    return Authority(w.folder, "Filter").leaf(NAME)


def wrong_root_configured(w: World) -> None:
    """The terminal was given another acquirer's root."""
    w.config["gateway"][0]["ca_file"] = str(Authority(w.folder, "Elsewhere").root_file)


def expired_root_and_all(w: World) -> Pair:
    via = make("Acquirer Old", w.authority.root, authority=True, days=-400, begins=-800)
    return w.authority.leaf(NAME, days=-400, begins=-790, intermediate=via)


def tls_one_only(context: ssl.SSLContext) -> None:
    certificates.only(context, ssl.TLSVersion.TLSv1)


def all_intercepted(w: World) -> None:
    """A filter in the shop breaks every TLS connection open."""
    stranger = Authority(w.folder, "Firewall")
    for letter, host in (("a", plan.GATEWAY_A), ("b", plan.GATEWAY_B)):
        host_faults.gateway_does(w, behaviours.tls(stranger.context(stranger.leaf(host.name))), letter)


def weak(w: World) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(certificates.weak_key(w.authority, NAME, w.folder))
    host_faults.gateway_does(w, behaviours.tls(context))


def mine(days: float, begins: float = -30) -> Make:
    return lambda w: host_faults.certificate(w, days=days, begins=begins)


_expired = fault("the leaf has expired", EXPIRED, host_faults.certificate_expired, group=DATES, fixed=True)
_stranger = fault("an authority of somebody else's", STRANGE, shows(of_a_stranger), group=STRANGER, fixed=True)
_fast = fault("the clock is 400 days fast", CLOCK, nothing, group=DATES, shift_s=400 * DAY, fixed=True)


def own_certificate(change: Callable[[Path, World], None]) -> Make:
    """The terminal's own certificate was good at installation, and its file, or its key's, is not any more."""

    def break_it(w: World) -> None:
        wants_certificate(lambda w: w.authority.leaf("T-1001"), V13)(w)
        change(Path(w.config["gateway"][0]["client_cert_file"]), w)

    return break_it


def halved(path: Path, _: World) -> None:
    path.write_bytes(path.read_bytes()[:600])


def of_another(path: Path, w: World) -> None:
    w.config["gateway"][0]["client_key_file"] = str(w.authority.leaf("T-1002").write(path.with_name("other.pem")))


SCENARIOS: tuple[Scenario, ...] = (
    _expired,
    as_user(_expired),
    fault("the intermediate has expired", EXPIRED, host_faults.intermediate_expired, group=DATES, fixed=True),
    fault("expired an hour ago", EXPIRED, mine(-1 / 24), group=DATES),
    fault("expired with its intermediate a year ago", EXPIRED, shows(expired_root_and_all), group=DATES),
    fault("not valid yet, the clock right", EXPIRED, mine(300, begins=3), group=DATES, fixed=True),
    fault("expired, IPv6 alone", EXPIRED, host_faults.certificate_expired, world=SIX, group=DATES),
    fault("one gateway's of two has expired", EXPIRED, host_faults.certificate_expired, "degraded", world={"gateways": "ab"}, group=DATES),
    fault("the leaf ends in ten days", SOON, mine(10), "ok", fixed=True),
    fault("the leaf ends tomorrow", SOON, mine(1), "ok"),
    fault("the intermediate ends in ten days", SOON, acquirers.intermediate_ending(10), "ok", fixed=True),
    _stranger,
    as_user(_stranger),
    fault("a self-signed certificate", STRANGE, host_faults.certificate_self_signed, group=STRANGER, fixed=True),
    fault("the intermediate is not sent", STRANGE, shows(without_intermediate), group=STRANGER),
    fault("another acquirer's root is configured", STRANGE, wrong_root_configured, group=STRANGER),
    fault("a filter breaks every connection open", STRANGE, all_intercepted, world={"gateways": "ab"}, group=STRANGER),
    fault("an authority of somebody else's, IPv6 alone", STRANGE, shows(of_a_stranger), world=SIX, group=STRANGER),
    fault("only TLS 1.0 and 1.1", OLD, only(acquirers.old_version), fixed=True),
    fault("only TLS 1.0", OLD, only(tls_one_only)),
    fault("only a cipher that nobody offers", OLD, only(acquirers.odd_cipher), fixed=True),
    fault("an alert: handshake failure", OLD, acquirers.does(behaviours.say(HANDSHAKE_FAILURE))),
    fault("a key of 1024 bits", STRANGE, weak, group=STRANGER),
    *(fault(f"no client certificate, {v.name}", CLIENT, wants_certificate(None, v), fixed=True) for v in (V12, V13)),
    *(fault(f"an expired client certificate, {v.name}", CLIENT, wants_certificate(acquirers.ended, v), fixed=True) for v in (V12, V13)),
    *(fault(f"a stranger's client certificate, {v.name}", CLIENT, wants_certificate(acquirers.from_stranger, v), fixed=True)
      for v in (V12, V13)),
    fault("the terminal's certificate is cut off", CLIENT, own_certificate(halved)),
    fault("the terminal's certificate is gone", CLIENT, own_certificate(lambda path, _: path.unlink()), fixed=True),
    fault("the terminal's key is of another certificate", CLIENT, own_certificate(of_another)),
    _fast,
    as_user(_fast),
    fault("the clock is 900 days slow", CLOCK, nothing, group=DATES, shift_s=-900 * DAY, fixed=True),
    fault("the clock is an hour slow", CLOCK, nothing, "degraded", group=DATES, shift_s=-3600, fixed=True),
    fault("the clock is ten minutes fast", CLOCK, nothing, "degraded", group=DATES, shift_s=600),
    fault("the clock is a day fast, an HTTPS gateway", CLOCK, acquirers.endpoint(200), "degraded", group=DATES, shift_s=DAY),
    fault("the clock is 40 days slow: the certificate is of last week", CLOCK, mine(300, begins=-7), group=DATES, shift_s=-40 * DAY),
    fault("the clock is 20 years fast", CLOCK, nothing, group=DATES, shift_s=20 * 365 * DAY),
    fault("the clock is a year fast, no configuration", CLOCK, nothing, "degraded", world={"public": True}, bare=True, group=DATES,
          shift_s=365 * DAY),
)  # fmt: skip
