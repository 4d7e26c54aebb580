"""What stands at the gateway's address: HTTP endpoints, ISO 8583 hosts, TLS in its variants. Each takes a world and arranges both sides."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.servers import certificates
from tests.support.servers.acquirer import Acquirer
from tests.support.world import behaviours, host_faults, plan
from tests.support.world.ca import Authority, Pair, make
from tests.support.world.world import World

MERCHANT, TERMINAL = "123456789012345", "00000042"
Arranges = Callable[[World], object]


def own_context(w: World) -> ssl.SSLContext:
    return w.authority.context(w.authority.leaf(plan.GATEWAY_A.name))


def does(behaviour: behaviours.Behaviour, **settings: Any) -> Arranges:
    """The host behaves so from the first byte; `settings` change its table of the configuration."""

    def arrange(w: World) -> None:
        host_faults.gateway_does(w, behaviour)
        w.config["gateway"][0].update(settings)
        if not (settings.get("protocol", "tls") in ("tls", "https") or settings.get("tls")):
            w.config["gateway"][0].pop("ca_file", None)

    return arrange


def inside_tls(behaviour: behaviours.Behaviour, **settings: Any) -> Arranges:
    """The host behaves so once the handshake is complete."""

    def arrange(w: World) -> None:
        host_faults.gateway_does(w, behaviours.tls(own_context(w), behaviour))
        w.config["gateway"][0].update(settings)

    return arrange


def endpoint(status: int, *, tls: bool = True, codes: dict[str, str] | None = None, headers: dict[str, Any] | None = None) -> Arranges:
    """An HTTP health endpoint that answers so."""
    inside = behaviours.http(status, b"x", **(headers or {}))
    settings = {"protocol": "https" if tls else "http", "http": {"codes": codes or {}}}
    return inside_tls(inside, **settings) if tls else does(inside, **settings)


def speaks(w: World, acquirer: Acquirer, *, tls: bool = True, **more: Any) -> None:
    """The world's first gateway becomes this host, and the terminal is configured for it."""
    host_faults.gateway_does(w, behaviours.tls(own_context(w), acquirer.serve) if tls else acquirer.serve)
    settings = {"dialect": acquirer.dialect.value, "framing": acquirer.framing.value, "terminal_id": TERMINAL, "merchant_id": MERCHANT}
    w.config["gateway"][0].update(protocol="iso8583", tls=tls, iso8583=settings | more.pop("iso8583", {}), **more)
    if not tls:
        w.config["gateway"][0].pop("ca_file", None)


def wants_certificate(shown: Callable[[World], Pair] | None, version: ssl.TLSVersion) -> Arranges:
    """The host wants a client certificate; the terminal shows this one, or none."""

    def arrange(w: World) -> None:
        context = own_context(w)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(w.authority.root_file)
        context.maximum_version = version
        host_faults.gateway_does(w, behaviours.tls(context))
        if shown is not None:
            path = str(shown(w).write(Path(w.folder) / "client.pem"))
            w.config["gateway"][0].update(client_cert_file=path, client_key_file=path)

    return arrange


def only(change: Callable[[ssl.SSLContext], None]) -> Arranges:
    """The host's side of TLS is restricted."""

    def arrange(w: World) -> None:
        context = own_context(w)
        change(context)
        host_faults.gateway_does(w, behaviours.tls(context))

    return arrange


def old_version(context: ssl.SSLContext) -> None:
    certificates.between(context, ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)


def odd_cipher(context: ssl.SSLContext) -> None:
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0")


def shows(pair: Callable[[World], Pair]) -> Arranges:
    """The host shows this certificate."""
    return lambda w: host_faults.gateway_does(w, behaviours.tls(w.authority.context(pair(w))))


def intermediate_ending(days: float) -> Arranges:
    def pair(w: World) -> Pair:
        ending = make("Acquirer Ending Intermediate", w.authority.root, authority=True, days=days)
        return w.authority.leaf(plan.GATEWAY_A.name, intermediate=ending)

    return shows(pair)


def from_stranger(w: World) -> Pair:
    return Authority(w.folder, "Somebody").leaf("T-1001")


def ended(w: World) -> Pair:
    return w.authority.leaf("T-1001", days=-1)
