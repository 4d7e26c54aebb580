"""Terminals on the shop's network, first batch: who answers for whom, and who answers late."""

from __future__ import annotations

from tests.lab.beside.entry import Contact, broken, well
from tests.lab.beside.plugged import beside
from tests.lab.field import ways
from tests.support.world import World, netns, plan

TILL, TILL_MAC, ANOTHER_MAC = "192.168.50.60", "02:00:00:00:50:60", "02:00:00:00:50:61"
LETTER = "e"


def there(w: World, **settings: object) -> str:
    """Its namespace."""
    beside(w, **({"address": TILL} | settings))
    return ways.machine_beside(w, LETTER, TILL_MAC, f"{TILL}/24")


def off(w: World) -> None:
    netns.ip(w.router, f"link set port{LETTER} nomaster down")


def router_answers_for_all(w: World) -> None:
    off(w)
    netns.command("ip", "netns", "exec", w.router, "sysctl", "-qw", "net.ipv4.conf.lan0.proxy_arp=1")
    netns.ip(w.router, f"route add {TILL}/32 dev wan0")


def inside(w: World) -> str:
    return w.terminal[:-1] + LETTER


def another_card_of_its_own(w: World) -> None:
    """Off its dock it goes by Wi-Fi, with the same address and another MAC address."""
    netns.ip(inside(w), "link set eth0 down", f"link set eth0 address {ANOTHER_MAC}", "link set eth0 up")


def isolated(w: World) -> None:
    """The access point was told to keep its clients apart: it sells, and hears nobody here."""
    netns.nft(inside(w), "table arp apart {\n chain in { type filter hook input priority 0; drop\n }\n}")
    netns.nft(inside(w), "table inet apart {\n chain in { type filter hook input priority 0; drop\n }\n}")
    netns.command("ip", "-n", w.terminal, "neigh", "flush", "all")


def another_network_since(w: World) -> None:
    """The router was replaced, and all have addresses of its network; the terminal's in the configuration is the old one."""
    netns.ip(w.router, "address flush dev lan0 scope global", "address add 192.168.7.1/24 dev lan0")
    netns.ip(w.terminal, "address flush dev eth0 scope global", "address add 192.168.7.10/24 dev eth0")
    netns.ip(w.terminal, "route replace default via 192.168.7.1")
    netns.ip(inside(w), f"address del {TILL}/24 dev eth0", "address add 192.168.7.60/24 dev eth0")


def moved_and_a_phone_came(w: World) -> None:
    """Its lease ended in the night, and a customer's phone has its old address."""
    netns.ip(inside(w), f"address del {TILL}/24 dev eth0", "address add 192.168.50.61/24 dev eth0")
    phone = ways.machine_beside(w, "f", ANOTHER_MAC, f"{TILL}/24")
    netns.command("ip", "netns", "exec", inside(w), "ping", "-c", "1", "-W", "2", plan.TERMINAL)
    netns.command("ip", "netns", "exec", phone, "ping", "-c", "1", "-W", "2", plan.TERMINAL)


def answers_no_ping(w: World) -> None:
    netns.nft(inside(w), "table inet quiet {\n chain in { type filter hook input priority 0; meta l4proto icmp drop\n }\n}")


def asleep_and_closed(w: World) -> None:
    there(w)
    answers_no_ping(w)


NOT_REMEMBERED = (
    "at first contact the look before was a check by hand, which is not remembered: it was never seen; since then the service's"
)

CONTACTS: tuple[Contact, ...] = (
    broken(
        "switched off, and the router answers ARP for everybody",
        "nymea/nymea#639",
        "operator.terminal_off",
        router_answers_for_all,
        before=lambda w: there(w, mac=TILL_MAC) and None,
        erratum=NOT_REMEMBERED,
    ),
    broken(
        "switched off, the router answers ARP for everybody, and nobody wrote down its MAC address",
        "d-EScape/Domoticz_iDetect#18",
        "operator.terminal_off",
        router_answers_for_all,
        before=lambda w: there(w) and None,
        erratum=NOT_REMEMBERED,
    ),
    well(
        "the same address, and another MAC address since it went from its dock to Wi-Fi",
        "eylenburg/eylenburg.github.io#72",
        another_card_of_its_own,
        "unknown",
        pays="unknown",
        before=lambda w: there(w) and None,
    ),
    well(
        "a terminal on the network that answers no echo request, and was never seen before",
        "PeteLawrence/homebridge-people#74",
        asleep_and_closed,
        "unknown",
        pays="unknown",
    ),
    well(
        "the access point keeps its clients apart since today, and the terminal sells",
        "kkstone/Actions-OpenWrt-RAX3000Q#20 (AP 客户端隔离)",
        isolated,
        "unknown",
        pays="unknown",
        before=lambda w: there(w) and None,
        erratum=NOT_REMEMBERED,
    ),
    well(
        "the shop's network has other addresses since the router was replaced",
        "vectronic/homebridge-ping-hosts#22",
        another_network_since,
        "unknown",
        pays="unknown",
        before=lambda w: there(w) and None,
    ),
    well(
        "its lease ended, and a phone has its old address",
        "travisghansen/hass-opnsense#52",
        moved_and_a_phone_came,
        "unknown",
        pays="unknown",
        before=lambda w: there(w, mac=TILL_MAC) and None,
    ),
)
