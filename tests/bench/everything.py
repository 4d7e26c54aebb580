"""The daemon with every probe in use, and all that it looks at in order: what it costs in memory is the most that it costs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import certifi

from tests.bench.load import acquirer_in
from tests.support.android.terminal import PACKAGE, AndroidTerminal
from tests.support.packaged import install
from tests.support.servers.adb import adb_server
from tests.support.servers.far_end import far_end
from tests.support.servers.modem import Modem
from tests.support.servers.pinpad import PinPad
from tests.support.servers.printer import Printer
from tests.support.servers.time_server import time_server
from tests.support.world import behaviours, netns, plan
from tests.support.world.daemon import Daemon, daemon
from tests.support.world.world import World

WHAT = """Four gateways (ISO 8583 over TLS and HTTP, each on a connection that is kept open, TLS alone, HTTPS), which trust the system's
authorities, internet checks, a time server, a wired uplink and a cellular one, a receipt printer, a PIN pad, a modem, an application,
outputs to a collector (HTTPS) and into a file"""
_APP_S = "86399"  # a program that nobody else runs


@contextmanager
def examined(interval_s: float = 1, *, mqtt: bool = False, beside: int = 0) -> Iterator[Daemon]:
    """The packaged daemon, with its status in memory. `mqtt`: with an output to a broker besides; `beside`: with so many terminals beside
    its machine."""
    folder, status = Path(tempfile.mkdtemp(prefix="posdiag-bench-")), Path(tempfile.mkdtemp(prefix="posdiag-bench-", dir="/dev/shm"))
    app = subprocess.Popen(["sleep", _APP_S])
    try:
        launcher = install(folder)
        with (
            World(gateways="ab", backup=True) as w,
            time_server(w.net, plan.NAME_SERVER.v4),
            far_end(Printer()) as printer,
            far_end(PinPad()) as pinpad,
            far_end(Modem()) as modem,
            broker(w) if mqtt else nullcontext() as brokers,
            ExitStack() as tills,
        ):
            _trust(w)
            numbers = range(2, 2 + beside)
            for number in numbers:
                tills.enter_context(adb_server(AndroidTerminal().answer, serial=f"X{number}", path=str(folder / f"adb-{number}")))
            devices = {"printer": (printer, "escpos"), "pinpad": (pinpad, "enq"), "modem": (modem, "at")}
            changes = {
                "agent": {"interval_s": interval_s, "status_dir": str(status)},
                "network": {"ntp": [plan.NAME_SERVER.name]},
                "uplink": [{"interface": "eth0", "kind": "ethernet"}, {"interface": "wwan0", "kind": "cellular", "role": "backup"}],
                "gateway": _gateways(w),
                "serial": [
                    {"name": name, "role": name, "port": end.node, "protocol": protocol, "owner": "agent"}
                    for name, (end, protocol) in devices.items()
                ],
                "app": [{"name": "payapp", "process": f"sleep {_APP_S}"}],
                "beside": [
                    {
                        "name": f"till-{number}",
                        "adb": f"usb:X{number}",
                        "package": PACKAGE,
                        "adb_server": f"localfilesystem:{folder}/adb-{number}",
                    }
                    for number in numbers
                ],
                "output": [*_outputs(w, status), *(brokers or [])],
            }
            with daemon(w, changes, launcher=launcher) as running:
                yield running
    finally:
        app.kill()
        app.wait()
        for each in (folder, status):
            shutil.rmtree(each, ignore_errors=True)


def _trust(w: World) -> None:
    """The world's authority is one of the system's, as in real life that of an acquirer is."""
    certificates = netns.etc(w.terminal) / "ssl" / "certs"
    certificates.mkdir(parents=True)
    (certificates / "ca-certificates.crt").write_bytes(Path(certifi.where()).read_bytes() + w.authority.root_file.read_bytes())


def _outputs(w: World, folder: Path) -> list[dict[str, Any]]:
    host = plan.GATEWAY_B
    w.serve("collector", host, 8420, behaviours.tls(w.authority.context(w.authority.leaf(host.name)), behaviours.http(202, b"")))
    url = f"https://{host.name}:8420/v1/status"
    return [{"kind": "https", "url": url, "every_s": 10}, {"kind": "file", "path": str(folder / "posdiag.json")}]


@contextmanager
def broker(w: World) -> Iterator[list[dict[str, Any]]]:
    """A real one, in the provider's namespace."""
    host, port = plan.GATEWAY_B, 8883
    pem = w.authority.leaf(host.name).write(w.folder / "broker.pem")
    config = w.folder / "mosquitto.conf"
    config.write_text(f"listener {port} {host.v4}\ncertfile {pem}\nkeyfile {pem}\nallow_anonymous true\nuser root\n")
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin") or "mosquitto"
    process = subprocess.Popen(["ip", "netns", "exec", w.net, program, "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        yield [{"kind": "mqtt", "url": f"mqtts://{host.name}:{port}", "every_s": 10}]
    finally:
        process.terminate()
        process.wait()


def _gateways(w: World) -> list[dict[str, Any]]:
    host, healthy = plan.GATEWAY_B, behaviours.http(200, b"ok")
    w.serve("https", host, 443, behaviours.tls(w.authority.context(w.authority.leaf(host.name)), healthy))
    w.serve("http", host, 8080, healthy)
    often = {"app_interval_s": 0}
    tables = [
        acquirer_in(w) | often | {"keep_open": True},
        w.config["gateway"][1],
        {"name": "web", "host": host.name, "port": 443, "protocol": "https"} | often,
        {"name": "plain", "host": host.name, "port": 8080, "protocol": "http", "keep_open": True} | often,
    ]
    return [{key: value for key, value in table.items() if key != "ca_file"} for table in tables]
