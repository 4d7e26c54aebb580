"""Is there a cable or a radio, and is it on?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from probes.edge.kernel import wifi_radio
from probes.edge.kernel.netlink import IFF_UP, Link
from probes.edge.kernel.network import Network
from probes.edge.kernel.uplink import UplinkTarget
from probes.model import Check, Layer, Outcome, Symptom
from probes.settings import Role, UplinkKind

_TUNNELS = ("tun", "wireguard", "ppp")  # whose other end is a program of this machine
_MANY_ERRORS = 10  # growth between two looks below which receive errors are the noise of any line


def probe(uplink: UplinkTarget, network: Network, sys: Path = Path("/sys"), proc: Path = Path("/proc")) -> Check:
    """One interface. Administrative state and carrier come from the kernel's flags, the radio from rfkill and `/proc/net/wireless`."""
    name = uplink.interface
    facts: dict[str, Any] = {
        "kind": uplink.kind or "other",
        "role": uplink.role or Role.PRIMARY,
        "configured": uplink.configured,
        "used": uplink.used,
    }
    link = network.link(name)
    if link is None:
        if network.missing and not network.links:
            return _check(name, Outcome.UNKNOWN, Symptom.DENIED, facts, because=network.missing[0])
        return _check(name, Outcome.FAIL, Symptom.ABSENT, facts)
    facts |= _kernel_facts(link, sys)
    if link.kind in _TUNNELS:
        facts["tunnel"] = True
    wireless = uplink.kind is UplinkKind.WIFI
    switch = wifi_radio.switched_off(name, wireless, sys) if uplink.kind in (UplinkKind.WIFI, UplinkKind.CELLULAR) else ""
    if switch:
        return _check(name, Outcome.FAIL, Symptom.RADIO_OFF, facts | {"rfkill": switch})
    if not link.flags & IFF_UP:
        return _check(name, Outcome.FAIL, Symptom.ADMIN_DOWN, facts)
    if wireless:
        facts |= wifi_radio.signal(name, proc)
    if link.carrier is False:
        if wireless:
            wrong = wifi_radio.password_refused(name)
            return _check(name, Outcome.FAIL, Symptom.WRONG_PASSWORD if wrong else Symptom.NOT_ASSOCIATED, facts)
        return _check(name, Outcome.FAIL, Symptom.NO_CARRIER, facts)
    if facts.get("signal_dbm") is not None and facts["signal_dbm"] < wifi_radio.WEAK_DBM:
        return _check(name, Outcome.WARN, Symptom.WEAK_SIGNAL, facts)
    return _check(name, Outcome.PASS, None, facts)


def with_errors(check: Check, growth: int) -> Check:
    """The same check once it is known by how much the receive errors grew: bad frames, or half duplex with bad frames."""
    from msgspec.structs import replace

    facts = check.facts | {"errors": growth}
    if check.outcome is Outcome.PASS and check.facts.get("kind") == UplinkKind.ETHERNET and growth >= _MANY_ERRORS:
        half = check.facts.get("duplex") == "half"
        return replace(check, outcome=Outcome.WARN, symptom=Symptom.HALF_DUPLEX if half else Symptom.LINK_ERRORS, facts=facts)
    return replace(check, facts=facts)


def _kernel_facts(link: Link, sys: Path) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "admin_up": bool(link.flags & IFF_UP),
        "carrier": link.carrier,
        "operstate": link.operstate,
        "mac": link.mac,
        "mtu": link.mtu,
    }
    for key, file in (("speed_mbps", "speed"), ("duplex", "duplex")):
        text = wifi_radio.read(sys / "class/net" / link.name / file)
        if text and text not in ("-1", "unknown"):
            facts[key] = int(text) if text.isdigit() else text
    return facts


def _check(name: str, outcome: Outcome, symptom: Symptom | None, facts: dict[str, Any], because: str | None = None) -> Check:
    return Check(id=f"link:{name}", layer=Layer.LINK, target=name, outcome=outcome, symptom=symptom, because=because, facts=facts)
