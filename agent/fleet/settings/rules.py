"""What the types alone cannot say about a table of `fleet.toml`."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

from agent.fleet.settings.model import FleetSettings
from agent.fleet.settings.serving import ServeSettings, TokenSettings
from agent.settings.hosts import url_fault
from agent.settings.problem import NOTHING, found
from agent.settings.walk import Fault, Rule, Table
from probes.ground.bilingual import Bilingual


def _fleet(table: Table) -> Iterator[Fault]:
    for url in (table.get("alertmanager") or "").split(","):  # of a cluster all of them
        if url and (fault := url_fault(url.strip())):
            yield "alertmanager", fault, found(url, "proxy")
    seen: dict[str, int] = {}
    for index, item in enumerate(table.get("token", ())):
        digest = item.get("hash") if item is not None else None
        if digest is not None and seen.setdefault(digest, index) != index:
            yield (
                f"token[{index}].hash",
                Bilingual("每个口令只写一次", "each token once"),
                Bilingual(f"与 token[{seen[digest]}] 相同", f"the same as token[{seen[digest]}]"),
            )


def _token(table: Table) -> Iterator[Fault]:
    if "ids" in table.values and not table.get("ids") and table.get("reads") is False:
        yield "ids", Bilingual('哪些终端（如 ["T-*"]），或者 reads = true', 'which terminals (such as ["T-*"]), or reads = true'), NOTHING


def _serve(table: Table) -> Iterator[Fault]:
    if table.get("key_file") and not table.get("cert_file"):
        yield "cert_file", Bilingual("证书文件，因为写了 key_file", "a file, as key_file is given"), NOTHING
    for index, address in enumerate(table.get("proxies", ())):
        try:
            ipaddress.ip_address(address or "::")
        except ValueError:
            yield f"proxies[{index}]", Bilingual("一个 IP 地址", "an address"), found(address)


RULES: Mapping[type, Rule] = {FleetSettings: _fleet, TokenSettings: _token, ServeSettings: _serve}
