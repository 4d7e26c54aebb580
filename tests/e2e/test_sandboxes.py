"""Where the system shows less than usual: each missing thing is said with its reason, and never ends the examination."""

from __future__ import annotations

import socket
import sys
from typing import Any

import pytest

from tests.support.world import World
from tests.support.world.confined import examined
from tests.support.world.verdict import NOBODY

pytestmark = pytest.mark.root
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def outcomes(document: dict[str, Any], prefix: str) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in document["checks"] if check["id"].startswith(prefix)}


@pytest.mark.parametrize("user", [[], AS_NOBODY], ids=["root", "user"])
def test_netlink_denied(user: list[str]) -> None:
    with World() as world:
        deny = [sys.executable, "-m", "tests.support.sandbox", str(int(socket.AF_NETLINK))]
        document = examined(world, *user, *deny)
    assert (document["state"], document["can_pay"]) == ("ok", "yes"), document["causes"]
    assert outcomes(document, "gateway:") == {"gateway:acquirer-a": "pass"}


def test_packet_sockets_and_icmp_denied() -> None:
    with World() as world:
        document = examined(world, sys.executable, "-m", "tests.support.sandbox", str(int(socket.AF_PACKET)))
    assert document["state"] == "ok", document["causes"]
    assert outcomes(document, "address:conflict") == {"address:conflict:eth0": "unknown"}


# of the process that examines: /proc/self would be the mount program's own
@pytest.mark.parametrize("folder", ["/sys", "/proc/$$/net", "/sys/class/net", "/sys/class/tty"])
def test_a_folder_of_the_kernel_is_empty(folder: str) -> None:
    with World() as world:
        document = examined(world, mounts=f"mount -t tmpfs none {folder}")
    assert (document["state"], document["can_pay"]) == ("ok", "yes"), document["causes"]


@pytest.mark.parametrize("user", [[], AS_NOBODY], ids=["root", "user"])
@pytest.mark.parametrize("folder", ["/sys", "/sys/class", "/proc/$$/net", "/sys/class/net", "/sys/class/tty", "/sys/class/power_supply"])
def test_a_folder_of_the_kernel_is_closed(folder: str, user: list[str]) -> None:
    with World() as world:
        document = examined(world, *user, mounts=f"mount -t tmpfs -o mode=700 none {folder}")
    assert (document["state"], document["can_pay"]) == ("ok", "yes"), document["causes"]


def test_no_name_server_file() -> None:
    with World() as world:
        document = examined(world, mounts="mount --bind /dev/null /etc/resolv.conf")
    assert document["cause"] == "operator.network_misconfigured", document["causes"]


def test_a_name_server_file_of_garbage() -> None:
    with World() as world:
        garbage = world.folder / "resolv.conf"
        lines = [
            b"nameserver",
            b"nameserver 999.1.1.1",
            b"nameserver fe80::1%nowhere",
            b"\xff\xfe\x00",
            b"search",
            b"nameserver 192.168.50.1",
        ]
        garbage.write_bytes(b"\n".join(lines) + b"\n")
        document = examined(world, mounts=f"mount --bind {garbage} /etc/resolv.conf")
    assert document["can_pay"] == "yes", document["causes"]


def test_proc_of_others_is_hidden() -> None:
    with World() as world:
        world.config["app"] = [{"name": "payapp", "process": "no-such-process-runs-here"}]
        document = examined(world, *AS_NOBODY, mounts="mount -t proc -o hidepid=2 proc /proc")
    assert outcomes(document, "app:") == {"app:payapp": "unknown"}
    assert document["state"] == "ok", document["causes"]
