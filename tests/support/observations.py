"""Whatever may be observed, as a strategy of Hypothesis: checks of every layer, outcome and symptom, in any company."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from agent.contract.checks import facts_from
from probes.model import Check, Facts, Layer, Outcome, Symptom, kind_of

IDS = {
    Layer.SYSTEM: ["system:clock", "system:memory", "system:disk:/"],
    Layer.LINK: ["link:eth0", "link:wlan0"],
    Layer.ADDRESS: ["address:eth0", "address:route", "address:conflict:eth0"],
    Layer.ROUTER: ["router:192.0.2.1", "router:2001:db8::1"],
    Layer.DNS: ["dns:192.0.2.1", "dns:198.51.100.53", "dns:config"],
    Layer.INTERNET: [
        "internet:check-1",
        "internet:check-2",
        "internet:192.0.2.9:53",
        "internet:proxy",
        "internet:loss:eth0",
        "internet:via:wwan0",
    ],
    Layer.GATEWAY: ["gateway:a", "gateway:b"],
    Layer.SERIAL: ["serial:printer"],
    Layer.APP: ["app:pay"],
}
# each check takes from these what its kind has
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "expected": st.booleans(),
        "required": st.booleans(),
        "configured": st.booleans(),
        "used": st.booleans(),
        "kind": st.sampled_from(["ethernet", "wifi", "cellular", "other"]),
        "phase": st.sampled_from(["resolve", "tcp", "tls", "http", "app", "done"]),
        "interface": st.sampled_from(["eth0", "wlan0", ""]),
        "via": st.sampled_from(["192.0.2.1", ""]),
        "beyond_router": st.booleans(),
        "http_status": st.integers(100, 599),
        "response_code": st.sampled_from(["00", "03", "Z9", "91"]),
        "mapped": st.sampled_from(["ok", "operator.account_suspended", "system.gateway_error"]),
        "tls": st.booleans(),
        "names": st.dictionaries(st.sampled_from(["a.example"]), st.sampled_from(["NOERROR", "NXDOMAIN", "timeout"])),
        "sources": st.dictionaries(st.sampled_from(["internet:check-1", "internet:check-2"]), st.floats(-1e9, 1e9)),
        "skew_s": st.floats(-1e9, 1e9),
        "certificate": st.fixed_dictionaries({}, optional={"not_before": st.text(max_size=25), "not_after": st.text(max_size=25)}),
        "addresses": st.just(["192.0.2.7/24"]),
        "sent": st.just(20),
        "lost": st.integers(0, 20),
    },
)


@st.composite
def observations(draw: st.DrawFn) -> list[Check[Facts]]:
    chosen = draw(st.lists(st.sampled_from([(layer, name) for layer, names in IDS.items() for name in names]), unique=True, max_size=16))
    checks: list[Check[Facts]] = []
    for layer, name in chosen:
        outcome = draw(st.sampled_from(Outcome))
        symptom = draw(st.sampled_from(Symptom)) if outcome in (Outcome.FAIL, Outcome.WARN) else draw(st.none() | st.sampled_from(Symptom))
        because = draw(st.sampled_from([c.id for c in checks] or ["CAP_NET_RAW"])) if outcome is Outcome.SKIP else None
        told: dict[str, Any] = draw(FACTS)
        facts = facts_from(kind_of(name), told)
        at = "2026-01-31T08:00:00.000Z"
        checks.append(
            Check(id=name, layer=layer, target=name, outcome=outcome, symptom=symptom, because=because, observed_at=at, facts=facts)
        )
    return checks
