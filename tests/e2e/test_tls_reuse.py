"""What the daemon takes over from one handshake with a gateway to the next, and when it sees the certificate itself."""

from __future__ import annotations

from typing import Any

import pytest

from agent.daemon.depth_policy import CYCLES
from tests.support.world import World, acquirers, behaviours, host_faults, plan
from tests.support.world.daemon import Document, daemon

pytestmark = pytest.mark.root


def gateway(document: Document) -> dict[str, Any]:
    facts: dict[str, Any] = next(check["facts"] for check in document["checks"] if check["id"] == "gateway:acquirer-a")
    return facts


def test_light_looks_go_on_from_the_session_and_complete_ones_see_the_certificate() -> None:
    """The host takes up its old sessions although its certificate has been replaced by one that has ended."""
    with World() as w:
        context = acquirers.own_context(w)
        host_faults.gateway_does(w, behaviours.tls(context))
        with daemon(w, {"agent": {"interval_s": 2, "retry_s": 1}}) as running:
            running.until(lambda s: s["state"] == "ok" and "certificate_age_s" in gateway(s))
            running.until(lambda s: "certificate_age_s" not in gateway(s))
            running.until(lambda s: "certificate_age_s" in gateway(s))
            counted = context.session_stats()
            assert counted["hits"] >= counted["accept"] - counted["hits"], counted
            context.load_cert_chain(w.authority.leaf(plan.GATEWAY_A.name, days=-1).write(w.folder / "ended.pem"))
            before = running.status()["sequence"]
            expired = "system.gateway_certificate_expired"
            seen = running.until(lambda s: s["cause"] == expired or (s["pending"] or {}).get("cause") == expired)
            assert seen["sequence"] <= before + CYCLES + 1, "a document is written in each cycle, and the one that runs may have passed it"
            running.until(lambda s: s["cause"] == expired)
            context.load_cert_chain(w.authority.leaf(plan.GATEWAY_A.name).write(w.folder / "renewed.pem"))
            running.until(lambda s: s["state"] == "ok")
