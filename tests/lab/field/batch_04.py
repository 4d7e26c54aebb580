"""Batch 4: numbers that a kernel or a file system leaves out, second networks that lead nowhere, old addresses, idle connections."""

from __future__ import annotations

import os
import time

from tests.lab.field import ways
from tests.lab.field.entry import Report
from tests.lab.scenario import fault, healthy
from tests.support.servers.pinpad import PinPad
from tests.support.world import World, acquirers, behaviours, devices, faults, host_faults, machine, netns, plan, questions
from tests.support.world.names import Dnsmasq

FAILING, DOWN, SILENT = "network.dns_failing", "network.internet_down", "network.dns_unreachable"
GATEWAY, GATEWAY_B = plan.GATEWAY_A, plan.GATEWAY_B
OTHER_PORT = "45555"
# connects from a port of its own, says so, sends a second later, and waits for an answer
APPLICATION = """
import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("", int(sys.argv[1])))
s.connect((sys.argv[2], int(sys.argv[3]))); print(flush=True); time.sleep(1.5); s.send(b"x" * 64); sys.stdin.read()
"""


def without_inodes(w: World) -> None:
    """A file system that has no fixed number of inodes, and tells 0."""
    point = machine._folder(w)
    w.machine.append(f"mount -t tmpfs -o size=8m,nr_inodes=0 tmpfs {point}")
    w.config["system"] = w.config["system"] | {"disk_paths": [str(point)], "disk_used_percent": 95}


def old_kernel(w: World) -> None:
    """No MemAvailable: free is 2 %, and most of the rest is cache."""
    lines = {"MemTotal": 1018000, "MemFree": 20360, "Buffers": 61000, "Cached": 602000, "SwapCached": 0, "Active": 410000,
             "Inactive": 420000, "Active(file)": 280000, "Inactive(file)": 310000, "SwapTotal": 0, "SwapFree": 0, "Shmem": 8000,
             "Slab": 60000, "SReclaimable": 40000}  # fmt: skip
    machine._file(w, "/proc/meminfo", "".join(f"{key + ':':<16}{value:>8} kB\n" for key, value in lines.items()))
    w.config["system"].pop("memory_available_percent", None)


def second_battery_is_none(w: World) -> None:
    first = {"type": "Battery", "present": "1", "capacity": "88", "status": "Charging", "energy_now": "18430000", "energy_full": "20950000"}
    second = {"type": "Battery", "present": "1", "capacity": "0", "status": "Not charging", "energy_now": "0", "energy_full": "0"}
    mains = {"type": "Mains", "online": "1"}
    entries = {f"{name}/{key}": value for name, said in (("BAT0", first), ("BAT1", second), ("AC", mains)) for key, value in said.items()}
    machine._class(w, "power_supply", entries)


def second_card_without_a_lease(w: World) -> None:
    """A second network card is on a cable where nobody hands out addresses: it gave itself one."""
    ways.own_network(w, "eth1", "169.254.84.69/16")
    netns.ip(w.terminal, "route add default dev eth1 scope link src 169.254.84.69 metric 1208")


def by_id(w: World) -> None:
    """The port is configured by the lasting name that udev gives."""
    node = devices.device(w, PinPad(), "enq", required=True, name="pinpad", role="pinpad").node
    link = "/dev/shm/serial/by-id/usb-1a86_USB2.0-Serial-if00-port0"
    w.machine += ["mount -t tmpfs -o mode=755 tmpfs /dev/shm", f"mkdir -p {os.path.dirname(link)}", f"ln -s {node} {link}"]
    w.config["serial"][-1]["port"] = link


def two_uplinks_one_for_the_host(w: World) -> None:
    """The cable's network has no Internet; the host's own route leads over the cellular one, and that works."""
    netns.ip(w.terminal, f"route add {GATEWAY.v4}/32 via {plan.MOBILE_PROVIDER} dev wwan0")
    faults.rule(w.router, "passing", 'iifname "lan0" drop')


def member_expired(w: World) -> None:
    """The host's name has two addresses; the machine at the first one still shows the old certificate."""
    old = w.authority.context(w.authority.leaf(GATEWAY.name, days=-3))
    new = w.authority.context(w.authority.leaf(GATEWAY.name))
    w.servers["gateway_b"].stop()
    w.serve("second", GATEWAY_B, plan.GATEWAY_PORT, behaviours.tls(new))
    host_faults.gateway_does(w, behaviours.tls(old))
    ways.answering(ways.for_name(GATEWAY, questions.A, lambda asked: ways.with_address(asked, GATEWAY.v4, GATEWAY_B.v4)))(w)


def old_address_kept(w: World) -> None:
    """The shop's name server has kept an address of the host's from before; everybody else has the new one, and that answers."""
    ways.resolver(w, f"--host-record={GATEWAY.name},203.0.113.66")
    faults.rule(w.router, "passing", "ip daddr 203.0.113.66 drop")


def idle_connection_forgotten(w: World) -> None:
    """The application's connection was idle, and a translator on the way forgot it; it has sent, and waits."""
    host_faults.gateway_does(w, behaviours.accept)
    w.config["gateway"][0].update(protocol="tcp")
    w.config["gateway"][0].pop("ca_file")
    devices.application_absent(w)
    program = devices._program(w, devices.application_of(w))
    devices._beside(w, ["ip", "netns", "exec", w.terminal, program, "-c", APPLICATION, OTHER_PORT, GATEWAY.v4, str(plan.GATEWAY_PORT)])
    faults.rule(w.router, "passing", f"tcp sport {OTHER_PORT} drop")
    time.sleep(66)  # what the application waits in vain is the world


def zone_broken(w: World) -> None:
    """The host's own zone is signed wrongly: every name server that validates says SERVFAIL for its name, here and elsewhere."""
    w.provider_dns.stop()
    known = {name: (host.v4, host.v6) for host in plan.HOSTS for name in host.names}
    behind = Dnsmasq(w.net, ["127.0.0.1"], w.folder, records=known, nxdomain=True)
    w.cleanup.callback(behind.stop)
    behind.wait()
    real, broken = questions.forward("127.0.0.1", 0), questions.code(questions.SERVFAIL)
    for address in (plan.NAME_SERVER.v4, plan.OTHER_ADDRESS.v4):
        answer: questions.Answer = lambda q: broken(q) if ways.asked_name(q) == GATEWAY.name else real(q)  # noqa: E731
        w.cleanup.callback(questions.Responder(w.net, address, answer).stop)
    for host in (plan.NAME_SERVER, plan.OTHER_ADDRESS):
        w.serve(f"tcp {host.name}", plan.Host(host.names, host.v4, ""), 53, behaviours.accept)


def not_translated(w: World) -> None:
    """IPv6 alone; the name server should make an address for a host of IPv4 alone, and for this one it makes none."""
    ways.everywhere(w, {GATEWAY.name: (GATEWAY.v4,)})
    ways.answering(ways.for_name(GATEWAY, questions.AAAA, ways.without_records), plan.ROUTER_6)(w)


def impostor(w: World) -> None:
    """A new access point came with the router's address: what the terminal sends goes to it, and ends there."""
    other = ways.machine_beside(w, "i", "02:00:00:00:66:01", f"{plan.ROUTER}/24")
    netns.ip(w.router, f"address del {plan.ROUTER}/24 dev lan0", "address add 192.168.50.254/24 dev lan0")
    own = Dnsmasq(other, [plan.ROUTER], w.folder)
    w.cleanup.callback(own.stop)
    own.wait()


def restored_image(w: World) -> None:
    """The fixed address and router of the shop that the disk image was made in; this shop's own router is well."""
    netns.ip(w.terminal, "address flush dev eth0 scope global", "address add 192.168.10.10/24 dev eth0",
             "route add default via 192.168.10.1 dev eth0 metric 100")  # fmt: skip
    w.set_resolvers("192.168.10.1")


def first_of_two_cards(w: World) -> None:
    """Two uplinks with a default route each; the one that is preferred ends at a router without a line, the other is well."""
    lone = ways.own_network(w, "wlan0", "192.168.43.7/24")
    netns.ip(lone, "address add 192.168.43.1/24 dev eth0")
    netns.ip(w.terminal, "route add default via 192.168.43.1 dev wlan0 metric 50")


def names_by_file_alone(w: World) -> None:
    """The only name server is dead; the host's name stands in the hosts file, and payment works."""
    ways.hosts(f"{GATEWAY.v4} {GATEWAY.name}\n")(w)
    w.set_resolvers("192.168.50.77")


def outside_permitted_hours(w: World) -> None:
    """A rule of the router by the clock and the terminal's MAC: nothing is handed on, everything is told so."""
    faults.rule(w.router, "passing", 'iifname "lan0" meta l4proto tcp reject with tcp reset')
    faults.rule(w.router, "passing", 'iifname "lan0" reject with icmpx type admin-prohibited')


def another_on_the_bus(w: World) -> None:
    """The PIN pad is gone from the bus; the keyboard is on it."""
    ways.usb_without_port(w, "046d:c31c")
    devices.configured(w, "/dev/ttyACM97", "presence", name="pinpad", role="pinpad", usb="079b:0028", required=True)


def odd_case(asked: bytes) -> bytes | None:
    """The question comes back in other letters than it went, as RFC 4343 allows."""
    said = ways.forward(asked)
    return said and said[:12] + said[12:].replace(b"pay\x07example", b"PAY\x07eXample")


def aliases(asked: bytes) -> bytes | None:
    """The host's name is an alias of an alias, as with every large provider of hosts."""
    if ways.asked_name(asked) != GATEWAY.name or ways.asked_kind(asked) != questions.A:
        return ways.forward(asked)
    first = b"\x04edge\x03cdn\x03net\0"
    second = b"\x02n7\x04edge\x03cdn\x03net\0"
    end = asked.index(b"\0", 12) + 5
    question = asked[12:end]
    records = b"\xc0\x0c\0\5\0\1\0\0\0\x3c" + len(first).to_bytes(2, "big") + first
    records += first + b"\0\5\0\1\0\0\0\x05" + len(second).to_bytes(2, "big") + second
    records += second + b"\0\1\0\1\0\0\0\x05\0\4" + bytes(map(int, GATEWAY.v4.split(".")))
    return asked[:2] + b"\x81\x80\0\1\0\3\0\0\0\0" + question + records


REPORTS: tuple[Report, ...] = (
    Report("monitoring-plugins/monitoring-plugins#1717", healthy("a file system that tells of no inodes", without_inodes, fixed=True)),
    Report("rfjakob/earlyoom#5", healthy("a kernel that tells of no available memory, most of it is cache", old_kernel,
           fixed=True)),
    Report("MalpenZibo/ashell#359", healthy("a second battery that is none", second_battery_is_none, fixed=True)),
    Report("NetworkConfiguration/dhcpcd#265", healthy("a second network card gave itself an address and a last way out",
           second_card_without_a_lease)),
    Report("Klipper3d/klipper#299", healthy("a port by its lasting name", by_id)),
    Report("openhab/openhabian#433", healthy("the cable has no Internet, the host has a way of its own", two_uplinks_one_for_the_host,
           world={"backup": True}, notices=(DOWN, FAILING, SILENT))),
    Report("chengr28/Pcap_DNSProxy#153 (如何停止解释出ipv6地址)", healthy("names come back in other letters",
           ways.answering(odd_case))),
    Report("lifenjoiner/dnsforwarder#11", healthy("the host's name is an alias of an alias", ways.answering(aliases), fixed=True)),
    Report("notepad-plus-plus/npp-usermanual#515", fault("one of the host's two machines shows the old certificate",
           "system.gateway_certificate_expired", member_expired, "outage|degraded|ok")),
    Report("coolsnowwolf/lede#7485 (请教以一个解析DDNS域名的问题)", fault("the shop's name server keeps the host's old address", FAILING,
           old_address_kept), doubtful=True),
    Report("istio/istio#36499", fault("the application waits on a connection that was forgotten on the way",
           "system.payment_app_down", idle_connection_forgotten, "degraded")),
    Report("systemd/systemd#12388", fault("the host's zone is signed wrongly, nobody finds its name", FAILING, zone_broken),
           doubtful=True),
    Report("AdguardTeam/dnsproxy#438", fault("IPv6 alone, and the host's address is not translated", FAILING, not_translated,
           world=ways.SIX), doubtful=True),
    Report("Ansuel/tch-nginx-gui#1094", fault("a new access point came with the router's address", DOWN, impostor), doubtful=True),
    Report("RAKWireless/rak_common_for_gateway#4", fault("a disk image with the fixed address of another shop",
           "network.router_unreachable", restored_image)),
    Report("novoda/merlin#81", fault("the preferred of two uplinks ends at a router without a line", DOWN, first_of_two_cards)),
    Report("servo/saltfs#287", fault("the only name server is dead, the host stands in the hosts file", SILENT,
           names_by_file_alone, "degraded", fixed=True)),
    Report("Dreamacro/clash#1317 (想利用clash控制孩子上网时间)", fault("the router lets this terminal out at certain hours only", DOWN,
           outside_permitted_hours)),
    Report("collinbarrett/FilterLists#3415", fault("503 with a challenge of the cloud before the host", "system.gateway_error",
           acquirers.endpoint(503, headers={"Server": "cloudflare", "CF-RAY": "7939b5e0cccb38b1"}))),
    Report("OCA/pos#701", fault("the payment terminal is gone from USB, the keyboard is not", "operator.device_unplugged",
           another_on_the_bus)),
)  # fmt: skip
