"""Programs of Debian that do the nearest equal work, each told to look at the same things as often as posdiag does."""

from __future__ import annotations

import shutil
import socket
import struct
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.world import netns, plan
from tests.support.world.world import World

Ask = Callable[[World], None]


@dataclass(frozen=True)
class Peer:
    """`commands`: one each process. `ask`: what a server of theirs would do once a minute to make it look."""

    name: str
    does: str
    commands: tuple[tuple[str, ...], ...]
    ask: Ask | None = None
    files: dict[str, str] = field(default_factory=dict)


GATEWAY = f"{plan.GATEWAY_A.name}:{plan.GATEWAY_PORT}"
CHECKS = [f"http://{host.name}/generate_204" for host in (plan.CHECK_1, plan.CHECK_2)]
MONIT = f"""
set daemon 60
set pidfile {{folder}}/monit.pid
set idfile {{folder}}/monit.id
set statefile {{folder}}/monit.state
set logfile {{folder}}/monit.log
check system terminal
  if memory usage > 95% then alert
  if loadavg (5min) > 1000 then alert
check filesystem root with path /
  if space usage > 100% then alert
check network eth0 interface eth0
  if link down then alert
check host router address {plan.ROUTER}
  if failed ping then alert
check host gateway address {plan.GATEWAY_A.name}
  if failed port {plan.GATEWAY_PORT} type tcpssl then alert
check host one address {plan.CHECK_1.name}
  if failed port 80 protocol http request "/generate_204" status = 204 then alert
check host two address {plan.CHECK_2.name}
  if failed port 80 protocol http request "/generate_204" status = 204 then alert
"""
BLACKBOX = """
modules:
  gateway: {{ prober: tcp, timeout: 5s, tcp: {{ tls: true, tls_config: {{ ca_file: "{ca}" }} }} }}
  web: {{ prober: http, timeout: 5s, http: {{ valid_status_codes: [204] }} }}
  ping: {{ prober: icmp, timeout: 5s }}
  dns: {{ prober: dns, timeout: 5s, dns: {{ query_name: "www.one.example", query_type: A }} }}
"""
COLLECTD = f"""
Interval 60
BaseDir "{{folder}}/collectd"
PIDFile "{{folder}}/collectd.pid"
PluginDir "/usr/lib/collectd"
TypesDB "/usr/share/collectd/types.db"
LoadPlugin interface
LoadPlugin load
LoadPlugin memory
LoadPlugin df
LoadPlugin tcpconns
LoadPlugin csv
LoadPlugin ping
LoadPlugin curl
<Plugin ping>
  Host "{plan.ROUTER}"
  Interval 60
</Plugin>
<Plugin curl>
  <Page "one">
    URL "{CHECKS[0]}"
    MeasureResponseTime true
  </Page>
  <Page "two">
    URL "{CHECKS[1]}"
    MeasureResponseTime true
  </Page>
</Plugin>
"""
ZABBIX = """
LogFile={folder}/zabbix.log
PidFile={folder}/zabbix.pid
Server=127.0.0.1
ListenIP=127.0.0.1
ListenPort=10050
ControlSocket={folder}/zabbix.sock
"""
NETDATA = """
[global]
  run as user = root
  update every = 60
[db]
  mode = ram
  update every = 60
[directories]
  cache = {folder}/netdata
  lib = {folder}/netdata
  log = {folder}/netdata
[web]
  bind to = 127.0.0.1
[plugins]
  apps = no
  python.d = no
  charts.d = no
  node.d = no
  go.d = no
  fping = no
  cgroups = no
[ml]
  enabled = no
"""
_EXPORTED = [("gateway", GATEWAY), *(("web", url) for url in CHECKS), ("ping", plan.ROUTER), ("dns", plan.ROUTER)]
_ITEMS = [
    f"net.tcp.service[tcp,{plan.GATEWAY_A.name},{plan.GATEWAY_PORT}]",
    f"web.page.perf[{CHECKS[0]}]",
    f"web.page.perf[{CHECKS[1]}]",
    f"net.dns[{plan.ROUTER},www.one.example,A]",
    "vfs.fs.size[/,pused]",
    "vm.memory.size[available]",
    "system.cpu.load[all,avg1]",
    "net.if.in[eth0]",
]


def _scrape(w: World) -> None:
    def get() -> None:
        urls = [f"http://127.0.0.1:9115/probe?module={module}&target={target}" for module, target in _EXPORTED]
        for url in [*urls, "http://127.0.0.1:9100/metrics"]:
            with urllib.request.urlopen(url, timeout=10) as answer:
                answer.read()

    netns.call(w.terminal, get)


def _poll(w: World) -> None:
    """The passive protocol of Zabbix: a header, the length, the name of an item."""

    def ask() -> None:
        for item in _ITEMS:
            with socket.create_connection(("127.0.0.1", 10050), timeout=10) as sock:
                sock.sendall(b"ZBXD\x01" + struct.pack("<II", len(item), 0) + item.encode())
                while sock.recv(65536):
                    pass

    netns.call(w.terminal, ask)


PEERS = (
    Peer("monit", "the same hosts, ports and addresses itself", (("monit", "-I", "-c", "{folder}/monitrc"),), files={"monitrc": MONIT}),
    Peer(
        "blackbox_exporter + node_exporter",
        "the same hosts, asked by a scraper beside it",
        (
            ("prometheus-blackbox-exporter", "--config.file={folder}/blackbox.yml", "--web.listen-address=127.0.0.1:9115"),
            ("prometheus-node-exporter", "--web.listen-address=127.0.0.1:9100"),
        ),
        _scrape,
        {"blackbox.yml": BLACKBOX},
    ),
    Peer("zabbix-agent2", "TCP, HTTP, DNS and the machine, asked by a poller beside it",
         (("zabbix_agent2", "-f", "-c", "{folder}/zabbix.conf"),), _poll, {"zabbix.conf": ZABBIX}),
    Peer("collectd", "HTTP, ping and the machine; no TLS, no DNS", (("collectd", "-f", "-C", "{folder}/collectd.conf"),),
         files={"collectd.conf": COLLECTD}),
    Peer("netdata", "the machine only, nothing of the network beyond it", (("netdata", "-D", "-c", "{folder}/netdata.conf"),),
         files={"netdata.conf": NETDATA}),
)  # fmt: skip


def missing(peer: Peer) -> list[str]:
    return [command[0] for command in peer.commands if shutil.which(command[0], path="/usr/sbin:/usr/bin:/sbin:/bin") is None]


def prepare(peer: Peer, w: World) -> list[list[str]]:
    """Writes its files; the commands to be started in the terminal's namespace."""
    for name, text in peer.files.items():
        path = w.folder / name
        path.write_text(text.format(folder=w.folder, ca=w.authority.root_file))
        path.chmod(0o600)
    for name in ("collectd", "netdata"):
        Path(w.folder, name).mkdir(exist_ok=True)
    return [["ip", "netns", "exec", w.terminal, *(word.format(folder=w.folder) for word in command)] for command in peer.commands]
