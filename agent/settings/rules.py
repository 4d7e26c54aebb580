"""What the types alone cannot say about a table: keys that need or exclude each other, hosts that can be none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from agent.diagnosis.causes import Cause
from agent.settings.beside_rules import beside
from agent.settings.differing import differing
from agent.settings.files import CERTIFICATE, PRIVATE_KEY, WITH_KEY, pem_fault
from agent.settings.hosts import endpoint_fault, host_fault, url_fault
from agent.settings.hours import HoursError, parse
from agent.settings.model import NetworkSettings, Settings, SystemSettings, TerminalSettings
from agent.settings.output_rules import output
from agent.settings.output_settings import OutputSettings
from agent.settings.problem import NOTHING, found
from agent.settings.walk import Fault, Rule, Table, join
from probes.assess.dates import period
from probes.edge.kernel.matching import matched
from probes.ground.bilingual import Bilingual, same
from probes.ground.text import is_safe
from probes.settings import (
    App,
    Beside,
    DueDate,
    Gateway,
    GatewayHttp,
    GatewayIso8583,
    GatewayProtocol,
    InternetCheck,
    Plugin,
    SerialDevice,
    SerialProtocol,
)

_FIRST_YEAR, _LAST_YEAR = 2000, 2199
ACCEPTED = "ok"  # what a code is mapped to that means no fault


def _terminal(table: Table) -> Iterator[Fault]:
    try:
        parse(table.get("hours", ""))
    except HoursError as error:
        yield "hours", Bilingual('营业时间，如 "Mo-Sa 08:00-20:00"', 'opening hours, such as "Mo-Sa 08:00-20:00"'), error.found()


def _shares(table: Table) -> Iterator[Fault]:
    """Below one per cent nothing here makes sense: it was meant as a fraction."""
    for key, value in table.values.items():
        if key.endswith("_percent") and isinstance(value, float) and 0 < value < 1:
            yield key, Bilingual("百分之几，如 95（不是 0.95）", "a number of per cent, such as 95 and not 0.95"), found(value)


def _network(table: Table) -> Iterator[Fault]:
    yield from _shares(table)
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
            wanted = Bilingual(
                "至少两个不同主机的检查，最好属于不同运营者（或一个都不写，并设 expect_internet = false）",
                "checks at two different hosts or more, best of different operators (or none, with expect_internet = false)",
            )
            yield "internet_checks", wanted, Bilingual(f"{len(hosts)} 个", f"{len(hosts)} of them") if hosts else Bilingual("没有", "none")


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
    for name, fitting in (("http", (GatewayProtocol.HTTP, GatewayProtocol.HTTPS)), ("iso8583", (GatewayProtocol.ISO8583,))):
        if name in table.given and protocol is not None and protocol not in fitting:
            words = " or ".join(f'"{each}"' for each in fitting)
            yield (
                name,
                Bilingual(
                    f'不写这个表：protocol = "{protocol}" 用不到它（要 {words.replace(" or ", " 或 ")}）',
                    f'no such table, as it has no effect with protocol = "{protocol}" (it belongs to {words})',
                ),
                Bilingual("写了", "one"),
            )
    if host and (fault := host_fault(host)):
        yield "host", fault, found(host)
    if protocol in (GatewayProtocol.TLS, GatewayProtocol.HTTPS) and "tls" in table.given and table.get("tls") is False:
        zh, en = (
            f'true，或不写，因为 protocol = "{protocol}" 总是加密的',
            f'true, or no such key, as protocol = "{protocol}" is always encrypted',
        )
        yield "tls", Bilingual(zh, en), same("false")
    if protocol in (GatewayProtocol.TCP, GatewayProtocol.HTTP) and "tls" in table.given and table.get("tls") is True:
        zh, en = (
            f'false，或不写，因为 protocol = "{protocol}" 从不加密',
            f'false, or no such key, as protocol = "{protocol}" is never encrypted',
        )
        yield "tls", Bilingual(zh, en), same("true")
    plain = protocol in (GatewayProtocol.TCP, GatewayProtocol.HTTP) or (protocol == GatewayProtocol.ISO8583 and table.get("tls") is False)
    for key, kind in (("ca_file", CERTIFICATE), ("client_cert_file", CERTIFICATE), ("client_key_file", PRIVATE_KEY)):
        path = table.get(key)
        if path and plain:
            yield key, Bilingual("不写文件，因为这个连接不加密", "no file, as this connection is not encrypted"), found(path)
        elif path and (file_fault := pem_fault(path, kind)):
            yield key, *file_fault
    certificate, private_key = table.get("client_cert_file"), table.get("client_key_file")
    if plain or certificate is None or private_key is None:
        return
    if private_key and not certificate:
        yield "client_cert_file", Bilingual("文件，因为写了 client_key_file", "a file, as client_key_file is given"), NOTHING
    if certificate and not private_key and not pem_fault(certificate, CERTIFICATE) and pem_fault(certificate, PRIVATE_KEY):
        yield "client_key_file", WITH_KEY, NOTHING


def _codes(codes: Mapping[str, str], key: str) -> Iterator[Fault]:
    # a code means one thing: where two cannot be told apart, it is better not mapped
    known = [ACCEPTED, *(cause.value for cause in Cause if cause is not Cause.INDETERMINATE)]
    for code, cause in codes.items():
        if cause not in known:
            yield join(key, code), _cause_meant(cause[:80], known), found(cause)


def _cause_meant(asked: str, known: list[str]) -> Bilingual:
    """The code without its category tells codes apart; categories are much alike."""
    from difflib import get_close_matches

    last = {each.rsplit(".", 1)[-1]: each for each in known}
    close = [last[word] for word in get_close_matches(asked.rsplit(".", 1)[-1], list(last), n=1)]
    if close:
        return Bilingual(f'原因代码或 "ok"（是不是 {close[0]}？）', f'a cause or "ok" (did you mean {close[0]}?)')
    return Bilingual('原因代码或 "ok"（全部代码：posdiag explain）', 'a cause or "ok" (posdiag explain lists them)')


def _http(table: Table) -> Iterator[Fault]:
    return _codes(table.get("codes", {}), "codes")


def _iso8583(table: Table) -> Iterator[Fault]:
    return _codes(table.get("response_codes", {}), "response_codes")


def _serial(table: Table) -> Iterator[Fault]:
    ways = [key for key in ("port", "usb", "usb_serial") if table.get(key)]
    wrong = [key for key in ("port", "usb", "usb_serial") if key not in table.values]
    if not ways and not wrong:
        wanted = Bilingual("port、usb 或 usb_serial，否则找不到这个设备", "port, usb or usb_serial, so that the device can be found")
        yield "", wanted, Bilingual("都没有写", "none of them")
    port = table.get("port") or ""
    if "://" in port and len(ways) > 1:
        yield ways[1], Bilingual("不写，因为端口在别的主机上", "no such key, as the port is served elsewhere"), found(table.get(ways[1]))
    if "://" in port and (fault := url_fault(port, needs_port=True)):
        yield "port", fault, found(port)
    elif "://" in port and "@" in port:
        yield (
            "port",
            Bilingual("不含用户名和密码的地址（串口服务器不用登录）", "an address without a login, which no port server takes"),
            found(port),
        )
    if table.get("stopbits") not in (1, 1.5, 2, None):
        yield "stopbits", Bilingual("1、1.5 或 2", "1, 1.5 or 2"), found(table.get("stopbits"))
    expect = table.get("expect")
    if isinstance(expect, Table) and table.get("protocol") == SerialProtocol.EXPECT and expect.get("reply") == "":
        wanted = Bilingual("必须收到的字节，否则任何应答都算数", "the bytes that must come, as any answer would do otherwise")
        yield "expect.reply", wanted, found("")


def _app(table: Table) -> Iterator[Fault]:
    process = table.get("process")
    if not process:
        return
    try:
        re.compile(process)
    except (re.error, RecursionError, OverflowError) as error:
        position = error.pos + 1 if isinstance(error, re.error) and error.pos is not None else None
        zh, en = (f"，第 {position} 个字符处有误", f", wrong at character {position}") if position else ("，有误", ", wrong")
        was = found(process, "process")
        yield "process", Bilingual("正则表达式", "a regular expression"), Bilingual(was.zh + zh, was.en + en)
        return
    fits_nothing = matched(process, [""]).of([""])  # an empty text, which a process may have for a command line
    if fits_nothing is None:
        yield "process", Bilingual("很快就有结果的正则表达式", "a regular expression that comes to its end"), found(process, "process")
    elif fits_nothing:
        yield (
            "process",
            Bilingual("不会匹配所有进程的正则表达式", "a regular expression that does not fit every process"),
            found(process, "process"),
        )


def _plugin(table: Table) -> Iterator[Fault]:
    known = {cause.value for cause in Cause if cause is not Cause.INDETERMINATE}
    for index, code in enumerate(table.get("supports", ())):
        if code is not None and code not in known:
            wanted = Bilingual("原因代码（全部见 posdiag explain）", "a cause's code (all of them: posdiag explain)")
            yield f"supports[{index}]", wanted, found(code)
    for side, sign, words in (("above", 1, Bilingual("不小于", "at least")), ("below", -1, Bilingual("不大于", "at most"))):
        warn, fail = table.get(f"warn_{side}", {}), table.get(f"fail_{side}", {})
        for name in warn.keys() & fail.keys():
            if sign * fail[name] < sign * warn[name]:
                limit = f"{warn[name]:g}"
                zh, en = f"{words.zh} warn_{side} 的数字（{limit}）", f"{words.en} the number in warn_{side} ({limit})"
                yield join(f"fail_{side}", name), Bilingual(zh, en), found(fail[name])


def _due_date(table: Table) -> Iterator[Fault]:
    every, due, name = table.get("every", ""), table.get("due"), table.get("name")
    if name is not None and not any(is_safe(each) and not each.isspace() for each in name):
        yield "name", Bilingual("看得见的文字，从左到右书写", "a text that can be seen, written from left to right"), found(name)
    try:
        period(every)
    except ValueError:
        wanted = Bilingual(
            '"1 month" 这样的间隔（day、week、month、year，最长 10 年），或留空',
            'a time such as "1 month" (days, weeks, months, years; 10 years at most), or empty',
        )
        yield "every", wanted, found(every)
    if due is not None and not _FIRST_YEAR <= due.year <= _LAST_YEAR:
        yield "due", Bilingual(f"{_FIRST_YEAR} 到 {_LAST_YEAR} 年的日期", f"a day of the years {_FIRST_YEAR} to {_LAST_YEAR}"), found(due)


RULES: Mapping[type, Rule] = {
    Settings: differing,
    TerminalSettings: _terminal,
    NetworkSettings: _network,
    SystemSettings: _shares,
    InternetCheck: _internet_check,
    Gateway: _gateway,
    GatewayHttp: _http,
    GatewayIso8583: _iso8583,
    SerialDevice: _serial,
    App: _app,
    Beside: beside,
    Plugin: _plugin,
    DueDate: _due_date,
    OutputSettings: output,
}
