"""What the types alone cannot say about a table: names that must differ, keys that need or exclude each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from urllib.parse import urlsplit

from agent.diagnosis.causes import Cause
from agent.settings.files import CERTIFICATE, PRIVATE_KEY, pem_fault
from agent.settings.hosts import endpoint_fault, host_fault, url_fault
from agent.settings.model import NetworkSettings, Settings
from agent.settings.problem import found
from agent.settings.walk import Fault, Rule, Table, join
from probes.settings import App, Gateway, GatewayHttp, GatewayIso8583, GatewayProtocol, InternetCheck, SerialDevice, SerialProtocol

ACCEPTED = "ok"  # what a code is mapped to that means no fault


def _settings(table: Table) -> Iterator[Fault]:
    for kind, name in (("uplink", "interface"), ("gateway", "name"), ("serial", "name"), ("app", "name")):
        seen: dict[str, int] = {}
        for index, item in enumerate(table.get(kind, ())):
            value = item.get(name) if item is not None else None
            if value is None:
                continue
            if value in seen:
                yield f"{kind}[{index}].{name}", f"a {name} that no other {kind} has", f"{found(value)} again, as in {kind}[{seen[value]}]"
            else:
                seen[value] = index


def _network(table: Table) -> Iterator[Fault]:
    for key in ("public_names", "ntp"):
        for index, host in enumerate(table.get(key, ())):
            if host is not None and (fault := host_fault(host)):
                yield f"{key}[{index}]", fault, found(host)
    for index, endpoint in enumerate(table.get("addresses", ())):
        if endpoint is not None and (fault := endpoint_fault(endpoint)):
            yield f"addresses[{index}]", fault, found(endpoint)
    proxy = table.get("proxy")
    if proxy and (fault := url_fault(proxy)):
        yield "proxy", fault, found(proxy, "proxy")
    checks = table.get("internet_checks")
    if "internet_checks" in table.given and checks is not None and not (checks == [] and table.get("expect_internet") is False):
        hosts = {_host_of(check) for check in checks}
        if len(hosts) < 2 and None not in hosts:
            wanted = "checks at two different hosts or more, best of different operators (or none, with expect_internet = false)"
            yield "internet_checks", wanted, f"{len(hosts)} of them" if hosts else "none"


def _host_of(check: Table | None) -> str | None:
    try:
        return urlsplit(check.get("url", "")).hostname if check is not None else None
    except ValueError:
        return None


def _internet_check(table: Table) -> Iterator[Fault]:
    url = table.get("url")
    if url and (fault := url_fault(url)):
        yield "url", fault, found(url)


def _gateway(table: Table) -> Iterator[Fault]:
    host, protocol = table.get("host"), table.get("protocol")
    if host and (fault := host_fault(host)):
        yield "host", fault, found(host)
    if protocol in (GatewayProtocol.TLS, GatewayProtocol.HTTPS) and "tls" in table.given and table.get("tls") is False:
        yield "tls", f'true, or no such key, as protocol = "{protocol}" is always encrypted', "false"
    if protocol in (GatewayProtocol.TCP, GatewayProtocol.HTTP) and "tls" in table.given and table.get("tls") is True:
        yield "tls", f'false, or no such key, as protocol = "{protocol}" is never encrypted', "true"
    plain = protocol in (GatewayProtocol.TCP, GatewayProtocol.HTTP) or (protocol == GatewayProtocol.ISO8583 and table.get("tls") is False)
    for key, kind in (("ca_file", CERTIFICATE), ("client_cert_file", CERTIFICATE), ("client_key_file", PRIVATE_KEY)):
        path = table.get(key)
        if path and plain:
            yield key, "no file, as this connection is not encrypted", found(path)
        elif path and (file_fault := pem_fault(path, kind)):
            yield key, *file_fault
    certificate, private_key = table.get("client_cert_file"), table.get("client_key_file")
    if plain or certificate is None or private_key is None:
        return
    if private_key and not certificate:
        yield "client_cert_file", "a file, as client_key_file is given", "nothing"
    if certificate and not private_key and not pem_fault(certificate, CERTIFICATE) and pem_fault(certificate, PRIVATE_KEY):
        yield "client_key_file", "a file, as client_cert_file is given and holds no private key", "nothing"


def _codes(codes: Mapping[str, str], key: str) -> Iterator[Fault]:
    known = [ACCEPTED, *(cause.value for cause in Cause)]
    for code, cause in codes.items():
        if cause not in known:
            close = get_close_matches(cause[:80], known, n=1)
            hint = f"did you mean {close[0]}?" if close else "posdiag explain lists them"
            yield join(key, code), f'a cause or "ok" ({hint})', found(cause)


def _http(table: Table) -> Iterator[Fault]:
    return _codes(table.get("codes", {}), "codes")


def _iso8583(table: Table) -> Iterator[Fault]:
    return _codes(table.get("response_codes", {}), "response_codes")


def _serial(table: Table) -> Iterator[Fault]:
    ways = [key for key in ("port", "usb", "usb_serial") if table.get(key)]
    wrong = [key for key in ("port", "usb", "usb_serial") if key not in table.values]
    if not ways and not wrong:
        yield "", "port, usb or usb_serial, so that the device can be found", "none of them"
    port = table.get("port") or ""
    if "://" in port and len(ways) > 1:
        yield ways[1], "no such key, as the port is served elsewhere", found(table.get(ways[1]))
    if "://" in port and (fault := url_fault(port, needs_port=True)):
        yield "port", fault, found(port)
    if table.get("stopbits") not in (1, 1.5, 2, None):
        yield "stopbits", "1, 1.5 or 2", found(table.get("stopbits"))
    expect = table.get("expect")
    if isinstance(expect, Table) and table.get("protocol") == SerialProtocol.EXPECT and expect.get("reply") == "":
        yield "expect.reply", "the bytes that must come, as any answer would do otherwise", found("")


def _app(table: Table) -> Iterator[Fault]:
    process = table.get("process")
    if not process:
        return
    try:
        expression = re.compile(process)
    except (re.error, RecursionError, OverflowError) as error:
        where = f" at character {error.pos + 1}" if isinstance(error, re.error) and error.pos is not None else ""
        yield "process", "a regular expression", f"{found(process)}, wrong{where}"
        return
    if expression.search(""):
        yield "process", "a regular expression that does not fit every process", found(process)


RULES: Mapping[type, Rule] = {
    Settings: _settings,
    NetworkSettings: _network,
    InternetCheck: _internet_check,
    Gateway: _gateway,
    GatewayHttp: _http,
    GatewayIso8583: _iso8583,
    SerialDevice: _serial,
    App: _app,
}
