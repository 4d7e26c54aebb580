"""Which interfaces lead out of the terminal, and what kind they are."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from probes.edge.failures import raise_if_ours
from probes.edge.kernel.carriers import carried, parents
from probes.edge.kernel.netlink import IFF_UP, Link
from probes.edge.kernel.network import Network, is_virtual
from probes.edge.kernel.reading import line_of, number_of
from probes.edge.kernel.tunnels import line_below
from probes.ground.files import is_there
from probes.settings import Role, Uplink, UplinkKind


class UplinkTarget(Struct, frozen=True, kw_only=True):
    """`configured` by hand; `used`: has a default route now or had one when the terminal was last well."""

    interface: str
    kind: UplinkKind | None = None  # None: neither of the three, or not to be told
    role: Role = Role.PRIMARY
    configured: bool = False
    used: bool = False


def kind_of(name: str, network: Network, sys: Path = Path("/sys")) -> UplinkKind | None:
    """By what the kernel says of the device; by its name where sysfs is closed or shows another namespace. Raises CannotTell."""
    folder = sys / "class/net" / name
    link = network.link(name)
    try:
        ours = link is not None and number_of(folder / "ifindex") == link.index
        if ours and (is_there(folder / "wireless") or is_there(folder / "phy80211")):
            return UplinkKind.WIFI
        if ours and "DEVTYPE=wwan" in line_of(folder / "uevent"):
            return UplinkKind.CELLULAR
    except OSError as error:
        raise_if_ours(error)
    if name.startswith(("wwan", "rmnet", "ccmni", "wwp", "mhi_", "seth_")):
        return UplinkKind.CELLULAR
    if name.startswith(("wlan", "wlp", "wlx", "ath", "ra")):
        return UplinkKind.WIFI
    if name.startswith(("ppp", "tun", "wg", "tap")) or (link is not None and is_virtual(link)):
        return None
    return UplinkKind.ETHERNET


def choose(
    configured: list[Uplink], network: Network, good: tuple[str, ...], used: tuple[str, ...], sys: Path = Path("/sys")
) -> list[UplinkTarget]:
    """The configured uplinks; else interfaces with a default route now or at the last good examination, then physical ones
    ever used; else, on a machine with none of these, the likeliest sockets. Raises CannotTell."""
    if configured:
        return _with_carriers([_from_config(uplink, network, sys) for uplink in configured], network, sys)
    routed = list(dict.fromkeys(network.name(route.index) for route in network.default_routes()))
    names = [*routed, *(name for name in good if name not in routed)]
    lines = {line.interface for name in routed if (line := line_below(name, network)) is not None}  # on which tunnels travel: no backup
    targets = [
        UplinkTarget(
            interface=name,
            kind=kind_of(name, network, sys),
            role=Role.BACKUP if i and name in routed and name not in lines else Role.PRIMARY,
            used=True,
        )
        for i, name in enumerate(filter(None, names))
    ]
    known = {target.interface for target in targets}
    rest = [name for name in used if name not in known and network.link(name) is not None]
    if not targets:
        rest = rest or _likeliest(network, sys)
        return [UplinkTarget(interface=name, kind=kind_of(name, network, sys), used=name in used) for name in rest]
    targets = _with_carriers(targets, network, sys)
    known = {target.interface for target in targets}
    return targets + [
        UplinkTarget(interface=name, kind=kind_of(name, network, sys), role=Role.BACKUP) for name in rest if name not in known
    ]


def _with_carriers(targets: list[UplinkTarget], network: Network, sys: Path) -> list[UplinkTarget]:
    """With the interfaces on which these travel, and with those that travel on a configured one and have the default route. Raises
    CannotTell."""
    routed = {network.name(route.index) for route in network.default_routes()}
    above, below = carried(network), parents(network)
    found = {target.interface: target for target in targets}
    for target in targets:
        upper = [name for name in above.get(target.interface, ()) if target.configured and name in routed]
        for name in (*below.get(target.interface, ()), *upper):
            found.setdefault(name, UplinkTarget(interface=name, kind=kind_of(name, network, sys), role=target.role, used=True))
    return list(found.values())


def _from_config(uplink: Uplink, network: Network, sys: Path) -> UplinkTarget:
    kind = uplink.kind if isinstance(uplink.kind, UplinkKind) else kind_of(uplink.interface, network, sys)
    return UplinkTarget(interface=uplink.interface, kind=kind, role=uplink.role, configured=True, used=True)


def physical(network: Network, sys: Path = Path("/sys")) -> list[str]:
    """Interfaces with hardware behind them; none where sysfs is closed."""
    try:
        return [link.name for link in network.links if not is_virtual(link) and is_there(sys / "class/net" / link.name / "device")]
    except OSError as error:
        raise_if_ours(error)
        return []


def _likeliest(network: Network, sys: Path) -> list[str]:
    """Without any history: those that are switched on or have an address; hardware before anything else."""
    real = physical(network, sys)
    candidates = [link for link in network.links if (link.name in real if real else not is_virtual(link))]

    def weight(link: Link) -> tuple[bool, bool]:
        return (any(a.scope == 0 for a in network.addresses_of(link.index)), bool(link.flags & IFF_UP))

    best = max(map(weight, candidates), default=None)
    return [link.name for link in candidates if weight(link) == best]
