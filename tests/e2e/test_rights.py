"""Every kind of check with every right taken away: what was not seen is unknown and names the right and how it is
granted, in both languages; it is never a fault, and never left out."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from typing import Any, NamedTuple

import msgspec
import pytest

from agent.contract.decode import decode
from agent.present.document import Document
from agent.present.page import Page
from agent.present.reasons import in_both
from agent.present.rights import in_full, in_short
from probes.model import Kind, kind_of
from probes.model.rights import ECHO, FILE, NET_RAW, NETLINK, PROC, PROCESSES, RIGHTS, SOCKETS, SYS, WITHOUT, Right
from tests.support.patience import PATIENCE_S
from tests.support.world import World
from tests.support.world.confined import examined
from tests.support.world.verdict import NOBODY, ROOT

USER = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs")


def deny(*families: int) -> tuple[str, ...]:
    return tuple(word for each in families for word in (sys.executable, "-m", "tests.support.sandbox", str(int(each))))


UNIT = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--groups=dialout", "--no-new-privs", "--bounding-set=-all")


class Dropped(NamedTuple):
    """`by`: the commands that take rights away; `mounts`: shell lines that do. `unseen`: kinds that are unknown then, for want of what."""

    by: tuple[str, ...]
    mounts: str
    unseen: dict[Kind, Right]


DROPPED = {
    "user": Dropped(USER, ":", {Kind.CONFLICT: NET_RAW, Kind.DISK: FILE}),
    "unit": Dropped((*UNIT, *deny(socket.AF_PACKET)), ":", {Kind.CONFLICT: NET_RAW, Kind.DISK: FILE}),
    "icmp": Dropped(USER, "echo '1 0' >/proc/sys/net/ipv4/ping_group_range", {Kind.CONFLICT: NET_RAW}),
    "netlink": Dropped(deny(socket.AF_NETLINK), ":", {Kind.CONFLICT: NETLINK}),
    "internet": Dropped(deny(socket.AF_INET), ":", dict.fromkeys((Kind.RESOLVER, Kind.REACH, Kind.HTTP_CHECK, Kind.GATEWAY), SOCKETS)),
    "hidepid": Dropped(USER, "mount -t proc -o hidepid=2 proc /proc", {Kind.APP: PROCESSES}),
    "proc": Dropped((), "mount -t proc -o subset=pid proc /proc", {Kind.MEMORY: PROC, Kind.LOAD: PROC}),
    "sys": Dropped((), "mount -t tmpfs none /sys", {Kind.TEMPERATURE: SYS, Kind.BATTERY: SYS}),
    "file": Dropped(USER, "touch /run/r; chmod 600 /run/r; mount --bind /run/r /etc/resolv.conf", {Kind.NO_RESOLVER: FILE}),
}


def lacked(check: dict[str, Any]) -> list[Right]:
    return [right for right in RIGHTS if right.found_in(check["because"] or "")]


CLOSED = "set -e; mount -t tmpfs none /run; install -d -m 700 /run/closed /run/closed/in; "  # a directory that none but root may enter
# what is asked for only where it is known whom to ask, and loss, which is sampled where a look takes long
AT_TIMES = (Kind.RESOLVER, Kind.ROUTER, Kind.NAME_COST, Kind.LOSS)


@pytest.mark.root
@pytest.mark.parametrize("what", DROPPED)
def test_what_is_not_seen_names_its_right_and_is_no_fault(what: str) -> None:
    dropped = DROPPED[what]
    with World() as world:
        world.config["app"] = [{"name": "payapp", "process": "no-such-process-runs-here", "required": False}]
        world.config["system"] = world.config.get("system", {}) | {"disk_paths": ["/", "/run/closed/in"]}
        whole, less = (examined(world, *by, mounts=CLOSED + mounts) for by, mounts in (((), ":"), (dropped.by, dropped.mounts)))
    before, now = ({check["id"]: check for check in each["checks"]} for each in (whole, less))
    gone = {name for name in before if name not in now and kind_of(name) not in AT_TIMES}
    assert gone == set(), "left out"
    unseen: dict[Kind, set[str]] = {}
    for name, check in now.items():
        kind = kind_of(name)
        if name in before and check["outcome"] == before[name]["outcome"]:
            continue
        if check["outcome"] == "skip" and kind_of(check["because"]) is not Kind.OTHER:
            continue  # because of another check, which says why
        assert check["outcome"] in ("unknown", "pass"), check
        if check["outcome"] == "unknown":
            rights = lacked(check)
            assert rights and all(kind in right.kinds for right in rights), check
            said = in_both(check["because"])
            assert all(right.service.en.split("{}")[0] in said.en and right.service.zh in said.zh for right in rights), said
            unseen.setdefault(kind, set()).update(right.name for right in rights)
    for kind, right in dropped.unseen.items():
        assert right.name in unseen.get(kind, ()), (kind, right.name, unseen)
    assert {cause["code"] for cause in less["causes"]} <= {cause["code"] for cause in whole["causes"]} | {"unknown.indeterminate"}
    document = Document(decode(json.dumps(less).encode()))
    for language in ("zh", "en"):
        page = Page(language=language, width=80)
        assert len(in_short(document, "posdiag check", page)) == 1
        told = "".join("".join(in_full(document, page)).split())
        for right in {right.name: right for right in dropped.unseen.values()}.values():
            assert "".join(right.service.of(language).split()) in told, told


def test_every_kind_of_check_is_in_the_table_of_rights_or_needs_none() -> None:
    needing = {kind for right in RIGHTS for kind in right.kinds}
    assert needing | set(WITHOUT) == set(Kind) and not needing & set(WITHOUT)


PROGRAM = """
import msgspec
from agent.contract.checks import entry_of
from probes import loss, tunnel
from probes.edge.kernel import network
from probes.edge.kernel.tunnels import Line
from probes.ground.deadline import Deadline
print(msgspec.json.encode(entry_of({call})).decode())
"""
UP = "ip link set lo up; ip addr add 10.9.9.1/24 dev lo; echo '1 0' >/proc/sys/net/ipv4/ping_group_range; "


@pytest.mark.root
@pytest.mark.parametrize(
    "call",
    [
        "loss.by_icmp('lo', '127.0.0.1', 3, Deadline(3))",
        "tunnel.probe('t0', Line(interface='lo'), [('10.9.9.9', 1)], network.read(), Deadline(3))",
    ],
)
def test_an_echo_that_may_not_be_sent_proves_nothing(call: str) -> None:
    tun = "ip link add t0 type veth peer name t1; ip link set t1 up; ip addr add 10.8.0.2/24 dev t0; ip link set t0 up; "
    line = [*USER, sys.executable, "-c", PROGRAM.format(call=call)]
    done = subprocess.run(
        ["unshare", "-n", "sh", "-ec", UP + tun + 'exec "$@"', "sh", *line],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    check = msgspec.json.decode(done.stdout)
    assert (check["outcome"], check["symptom"]) == ("unknown", "denied") and ECHO.found_in(check["because"])
