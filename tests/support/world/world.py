"""One world: a terminal, a shop router, and everything beyond it. It is healthy until a fault (`tests.support.world.faults`) is put in."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from agent.settings.model import DEFAULT_ADDRESSES, DEFAULT_CHECKS, DEFAULT_NAMES
from tests.support.patience import PATIENCE_S
from tests.support.world import behaviours, config, dhcp, names, netns, plan, verdict, wires
from tests.support.world.ca import Authority
from tests.support.world.server import Server

_counter = itertools.count()


class World:
    """`terminal`, `router` and `net` are names of namespaces; the servers stand as attributes, for faults to stop and change.

    `public`: the hosts of the built-in configuration exist as well, for a terminal without a configuration.
    `dhcp`: `on`, and the terminal's address is a lease; or how the server fails (`tests.support.world.dhcp`).
    """

    def __init__(
        self, *, ipv4: bool = True, ipv6: bool = False, backup: bool = False, public: bool = False, gateways: str = "a", dhcp: str = ""
    ) -> None:
        self.ipv4, self.ipv6, self._backup, self._public, self._gateways, self._dhcp = ipv4, ipv6, backup, public, gateways, dhcp
        stem = f"pd{os.getpid()}-{next(_counter)}"
        self.terminal, self.router, self.net = f"{stem}t", f"{stem}r", f"{stem}n"
        self.servers: dict[str, Server] = {}
        self.machine: list[str] = []  # what another machine it shall look like to posdiag (`tests.support.world.machine`)
        self.cleanup = ExitStack()

    def __enter__(self) -> World:
        try:
            self._make()
        except BaseException:
            self.cleanup.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.cleanup.close()

    def _make(self) -> None:
        if self.terminal.endswith("-0t"):
            netns.reap()
        self.folder = Path(tempfile.mkdtemp(prefix="posdiag-world-", dir="/tmp"))
        self.cleanup.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)
        for name in (self.terminal, self.router, self.net):
            self.namespace(name)
        wires.lay(self.terminal, self.router, self.net, ipv4=self.ipv4, ipv6=self.ipv6, backup=self._backup)
        self._name_servers()
        self.authority = Authority(self.folder)
        self._hosts()
        self.set_resolvers(*([plan.ROUTER] if self.ipv4 else []), *([plan.ROUTER_6] if self.ipv6 and not self.ipv4 else []))
        for name in ("state", "log"):
            (self.folder / name).mkdir(mode=0o777)
            (self.folder / name).chmod(0o777)
        gateways = [config.gateway(letter, self.authority.root_file) for letter in self._gateways]
        self.config = config.build(self.folder, gateways, ipv4=self.ipv4, ipv6=self.ipv6)
        for server in (self.provider_dns, self.shop_dns):
            server.wait()
        if self._dhcp == "on":
            assert dhcp.lease(self.terminal, self.folder), "no lease"

    def namespace(self, name: str) -> str:
        """One more, removed at the end."""
        self.cleanup.callback(netns.delete, name)
        netns.create(name)
        return name

    def _name_servers(self) -> None:
        records = {name: (host.v4, host.v6) for host in plan.HOSTS for name in host.names}
        listen = [plan.NAME_SERVER.v4, plan.NAME_SERVER.v6, plan.OTHER_ADDRESS.v4, plan.OTHER_ADDRESS.v6]
        if self._public:
            listen += self._public_addresses()
            known = [check.url.split("/")[2] for check in DEFAULT_CHECKS] + list(DEFAULT_NAMES)
            hosts = itertools.cycle((plan.CHECK_1, plan.CHECK_2))
            records |= {name: (host.v4, host.v6) for name, host in zip(known, hosts, strict=False)}
        self.provider_dns = names.Dnsmasq(self.net, listen, self.folder, records=records, nxdomain=True)
        self.cleanup.callback(self.provider_dns.stop)
        self.shop_dns = names.Dnsmasq(
            self.router,
            [plan.ROUTER, plan.ROUTER_6],
            self.folder,
            upstream=[plan.NAME_SERVER.v4],
            more=dhcp.options(self._dhcp, self.folder),
        )
        self.cleanup.callback(self.shop_dns.stop)

    def _public_addresses(self) -> list[str]:
        hosts = [endpoint.rsplit(":", 1)[0].strip("[]") for endpoint in DEFAULT_ADDRESSES]
        netns.ip(self.net, *(f"address add {host}/{128 if ':' in host else 32} dev lo" for host in hosts))
        return hosts

    def _hosts(self) -> None:
        for name, host in (("check_1", plan.CHECK_1), ("check_2", plan.CHECK_2)):
            self.serve(name, host, 80, behaviours.http(204))
        for name, host in (("gateway_a", plan.GATEWAY_A), ("gateway_b", plan.GATEWAY_B)):
            self.serve(name, host, plan.GATEWAY_PORT, behaviours.tls(self.authority.context(self.authority.leaf(host.name))))

    def serve(self, name: str, host: plan.Host, port: int, behaviour: behaviours.Behaviour, namespace: str = "") -> Server:
        addresses = (host.v4, host.v6) if host.v6 else (host.v4,)
        server = Server(namespace or self.net, addresses, port, behaviour)
        self.servers[name] = server
        self.cleanup.callback(server.stop)
        return server

    def set_resolvers(self, *addresses: str) -> None:
        """What the terminal's `/etc/resolv.conf` lists."""
        folder = netns.etc(self.terminal)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "resolv.conf").write_text("".join(f"nameserver {address}\n" for address in addresses) or "# none\n")

    def check(
        self, *, user: int | None = None, timeout: float = PATIENCE_S / 2, bare: bool = False, changes: config.Table | None = None
    ) -> verdict.Verdict:
        """`posdiag --check --json` at the terminal, with more time than it ever needs. `changes` are merged into the tables of the
        world's configuration; `bare`: with no configuration at all, and nothing runs on the terminal's processor."""
        chosen = [] if bare else ["--config", str(self.configure(changes))]
        if bare:
            self._idle()
        options = ("--check", "--json", "--timeout", str(timeout), *chosen)
        return verdict.posdiag(self.seat(user), *options)

    def _idle(self) -> None:
        """The load of the machine under the tests is no part of the world, and without a configuration its threshold is the usual one."""
        told = self.folder / "loadavg"
        told.write_text("0.10 0.10 0.10 1/100 1000\n")
        self.machine.append(f"mount --bind {told} /proc/loadavg")

    def seat(self, user: int | None = None) -> verdict.Seat:
        return verdict.Seat(self.terminal, self.folder, user, tuple(self.machine))

    def run_once(self, *, changes: config.Table | None = None) -> verdict.Verdict:
        """One cycle of the daemon, which writes the status file and the log."""
        return verdict.posdiag(self.seat(), "run", "--once", "--config", str(self.configure(changes)))

    def configure(self, changes: config.Table | None = None) -> Path:
        """Writes the configuration file."""
        merged: dict[str, Any] = dict(self.config)
        for key, value in (changes or {}).items():
            merged[key] = merged[key] | value if isinstance(value, dict) and key in merged else value
        path = self.folder / "agent.toml"
        path.write_text(config.toml(merged))
        return path
