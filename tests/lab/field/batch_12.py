"""Batch 12: what a program sees of the machine and what the machine is, name servers and their files, addresses of IPv6, who tells the
time, what stands on the way to the host, a modem that answers in numbers."""

from __future__ import annotations

import socket
import struct
import time

from tests.lab.field import ways
from tests.lab.field.batch_09 import TimeServer
from tests.lab.field.entry import Report
from tests.lab.scenario import fault, healthy
from tests.support.patience import until
from tests.support.servers.modem import Modem
from tests.support.world import World, acquirers, behaviours, devices, faults, host_faults, machine, netns, own_files, plan, questions

SET, FAILING = "operator.network_misconfigured", "network.dns_failing"
GATEWAY = plan.GATEWAY_A
DAY_S = 86400
FIRST_TO_1970_S = 2_208_988_800  # NTP counts from 1900
TRANSLATED = "64:ff9b::c000:20a"  # the first gateway's IPv4 address (RFC 6052)
IN_DOCKERS_NETWORK = "172.17.0.53"
# a program that opens connections to the host until it may have no more descriptors
USES_THEM_UP = """
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))
kept = []
try:
    while True: kept.append(socket.create_connection((sys.argv[1], int(sys.argv[2]))))
except OSError: print(flush=True)
sys.stdin.read()
"""


def cached_yesterday(w: World) -> None:
    """A cache on the way answers for the checks with what it kept yesterday, and says how old that is (RFC 9111 section 5.1)."""
    host_faults.check_host_does(w, behaviours.http(204, skew_s=-DAY_S, Age=str(DAY_S), Via="1.1 cache"))


def name_with_a_dot(w: World) -> None:
    """The host's name is written as a whole one, with the dot of the root at its end."""
    w.config["gateway"][0]["host"] = GATEWAY.name + "."


def dormant(w: World) -> None:
    """The driver leaves it to a program to say that the link may be used, and none does; packets pass all the same (RFC 2863)."""
    netns.ip(w.terminal, "link set eth0 mode dormant")
    netns.ip(w.router, "link set port1 down")
    until(lambda: "NO-CARRIER" in netns.command("ip", "-n", w.terminal, "link", "show", "eth0"), lambda: "eth0 keeps its carrier")
    netns.ip(w.router, "link set port1 up")
    until(lambda: "DORMANT" in netns.command("ip", "-n", w.terminal, "link", "show", "eth0"), lambda: "eth0 is not dormant")


def asked_too_often(asked: bytes) -> bytes:
    """Kiss of death, RATE (RFC 5905 section 7.4): stratum 0, and no time."""
    return bytes([0x24, 0, 6, 0xEC]) + bytes(8) + b"RATE" + bytes(8) + asked[40:48] + bytes(16)


def time_server(w: World, answer: questions.Answer) -> None:
    """The router's, which the terminal is set up for."""
    w.cleanup.callback(TimeServer(w.router, plan.ROUTER, answer).stop)
    w.config["network"]["ntp"] = [plan.ROUTER]


def in_another_year(asked: bytes) -> bytes:
    """It has a source and no doubt, and is 400 days behind."""
    stamp = struct.pack("!II", int(time.time()) - 400 * DAY_S + FIRST_TO_1970_S, 0)
    return bytes([0x24, 3, 6, 0xEC]) + bytes(8) + b"\x7f\x01\x01\x00" + stamp + asked[40:48] + stamp + stamp


def without_extensions(w: World) -> None:
    """The terminal asks with EDNS, and the name server calls that a mistake of form (RFC 6891 section 7); without it, it answers."""

    def answer(asked: bytes) -> bytes | None:
        return questions.code(1)(asked) if asked[10:12] != b"\0\0" else ways.forward(asked)

    ways.answering(answer)(w)
    ways.file(w, "resolv.conf", f"nameserver {plan.ROUTER}\noptions edns0\n")


def any_address_as_name_server(w: World) -> None:
    """0.0.0.0 is written for the terminal's own name server, and the kernel takes it there."""
    w.cleanup.callback(questions.Responder(w.terminal, "127.0.0.1", ways.forward).stop)
    w.set_resolvers("0.0.0.0")


def dropped_by_reverse_path(w: World) -> None:
    """Two cards in one network, the answers to the one come over the other, and the kernel takes nothing from where it would not send."""
    mac = "02:00:00:00:50:11"
    ways.second_socket(w, "wlan0", "192.168.50.11/24", mac)
    netns.sysctl(w.terminal, {"ipv4/conf/all/rp_filter": "1", "ipv4/conf/wlan0/rp_filter": "1"})
    netns.ip(w.router, f"neigh replace {plan.TERMINAL} lladdr {mac} dev lan0 nud permanent")


def too_small_for_six(w: World) -> None:
    """1024 bytes were set for the card; IPv6 wants 1280, so that the kernel took its addresses away (RFC 8200 section 5)."""
    netns.ip(w.terminal, "link set eth0 mtu 1024")


def address_refused_as_double(w: World) -> None:
    """Another machine answered when the kernel asked whether its address is free: it keeps it and does not use it (RFC 4862)."""
    other = ways.machine_beside(w, "x", plan.OTHER_MAC)
    netns.ip(other, f"address add {plan.TERMINAL_6}/64 dev eth0 nodad")
    netns.sysctl(w.terminal, {"ipv6/conf/eth0/accept_dad": "1"})
    netns.ip(w.terminal, f"address del {plan.TERMINAL_6}/64 dev eth0", f"address add {plan.TERMINAL_6}/64 dev eth0")
    shown = ("ip", "-n", w.terminal, "-6", "address", "show", "dev", "eth0")
    until(lambda: "dadfailed" in netns.command(*shown), lambda: "the address is taken for free")
    netns.ip(w.terminal, f"route replace default via {plan.ROUTER_6} dev eth0 metric 100")


def truncated(asked: bytes) -> bytes:
    """Does not fit, ask by TCP."""
    said = questions.code(0)(asked) or b""
    return said[:2] + bytes([said[2] | 0x02]) + said[3:]


def private_devices(w: World) -> None:
    """The examination runs with a directory of devices of its own, as a service or a container gets it: none of it is a serial port.
    The PIN pad is plugged in, the kernel has its port, and the application uses it."""
    machine.usb_serial(w, "ttyUSB7", "1a86:7523", in_dev=False)
    own = w.folder / "devices"
    own.mkdir()
    nodes = {"null": 3, "zero": 5, "full": 7, "random": 8, "urandom": 9}
    w.machine += [f"mount -t tmpfs -o mode=755 tmpfs {own}",
                  *(f"mknod -m 666 {own}/{name} c 1 {number}" for name, number in nodes.items()),
                  f"mknod -m 666 {own}/tty c 5 0", f"mkdir {own}/pts {own}/shm", f"mount --bind /dev/pts {own}/pts",
                  f"ln -s pts/ptmx {own}/ptmx", f"ln -s /proc/self/fd {own}/fd", f"mount --rbind {own} /dev"]  # fmt: skip
    devices.configured(w, "/dev/ttyUSB7", "enq", name="pinpad", role="pinpad", owner="app")


def log_in_memory_full(w: World) -> None:
    """Logs are kept in a small file system in memory, and fill it; everything else has room."""
    log = w.folder / "log"
    w.machine += [f"mount -t tmpfs -o size=4m,mode=777 tmpfs {log}", f"head -c 5000000 /dev/zero > {log}/daemon.log || true"]
    w.config["system"].pop("disk_used_percent")


def descriptors_used_up(w: World) -> None:
    """The application opens a connection for every payment and closes none: it may have no more descriptors."""
    devices.application_absent(w)
    argv = ["ip", "netns", "exec", w.terminal, devices._program(w, devices.application_of(w)), "-c", USES_THEM_UP]
    devices._beside(w, [*argv, GATEWAY.v4, str(plan.GATEWAY_PORT)])


def translator_gone(w: World) -> None:
    """IPv6 alone: the host has an IPv4 address, its name is translated, and what translates the packets takes none."""
    ways.everywhere(w, {GATEWAY.name: (TRANSLATED,)})
    faults.rule(w.net, "early", "ip6 daddr 64:ff9b::/96 drop")


def filtered_by_name(w: World) -> None:
    """Something on the way reads the name that TLS begins with, and resets what begins with the host's; any other it lets through."""
    context = acquirers.own_context(w)

    def behaviour(connection: socket.socket) -> None:
        if GATEWAY.name.encode() in connection.recv(4096, socket.MSG_PEEK):
            behaviours.reset(connection)
        else:
            behaviours.tls(context)(connection)

    host_faults.gateway_does(w, behaviour)


def without_its_interface(w: World) -> None:
    """The router announced its link-local address as name server, and whoever wrote it down left the interface out."""
    address = "fe80::ff:fe00:5001"
    w.cleanup.callback(questions.Responder(w.router, f"{address}%lan0", questions.forward(plan.NAME_SERVER.v6, 0)).stop)
    w.set_resolvers(address)


def server_in_dockers_network(w: World) -> None:
    """The company's name server has an address of the network that Docker took for its own bridge."""
    netns.ip(w.net, f"address add {IN_DOCKERS_NETWORK}/32 dev lo")
    w.cleanup.callback(questions.Responder(w.net, IN_DOCKERS_NETWORK, questions.forward(plan.NAME_SERVER.v4, 0)).stop)
    ways.bridge_of_containers(w, "docker0", "172.17.0.1/16")
    w.set_resolvers(IN_DOCKERS_NETWORK)


def routers_of_another_link(w: World) -> None:
    """The router handed on what it heard from the provider: a default route over an address of the provider's link, which is not here."""
    netns.ip(
        w.terminal, "route del default via 2001:db8:50::1 dev eth0", "route add default via fe80::2d0:1ff:fe5c:a000 dev eth0 metric 100"
    )


REPORTS: tuple[Report, ...] = (
    Report("testssl/testssl.sh#2032", healthy("a cache answers for both checks with yesterday's date, and with its age", cached_yesterday)),
    Report("python/cpython#76178", healthy("the host's name is written with a dot at its end", name_with_a_dot)),
    Report("moby/moby#21141", healthy("Docker's network takes in the shop's",
           lambda w: ways.bridge_of_containers(w, "br-9c1d", "192.168.0.1/16"))),
    Report("clearpathrobotics/wireless#31", healthy("the device is called dormant, and everything passes", dormant)),
    Report("status-im/status-go#1016", healthy("the time server says that it is asked too often",
           lambda w: time_server(w, asked_too_often))),
    Report("zmap/zdns#618", healthy("the name server calls EDNS a mistake of form", without_extensions)),
    Report("wahern/dns#7", healthy("0.0.0.0 is set as name server, and there is one on the terminal", any_address_as_name_server)),
    Report("thess/callattendant#91", healthy("a modem that answers in numbers",
           lambda w: devices.device(w, Modem(in_words=False), "at", name="modem", role="modem"))),
    Report("stangri/source.openwrt.melmac.ca#41", fault("answers come over the other card, and the kernel drops them", SET,
           dropped_by_reverse_path), doubtful=True),
    Report("sonic-net/SONiC#294", fault("IPv6 alone, and the card is set to fewer bytes than IPv6 wants", SET, too_small_for_six,
           world=ways.SIX)),
    Report("metallb/metallb#1592", fault("IPv6 alone, and the kernel found the terminal's address taken", "network.address_conflict",
           address_refused_as_double, world=ways.SIX)),
    Report("coredns/coredns#844", fault("the name server wants to be asked by TCP, and refuses it", FAILING, ways.answering(truncated)),
           doubtful=True),
    Report("xirixiz/dsmr-reader-docker#13", fault("the PIN pad's port is not among the devices that the examination was given",
           "system.port_permission", private_devices, "degraded"), doubtful=True),
    Report("azlux/log2ram#132", fault("logs have filled the small file system in memory that they are kept in", "system.disk_full",
           log_in_memory_full, "degraded")),
    Report("varnish/hitch#210", fault("the application may have no more descriptors", "system.sockets_exhausted", descriptors_used_up)),
    Report("openNDS/openNDS#137", fault("a portal that says 511", "network.captive_portal", lambda w: host_faults.portal(w, status=511))),
    Report("yonggekkk/Cloudflare-vless-trojan#317 (nat64用不了了)", fault("IPv6 alone, and what translates to IPv4 is gone",
           "network.gateway_blocked", translator_gone, world=ways.SIX), doubtful=True),
    Report("ValdikSS/blockcheck#81", fault("what begins TLS with the host's name is reset on the way", "network.gateway_blocked",
           filtered_by_name), doubtful=True),
    Report("gmag11/NtpClient#122", fault("the shop's time server is in another year, and the terminal follows it", "system.clock_wrong",
           lambda w: time_server(w, in_another_year), shift_s=-400 * DAY_S)),
    Report("OSInside/kiwi#1522", fault("the image asks no name server, the fixed entries alone", SET, own_files.name_sources("files"))),
    Report("golang/go#19300", fault("the host says in its alert that it does not know the name", "operator.gateway_misconfigured",
           acquirers.does(behaviours.say(bytes([0x15, 3, 3, 0, 2, 2, 112])))), doubtful=True),
    Report("rthalley/dnspython#481", fault("IPv6 alone, and the only name server is a link-local address without its interface", SET,
           without_its_interface, world=ways.SIX)),
    Report("docker/for-win#58", fault("the company's name server has an address of Docker's network", SET, server_in_dockers_network),
           doubtful=True),
    Report("opnsense/core#6010", fault("IPv6 alone, and the default route leads over an address of the provider's link",
           "network.router_unreachable", routers_of_another_link, world=ways.SIX)),
)  # fmt: skip
