"""What a process that runs out of descriptors, threads or processes says of this machine: that it could not look, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.few_descriptors import NO_PROCESSES, NOT_LOOKED, made_with_few, states
from tests.support.trees import write

NETWORK = """
from probes import address, conflict, link, router
from probes.edge.kernel import network
from probes.edge.kernel.netlink import Address, Link
from probes.edge.kernel.network import Network
from probes.edge.kernel.uplink import UplinkTarget
from probes.ground.deadline import Deadline
from probes.settings import UplinkKind
"""
ETHERNET = """
wire = Link(index=1, name="lo", flags=1, hardware=1, mac="02:00:00:00:00:01", carrier=True)
known = Network(links=(wire,), addresses=(Address(index=1, address="192.0.2.7", prefix=24, scope=0),))
"""


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("from probes.memory import memory", "memory()"),
        ("from probes.load import load", "load()"),
        ("from probes.temperature import temperature\nfrom probes.ground.deadline import Deadline", "temperature(85, Deadline(3))"),
        ("from probes.disk import disk", "disk('/', named=True)"),
        (NETWORK, "link.probe(UplinkTarget(interface='lo'), network.read())"),
        (NETWORK, "address.route(network.read(), None, True)"),
        (NETWORK, "address.route(network.read(), 'link:eth0', False)"),
    ],
)
def test_without_a_descriptor_nothing_is_said_of_the_machine(imports: str, call: str) -> None:
    seen = made_with_few(imports, call, most=3)
    assert states(seen)[0] == NOT_LOOKED
    assert "no file descriptor is left" in seen[0]["because"] and "LimitNOFILE" in seen[0]["because"]
    assert states(seen)[-1] != NOT_LOOKED


def test_a_low_battery_is_neither_missing_nor_hidden_then(tmp_path: Path) -> None:
    write(tmp_path / "class/power_supply/battery", {"type": "Battery", "capacity": "8", "status": "Discharging"})
    seen = made_with_few("from pathlib import Path\nfrom probes.battery import battery", f"battery(sys=Path({str(tmp_path)!r}))", most=2)
    assert states(seen) == [NOT_LOOKED, ("pass", None), ("pass", None)]


@pytest.mark.root
def test_a_sandbox_makes_no_disk_read_only_then(tmp_path: Path) -> None:
    """The flag of the mount is the sandbox's; the table that tells so could not be read."""
    sandbox = f'mount -t tmpfs tmpfs {tmp_path}; mount -o remount,bind,ro {tmp_path}; exec "$@"'
    seen = made_with_few(
        "from probes.disk import disk",
        f"disk({str(tmp_path)!r}, named=True)",
        most=1,
        by=("unshare", "--mount", "sh", "-ec", sandbox, "sh"),
    )
    assert states(seen) == [NOT_LOOKED, ("pass", None)]
    assert "read_only" not in seen[0]["facts"] and seen[0]["facts"]["used_percent"] == 0.0


# --- links and routers


def test_a_link_that_is_there_is_not_absent_then() -> None:
    seen = made_with_few(NETWORK, "link.probe(UplinkTarget(interface='lo', kind=UplinkKind.WIFI), network.read())", most=6)
    assert set(states(seen)) <= {NOT_LOOKED, ("pass", None)} and states(seen)[0] == NOT_LOOKED


@pytest.mark.root
def test_an_interface_that_is_absent_is_absent_all_the_same() -> None:
    """As soon as one descriptor is left, with which the kernel is asked."""
    seen = made_with_few(NETWORK, "link.probe(UplinkTarget(interface='none0'), network.read())", most=2, by=("unshare", "--net"))
    assert states(seen) == [NOT_LOOKED, ("fail", "absent"), ("fail", "absent")]


@pytest.mark.parametrize("switch", ["0", "1"])
def test_a_radio_whose_switch_could_not_be_read_is_neither_off_nor_unjoined(tmp_path: Path, switch: str) -> None:
    write(tmp_path, {"class/rfkill/rfkill0/type": "wlan", "class/rfkill/rfkill0/hard": switch, "class/rfkill/rfkill0/soft": "0"})
    prepare = f"""
from pathlib import Path
radio = Link(index=1, name="wlan0", flags=1, hardware=1, carrier=False)
sys_, proc = Path({str(tmp_path)!r}), Path({str(tmp_path)!r})
"""
    call = "link.probe(UplinkTarget(interface='wlan0', kind=UplinkKind.WIFI), Network(links=(radio,)), sys_, proc)"
    seen = made_with_few(NETWORK, call, prepare=prepare, most=3)
    looked = ("fail", "radio_off" if switch == "1" else "not_associated")
    assert states(seen) == [NOT_LOOKED, looked, looked, looked]


def test_a_router_that_could_not_be_asked_is_not_silent() -> None:
    prepare = "known = network.read()"
    seen = made_with_few(NETWORK, "router.probe('127.0.0.1', 'lo', known, Deadline(5))", prepare=prepare, most=6)
    assert states(seen)[0] == NOT_LOOKED and "no file descriptor" in seen[0]["because"]
    assert set(states(seen)) <= {NOT_LOOKED, ("pass", None)}


@pytest.mark.root
def test_an_address_could_not_be_asked_for_then() -> None:
    seen = made_with_few(NETWORK, "conflict.probe('lo', known)", prepare=ETHERNET, most=0)
    assert states(seen) == [NOT_LOOKED] and "no file descriptor" in seen[0]["because"]


@pytest.mark.root
def test_a_terminal_on_which_nothing_can_be_read_has_no_broken_link() -> None:
    imports = "from agent.examination import local\nfrom agent.examination.result import Memory\nfrom agent.settings.model import Settings"
    prepare = "settings, memory = Settings(), Memory(good_uplinks=('eth0',), used_uplinks=('eth0', 'wlan0'))"
    for which in ("0", "-1"):  # the link, the default route
        seen = made_with_few(imports, f"local.examine(settings, memory).checks[{which}]", prepare=prepare, most=0, by=("unshare", "--net"))
        assert states(seen) == [NOT_LOOKED], seen


# --- processes


def test_an_application_is_not_down_that_could_not_be_looked_for() -> None:
    imports = "from probes.app import app\nfrom probes.settings import App"
    seen = made_with_few(imports, "app(App(name='payapp', process='^no-such-name$'))", most=3)
    assert states(seen)[0] == NOT_LOOKED and set(states(seen)) <= {NOT_LOOKED, ("fail", "not_running")}
    assert states(seen)[-1] == ("fail", "not_running")


def test_an_application_that_was_seen_before_descriptors_ran_out_runs() -> None:
    imports = "from probes.app import app\nfrom probes.settings import App"
    with subprocess.Popen(["sh", "-c", "read end", "--till=seen-early"], stdin=subprocess.PIPE) as process:
        seen = made_with_few(imports, "app(App(name='payapp', process='--till=seen-early'))", most=3)
        process.communicate()
    assert set(states(seen)) <= {NOT_LOOKED, ("pass", None)} and states(seen)[-1] == ("pass", None)


@pytest.mark.root
def test_an_expression_that_needs_a_process_of_its_own_where_none_can_be_started() -> None:
    imports = "from probes.app import app\nfrom probes.settings import App"
    nobody = ("setpriv", "--reuid=65533", "--regid=65533", "--clear-groups")
    with subprocess.Popen([sys.executable, "-c", "input()", "a" * 60 + "!"], stdin=subprocess.PIPE) as process:
        seen = made_with_few(imports, "app(App(name='payapp', process='(a+)+$'))", prepare=NO_PROCESSES, by=nobody)
        process.communicate()
    assert states(seen) == [NOT_LOOKED] * len(seen)
    assert "no process of its own can be started" in seen[-1]["because"]
