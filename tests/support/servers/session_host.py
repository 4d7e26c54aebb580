"""A host behind TLS whose sessions are gone on from, and looks at it that share what they remember."""

from __future__ import annotations

import socket
from pathlib import Path

from probes import gateway
from probes.edge.acquirer.send_permit import SendPermit, Unlimited
from probes.edge.dns.lookup import Lookup
from probes.edge.net.connection_pool import ConnectionPool
from probes.edge.tls.session_cache import TlsSessionCache
from probes.gateway import Reuse
from probes.ground.bytes_spent import BytesSpent
from probes.ground.deadline import Deadline
from probes.model import Check
from probes.model.facts import GatewayFacts
from probes.settings import Gateway, GatewayIso8583, GatewayProtocol
from tests.support.clocks import LaterClock
from tests.support.patience import PATIENCE_S
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.local import Local
from tests.support.world import behaviours
from tests.support.world.ca import Authority

LOOKUP = Lookup(servers=())
ECHO = GatewayIso8583(terminal_id="00000001", merchant_id="123456789012345")


class Host:
    """An acquirer behind TLS; `resumed` says of each connection whether it went on from an earlier one."""

    def __init__(self, folder: Path, protocol: GatewayProtocol = GatewayProtocol.ISO8583) -> None:
        self.authority = Authority(folder)
        self.context = self.authority.context(self.authority.leaf("localhost"))
        self.acquirer = Acquirer()
        self.resumed: list[bool] = []
        self.clock = LaterClock()
        self.sessions = TlsSessionCache(self.clock)
        self.spent = BytesSpent()
        self.page = behaviours.http(200, b"ok")
        self._protocol = protocol

    def serve(self, connection: socket.socket) -> None:
        with self.context.wrap_socket(connection, server_side=True) as secured:
            self.resumed.append(bool(secured.session_reused))
            inside = {GatewayProtocol.ISO8583: self.acquirer.serve, GatewayProtocol.HTTPS: self.page}
            inside.get(self._protocol, behaviours.accept)(secured)

    def asked(
        self, server: Local, *, anew: bool = False, held: ConnectionPool | None = None, turn: SendPermit | None = None, **more: object
    ) -> Check[GatewayFacts]:
        settings = {"name": "a", "host": "localhost", "port": server.port, "protocol": self._protocol, "iso8583": ECHO,
                    "tls": True, "ca_file": str(self.authority.root_file)} | more  # fmt: skip
        reuse = Reuse(pool=held or ConnectionPool(self.clock), sessions=self.sessions, anew=anew)
        deadline = Deadline(PATIENCE_S, self.clock, self.spent)
        return gateway.probe(Gateway(**settings), LOOKUP, None, turn or Unlimited(), deadline, reuse)  # type: ignore[arg-type]
