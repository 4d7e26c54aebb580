"""Gateway, account, certificate and clock causes, each made for real in a second way beside `test_faults`."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.shifted import shifted
from tests.world import World, behaviours, faults, host_faults, plan
from tests.world.ca import Authority, Pair, make

pytestmark = pytest.mark.root
DAY = 86400
Breaks = Callable[[World], object]


@dataclass(frozen=True)
class Case:
    """`cause` None: nothing but notices may be reported. `shift_s`: the terminal's clock minus the true time."""

    name: str
    cause: str | None
    break_it: Breaks
    state: str = "outage"
    notice: str = ""
    shift_s: int = 0


def answers(status: int, *, tls: bool = True, codes: dict[str, str] | None = None, headers: dict[str, Any] | None = None) -> Breaks:
    """The gateway is an HTTP health endpoint that answers so."""

    def fault(w: World) -> None:
        inside = behaviours.http(status, b"x", **(headers or {}))
        context = w.authority.context(w.authority.leaf(plan.GATEWAY_A.name))
        host_faults.gateway_does(w, behaviours.tls(context, inside) if tls else inside)
        w.config["gateway"][0].update(protocol="https" if tls else "http", http={"codes": codes or {}})
        if not tls:
            w.config["gateway"][0].pop("ca_file")

    return fault


def wants_certificate(shown: Callable[[World], Pair] | None, version: ssl.TLSVersion) -> Breaks:
    """The host wants a client certificate; the terminal shows this one, or none."""

    def fault(w: World) -> None:
        context = w.authority.context(w.authority.leaf(plan.GATEWAY_A.name))
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(w.authority.root_file)
        context.maximum_version = version
        host_faults.gateway_does(w, behaviours.tls(context))
        if shown is not None:
            path = str(shown(w).write(Path(w.folder) / "client.pem"))
            w.config["gateway"][0].update(client_cert_file=path, client_key_file=path)

    return fault


def only(change: Callable[[ssl.SSLContext], None]) -> Breaks:
    """The host's side of TLS is restricted."""

    def fault(w: World) -> None:
        context = w.authority.context(w.authority.leaf(plan.GATEWAY_A.name))
        change(context)
        host_faults.gateway_does(w, behaviours.tls(context))

    return fault


def old_version(context: ssl.SSLContext) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")


def odd_cipher(context: ssl.SSLContext) -> None:
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0")


def soon_ending_intermediate(w: World) -> None:
    soon = make("Acquirer Ending Intermediate", w.authority.root, authority=True, days=10)
    leaf = w.authority.leaf(plan.GATEWAY_A.name, intermediate=soon)
    host_faults.gateway_does(w, behaviours.tls(w.authority.context(leaf)))


def nothing(_: World) -> None:
    return None


def from_stranger(w: World) -> Pair:
    return Authority(w.folder, "Somebody").leaf("T-1001")


def ended(w: World) -> Pair:
    return w.authority.leaf("T-1001", days=-1)


V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
CLIENT = "operator.client_certificate"
CASES = (
    *(Case(f"no client certificate, {v.name}", CLIENT, wants_certificate(None, v)) for v in (V12, V13)),
    *(Case(f"client certificate expired, {v.name}", CLIENT, wants_certificate(ended, v)) for v in (V12, V13)),
    *(Case(f"client certificate of a stranger, {v.name}", CLIENT, wants_certificate(from_stranger, v)) for v in (V12, V13)),
    *(Case(f"client certificate good, {v.name}", None, wants_certificate(lambda w: w.authority.leaf("T-1"), v), "ok") for v in (V12, V13)),
    Case("only an old protocol version", "system.tls_incompatible", only(old_version)),
    Case("only a cipher that nobody offers", "system.tls_incompatible", only(odd_cipher)),
    Case("leaf ends in 10 days", None, lambda w: host_faults.certificate(w, days=10), "ok", "system.gateway_certificate_expiring"),
    Case("intermediate ends in 10 days", None, soon_ending_intermediate, "ok", "system.gateway_certificate_expiring"),
    Case("leaf ends in 20 days", None, lambda w: host_faults.certificate(w, days=20), "ok"),
    Case("clock 400 days fast", "system.clock_wrong", nothing, shift_s=400 * DAY),
    Case("clock 900 days slow", "system.clock_wrong", nothing, shift_s=-900 * DAY),
    Case("clock an hour slow", "system.clock_wrong", nothing, "degraded", shift_s=-3600),
    Case("clock two minutes fast", None, nothing, "ok", shift_s=120),
    Case("certificate not valid yet, clock right", "system.gateway_certificate_expired", lambda w: host_faults.certificate(w, begins=3)),
    Case("402", "operator.account_suspended", answers(402)),
    Case("402 in plain", "operator.account_suspended", answers(402, tls=False)),
    Case("401", "operator.sign_in_required", answers(401)),
    Case("403", "unknown.indeterminate", answers(403)),
    Case("403 mapped", "operator.account_suspended", answers(403, codes={"403": "operator.account_suspended"})),
    Case("404", "operator.gateway_misconfigured", answers(404)),
    Case("redirect", "operator.gateway_misconfigured", answers(302, headers={"Location": "http://elsewhere.example/"})),
    Case("429", None, answers(429), "ok"),
    Case("500", "system.gateway_error", answers(500)),
    Case("maintenance page", "system.gateway_error", answers(503, headers={"Retry-After": "600"})),
    Case("503 mapped to ok", None, answers(503, codes={"503": "ok"}), "ok"),
    Case("healthy endpoint", None, answers(200), "ok"),
    Case("gateway by a filter's reset", "system.gateway_down", lambda w: faults.block(w, plan.GATEWAY_A, plan.GATEWAY_PORT, how="reset")),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_cause_is_named(case: Case, tmp_path: Path) -> None:
    with World() as world:
        case.break_it(world)
        with shifted(case.shift_s, tmp_path) if case.shift_s else nullcontext():
            verdict = world.check()
    assert (verdict.state, verdict.cause) == (case.state, case.cause), verdict.explain()
    assert verdict.codes("notice") == ([case.notice] if case.notice else []), verdict.explain()
    facts: dict[str, Any] = verdict.checks("gateway")["gateway:acquirer-a"]["facts"]
    assert facts["address"] == plan.GATEWAY_A.v4 and facts["phase"]
