"""What this program must be allowed so that it can look: each right once, with the kinds of check that need it and how it is granted. The
reasons in the document, their Chinese, what stands on the screen and the table of `docs/service.md` are all made from it."""

from __future__ import annotations

import re

from msgspec import Struct

from probes.ground.bilingual import Bilingual, same
from probes.model.kinds import Kind

_PLACE = "{}"  # of what the right is, where it is one of many
_SUDO = Bilingual("命令前加 sudo", "put sudo before the command")
_OUTSIDE = Bilingual("不要在应用的沙盒里运行", "do not run it in the sandbox of an app")
_MORE_RIGHTS = Bilingual("装上 /opt/posdiag/share/more-rights.conf", "install /opt/posdiag/share/more-rights.conf")


class Right(Struct, frozen=True, kw_only=True):
    """`name`: the capability, sysctl, setting of the unit or file, as a technician looks it up. `by_hand` and `service`: how it is granted
    to an ordinary user's `posdiag check`, and to the service. `shows`: what is seen with it."""

    name: str
    kinds: tuple[Kind, ...]
    shows: str
    by_hand: Bilingual = _SUDO
    service: Bilingual

    def missing(self, place: str = "") -> str:
        """In English, as the document has it; `place` is escaped already."""
        return self.sentence.en.replace(_PLACE, place)

    def found_in(self, text: str) -> str:
        """Its sentence as it stands in a reason; empty where that is for another one."""
        found = re.search(self.pattern, text)
        return found[0] if found else ""

    def named(self, sentence: str) -> str:
        """The right itself, of its sentence."""
        found = re.fullmatch(self.pattern, sentence)
        return self.name.replace(_PLACE, found[1]) if found and _PLACE in self.name else self.name

    @property
    def pattern(self) -> str:
        """Of its sentence in English, with what is in the place of `{}`."""
        return re.escape(self.sentence.en).replace(re.escape(_PLACE), r"(\S+?)")

    @property
    def sentence(self) -> Bilingual:
        """With `{}` where the place belongs."""
        return Bilingual(
            f"缺少权限 {self.name}：{self.by_hand.zh}；服务：{self.service.zh}",
            f"the right {self.name} is missing: {self.by_hand.en}; for the service: {self.service.en}",
        )


_REMOTE: tuple[Kind, ...] = (
    Kind.RESOLVER,
    Kind.NAME_COST,
    Kind.HTTP_CHECK,
    Kind.REACH,
    Kind.PROXY,
    Kind.LOSS,
    Kind.BACKUP,
    Kind.NAMES_ELSEWHERE,
)
_REMOTE += (Kind.TUNNEL, Kind.OTHER_ADDRESS, Kind.DATE, Kind.PAGE, Kind.TLS_SPOKEN, Kind.NTP, Kind.GATEWAY)

NET_RAW = Right(
    name="CAP_NET_RAW",
    kinds=(Kind.CONFLICT, Kind.ROUTER, Kind.ON_LAN, Kind.BACKUP, Kind.TUNNEL, Kind.NAMES_ELSEWHERE, Kind.OTHER_ADDRESS),
    shows="another machine with our address, a router that drops ICMP, and a terminal beside this machine just switched off, by ARP; "
    "before Linux 5.7 another uplink than the first",
    service=_MORE_RIGHTS,
)
ECHO = Right(
    name="net.ipv4.ping_group_range",
    kinds=(Kind.ROUTER, Kind.LOSS, Kind.TUNNEL),
    shows="an echo (ICMP) of a router, of a tunnel's other end, and loss where no host accepts connections",
    by_hand=same('sudo sysctl -w net.ipv4.ping_group_range="0 2147483647"'),
    service=same("sudo sysctl -p /usr/lib/sysctl.d/50-posdiag.conf"),
)
NETLINK = Right(
    name="AF_NETLINK",
    kinds=(Kind.LINK, Kind.ADDRESS, Kind.DEFAULT_ROUTE, Kind.CONFLICT, Kind.ROUTER, Kind.APP),
    shows="interfaces, addresses, routes, neighbours, and the connections of the payment application",
    by_hand=_OUTSIDE,
    service=same("RestrictAddressFamilies=AF_NETLINK"),
)
SOCKETS = Right(
    name="AF_INET, AF_INET6",
    kinds=_REMOTE,
    shows="anything beyond the terminal",
    by_hand=_OUTSIDE,
    service=same("RestrictAddressFamilies=AF_INET AF_INET6"),
)
HOLDERS = Right(
    name="CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH",
    kinds=(Kind.SERIAL, Kind.APP),
    shows="which process of another user holds a serial port, and whose a connection is",
    service=_MORE_RIGHTS,
)
PROCESSES = Right(
    name="/proc/PID (hidepid)",
    kinds=(Kind.APP,),
    shows="whether the payment application runs",
    service=Bilingual(
        "ProtectProc=default；/proc 挂载时带 hidepid 的，SupplementaryGroups= 写 gid= 那个组",
        "ProtectProc=default, and where /proc is mounted with hidepid, SupplementaryGroups= with the group of its gid=",
    ),
)
PROC = Right(
    name="/proc",
    kinds=(Kind.MEMORY, Kind.LOAD, Kind.ARRIVALS),
    shows="memory, load, and what the kernel counts of packets that arrive",
    by_hand=_OUTSIDE,
    service=same("ProcSubset=all"),
)
SYS = Right(
    name="/sys",
    kinds=(Kind.TEMPERATURE, Kind.BATTERY, Kind.SERIAL, Kind.SERIAL_PRESENT),
    shows="sensors, the battery, and which serial ports there are",
    service=Bilingual("不要有 InaccessiblePaths=/sys", "no InaccessiblePaths=/sys"),
)
KERNEL_LOG = Right(
    name="CAP_SYSLOG",
    kinds=(Kind.SERIAL,),
    shows="a USB device that resets again and again, from the kernel's log where kernel.dmesg_restrict is set",
    service=_MORE_RIGHTS,
)
MODEM_MANAGER = Right(
    name="D-Bus org.freedesktop.ModemManager1",
    kinds=(Kind.SERIAL,),
    shows="a modem that ModemManager keeps; mmcli asks it",
    service=Bilingual(
        "RestrictAddressFamilies=AF_UNIX，并在 /etc/dbus-1/system.d 里允许用户 posdiag",
        "RestrictAddressFamilies=AF_UNIX, and allow the user posdiag in /etc/dbus-1/system.d",
    ),
)
FILE = Right(
    name=f"{_PLACE} (r)",
    kinds=(Kind.GATEWAY, Kind.NO_RESOLVER, Kind.DISK, Kind.SERIAL),
    shows="certificates and keys, the name servers, and disks within directories that are closed",
    service=Bilingual("让用户 posdiag 能读它（chgrp posdiag，chmod g+rX）", "let the user posdiag read it (chgrp posdiag, chmod g+rX)"),
)
RIGHTS = (NET_RAW, ECHO, NETLINK, SOCKETS, HOLDERS, PROCESSES, PROC, SYS, KERNEL_LOG, MODEM_MANAGER, FILE)
# what needs none: our own clock, what is held against it, and what is said of the examination itself; a network of our own is seen in
# what was read already
WITHOUT = (Kind.OVERLAP, Kind.CLOCK, Kind.DUE_DATE, Kind.EXAMINATION, Kind.DOCUMENT, Kind.PLUGIN, Kind.OTHER, Kind.DEVICE)
