"""What the placeholders of the catalogue stand for: what was observed, what is configured, or words where neither is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from agent.contract import fields
from agent.contract.fields import of
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import Finding
from agent.remedy.catalogue import PLACEHOLDER, menus, name_of
from agent.remedy.here import SOMEWHERE, Here, uplinks
from agent.remedy.measures import day, in_days, measured, moment
from agent.remedy.observed import ASKED_ITSELF, Observed, address_of, at, host_of, observed, resolver_of
from agent.settings.model import Contact, Settings
from probes.ground.bilingual import Bilingual, same
from probes.ground.masking import mask_number
from probes.ground.text import escape
from probes.model import Check, Facts, Kind, Layer, Symptom
from probes.model.facts import (
    AddressFacts,
    Certificate,
    ConflictFacts,
    DefaultRouteFacts,
    DiskFacts,
    DueDateFacts,
    GatewayFacts,
    LinkFacts,
    OnLanFacts,
    PortHolder,
    RemoteFacts,
    SerialFacts,
)

Values = Mapping[str, Bilingual]
_HAN = re.compile(r"[\u4e00-\u9fff（）]")
_BETWEEN = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9/]|[A-Za-z0-9%][\u4e00-\u9fff]")

# for what is not known: words that keep a sentence whole, with or without the noun before them
UNKNOWN: Values = {
    "subject": Bilingual("这一项", "this item"),
    "interface": Bilingual("网络接口", "network interface"),
    "router": Bilingual("未知地址", "at an unknown address"),
    "resolver": Bilingual("未知地址", "at an unknown address"),
    "host": Bilingual("未知主机", "of unknown name"),
    "port": Bilingual("未知", "unknown"),
    "address": Bilingual("未知地址", "an unknown address"),
    "gateway": Bilingual("未配置", "not configured"),
    "device": Bilingual("串口设备", "serial device"),
    "node": Bilingual("端口未知", "port not known"),
    "app": Bilingual("收款程序", "payment application"),
    "holder": Bilingual("另一个程序", "another program"),
    "path": Bilingual("路径未知", "path not known"),
    "code": Bilingual("以屏幕为准", "as on the screen"),
    "certificate": Bilingual("内容未知", "contents not known"),
    "not_after": Bilingual("日期未知", "date not known"),
    "value": Bilingual("没有测到", "not measured"),
    "due": Bilingual("日期未知", "a day that is not known"),
    "days": Bilingual("还有几天未知", "nobody knows how soon"),
    "merchant": Bilingual("合同或签购单上的商户号", "the one on the contract or a receipt"),
    "terminal": Bilingual("签购单上的终端号", "the one on a receipt"),
    "serial_number": Bilingual("机身标签上的序列号", "the one on the terminal's label"),
    "time": Bilingual("看手机上的时间", "as a phone shows it"),
    "mac": Bilingual("未知", "not known"),
    "log": Bilingual("日志", "the log"),
    "candidates": Bilingual("见证据", "see the evidence"),
    "provider": Bilingual("终端服务合同上的电话", "the number on the terminal's service contract"),
    "acquirer": Bilingual("收单协议上的电话", "the number on the contract with your bank or payment company"),
    "technician": Bilingual("终端服务合同上的电话", "the number on the terminal's service contract"),
    "isp": Bilingual("宽带或流量卡合同上的电话", "the number on the contract for the line or the SIM"),
}
# whose contract has the number, where the kinds of uplink are known
_CABLE = Bilingual("宽带合同上的电话", "the number on the contract for the line")
_LINES: dict[frozenset[str], Bilingual] = {
    **dict.fromkeys(map(frozenset, (("ethernet",), ("wifi",), ("ethernet", "wifi"))), _CABLE),
    frozenset({"cellular"}): Bilingual("流量卡合同上的电话", "the number on the contract for the SIM"),
}
_NOUNS_ZH = ("接口", "设备", "程序", "端口", "路径")
_NOUNS_EN = ("interface", "device", "application", "port", "path")
# subjects that are no name of anything, as the document writes them
_NAMELESS: Values = {
    "network": Bilingual("网络", "the network"),
    "default": Bilingual("默认路由", "the default route"),
    "dns": Bilingual("域名解析", "name resolution"),
    # of an Android terminal, whose interface has a name only while it is up
    "cellular": Bilingual("移动网络", "the mobile network"),
    "wifi": Bilingual("Wi-Fi", "Wi-Fi"),
}
ITS_RESOLVER = Bilingual("（终端自己所用的）", "of the terminal")
_HTTP_STATUS = of(RemoteFacts, lambda facts: None if facts.http_status is None else str(facts.http_status))
_RESPONSE_CODE = of(GatewayFacts, lambda facts: facts.response_code)
_CODES: dict[Symptom, Callable[[Facts], int | str | None]] = {
    Symptom.HTTP_STATUS: _HTTP_STATUS,
    Symptom.RESPONSE_CODE: _RESPONSE_CODE,
    Symptom.PROCESSING_REQUIREMENT: of(GatewayFacts, lambda facts: facts.processing_requirement),
}


def fill(template: Bilingual, values: Values) -> Bilingual:
    """Replaces `{name}` and nothing else; what is filled in is not looked at again. In Chinese a space stands between a Chinese
    character and a Latin letter or digit, and between two Chinese characters none, whatever is filled in. Words for what is not known
    stand in the place of the noun that they hold themselves. Words of ours begin an English sentence with a capital; names do not
    change. Brackets around an address that is not known are left out."""
    if values.get("address") is UNKNOWN["address"]:
        template = Bilingual(template.zh.replace("（{address}）", ""), template.en.replace(" ({address})", ""))
    return Bilingual(_spaced(template.zh, values), _filled(template.en, values))


def _filled(template: str, values: Values) -> str:
    said = ""
    for place, part in enumerate(PLACEHOLDER.split(template)):  # text and names by turns
        words = values[part].en if place % 2 else part
        if place % 2 and values[part] is UNKNOWN.get(part):
            said, words = _once(said, words, _NOUNS_EN)
        said += words
    first = PLACEHOLDER.match(template)
    ours = first is not None and values[first[1]].en != values[first[1]].zh  # a name is the same in both languages
    return said[:1].upper() + said[1:] if ours and said.startswith("the ") else said


def _once(said: str, words: str, nouns: Sequence[str]) -> tuple[str, str]:
    """The same noun does not end the text before and stand in the words for what is not known."""
    before = said.rstrip(" ")
    if before.lower().endswith(words):
        return before, ""
    noun = next((noun for noun in nouns if before.endswith(noun) and (words.startswith(noun) or words.endswith(noun))), "")
    return (before[: -len(noun)], words) if noun else (said, words)


def _spaced(template: str, values: Values) -> str:
    said = ""
    for place, part in enumerate(PLACEHOLDER.split(template)):  # text and names by turns
        words = values[part].zh if place % 2 else part
        if place % 2 and values[part] is UNKNOWN.get(part):
            said, words = _once(said, words, _NOUNS_ZH)
        if said and words and _HAN.match(said.rstrip(" ")[-1:]) and _HAN.match(words.lstrip(" ")):
            said, words = said.rstrip(" "), words.lstrip(" ")
        elif said and words and (_BETWEEN.fullmatch(said[-1] + words[0])):
            said += " "
        said += words
    return said


def values(finding: Finding, checks: Sequence[Check[Facts]], settings: Settings, here: Here = SOMEWHERE) -> Values:
    """One value for every placeholder there is."""
    seen = observed(finding, checks)
    support = settings.support
    known: dict[str, Bilingual | None] = {
        "subject": _NAMELESS.get(finding.subject) or _plain(finding.subject),
        **_network(seen),
        **_gateway(seen, settings),
        **_equipment(seen, settings),
        "path": _plain(seen.fact(of(DiskFacts, lambda facts: facts.path), of(GatewayFacts, lambda facts: facts.trust_file))),
        "value": measured(finding.code, seen),
        **_date(seen),
        "serial_number": _plain(settings.terminal.serial_number),
        "time": _moment(finding, seen),
        "mac": _plain(seen.fact(of(ConflictFacts, lambda facts: facts.mac))),
        "log": _log(here),
        "candidates": _either([name_of(each) for each in finding.candidates]),
        "provider": _contact(support.provider),
        "acquirer": _contact(support.acquirer),
        "technician": _contact(support.technician),
        "isp": _contact(support.isp) or _LINES.get(uplinks(finding, checks)),
    }
    if finding.subject and any(check.layer is Layer.SERIAL for check in seen.near[:1]):
        # a device is spoken of as people call it; a modem asked over its port has no interface of its own
        known |= {"subject": known["device"], "interface": known["device"]}
        wrong = next((check for check in seen.near if check.failed and check.layer in (Layer.LINK, Layer.ADDRESS)), None)
        if seen.near[0].ok and wrong is not None:  # the device was seen to be well: what fails is the network over it
            network = Bilingual(f"{wrong.target} 的网络", f"the network on {wrong.target}")
            known |= {"subject": network, "interface": _plain(wrong.target)}
    ways = {name: by[here.platform] for name, by in menus().items() if here.platform in by}
    return {**{name: known.get(name) or words for name, words in UNKNOWN.items()}, **ways}


def _log(here: Here) -> Bilingual:
    """Where the log lies; where there is none, what stands for it."""
    if here.log:
        return Bilingual(f"日志（{escape(here.log, 80)}）", f"the posdiag log ({escape(here.log, 80)})")
    return Bilingual("检查结果（posdiag check --json 的输出）", "the results (what posdiag check --json prints)")


def _moment(finding: Finding, seen: Observed) -> Bilingual | None:
    """None where our own clock is wrong: nobody is to read a wrong time out over the telephone."""
    if finding.code is Cause.CLOCK_WRONG or any(check.kind is Kind.CLOCK and check.failed for check in seen.every):
        return None
    return next((moment(check.observed_at) for check in (*seen.near, *seen.every) if check.observed_at), None)


def _network(seen: Observed) -> dict[str, Bilingual | None]:
    interface = seen.target(at(Layer.LINK), anywhere=False) or seen.fact(fields.interface)
    addressed = seen.target(lambda check: check.kind is Kind.ADDRESS, anywhere=False)
    measured_on = seen.target(lambda check: check.kind is Kind.LOSS, anywhere=False)
    used = seen.target(lambda check: isinstance(check.facts, LinkFacts) and bool(check.facts.used))
    return {
        "interface": _NAMELESS.get(named := interface or addressed or measured_on or used) or _plain(named),
        "router": _plain(seen.target(at(Layer.ROUTER)) or seen.fact(_first_router, anywhere=True)),
        "resolver": ITS_RESOLVER if (server := resolver_of(seen)) == ASKED_ITSELF else _plain(server),
        "address": _plain(address_of(seen)),
    }


def _shut_ports(facts: Facts) -> str | None:
    """Of a terminal beside this machine."""
    if not isinstance(facts, OnLanFacts):
        return None
    return ", ".join(port for port, word in facts.ports.items() if word not in ("open", "busy"))


def _gateway(seen: Observed, settings: Settings) -> dict[str, Bilingual | None]:
    name = seen.target(at(Layer.GATEWAY))
    # the gateway in question first, then any other that has the number
    configured = sorted(settings.gateway, key=lambda gateway: gateway.name != name)
    port = seen.fact(fields.port, of=at(seen.near[0].layer)) if seen.near else None
    if port is None:
        port = seen.fact(fields.port, of=at(Layer.GATEWAY), anywhere=True)
    merchant = settings.terminal.merchant_id or next((each.iso8583.merchant_id for each in configured if each.iso8583.merchant_id), "")
    terminal = next((each.iso8583.terminal_id for each in configured if each.iso8583.terminal_id), "")
    code = next((_CODES[check.symptom](check.facts) for check in seen.near if check.symptom in _CODES), None)
    if code is None:
        code = seen.fact(_RESPONSE_CODE, _HTTP_STATUS)
    certificate = seen.fact(of(GatewayFacts, lambda facts: facts.certificate))
    return {
        "gateway": _plain(name or next((each.name for each in configured), "")),
        "host": _plain(host_of(seen)),
        "port": _plain(seen.fact(_shut_ports) or port),
        "code": _plain(code),
        "certificate": _certificate(certificate),
        "not_after": day(certificate.not_after) if certificate else None,
        "merchant": _ending(merchant),
        "terminal": _ending(terminal),
    }


def _equipment(seen: Observed, settings: Settings) -> dict[str, Bilingual | None]:
    device = seen.target(at(Layer.SERIAL), anywhere=False)
    own = next((each for each in settings.serial if each.name == device), None)
    label, usb = (own.label, own.usb or own.usb_serial) if own is not None else ("", "")
    app = seen.target(at(Layer.APP), anywhere=False)
    node = seen.fact(*(of(SerialFacts, read) for read in (lambda f: f.node, lambda f: f.found_at, lambda f: f.port)))
    return {
        "device": _plain(label or seen.fact(of(SerialFacts, lambda facts: facts.label)) or device),
        "node": _plain(node or usb),
        "app": _plain(app or next((each.name for each in settings.app), "")),
        "holder": _holder(seen.fact(of(SerialFacts, lambda facts: facts.holder))),
    }


def _date(seen: Observed) -> dict[str, Bilingual | None]:
    facts = next((check.facts for check in seen.near if isinstance(check.facts, DueDateFacts)), None)
    left = facts.days_left if facts is not None else None
    return {"due": _plain(facts.due) if facts is not None else None, "days": None if left is None else in_days(left)}


def _plain(value: str | float | None) -> Bilingual | None:
    """A value from outside, on one line and short; None for what says nothing."""
    return None if value in (None, "") else same(escape(str(value), 80))


def _ending(number: str) -> Bilingual | None:
    """The last four, and where the whole number is to be read: a masked one is of no use on the telephone."""
    last = mask_number(number)[-4:]
    if not last.strip("*"):
        return None
    return Bilingual(f"尾号 {escape(last, 4)}，完整号码在签购单上", f"ending in {escape(last, 4)}, in full on a receipt")


def _first_router(facts: Facts) -> str | None:
    match facts:
        case AddressFacts(routers=(first, *_)):
            return first
        case DefaultRouteFacts(routers=(route, *_)):
            return route.router
    return None


def _holder(holder: PortHolder | None) -> Bilingual | None:
    process = _plain(holder.name) if holder else None
    if holder is None or process is None or holder.pid is None:
        return process
    return Bilingual(f"{process.zh}（进程 {holder.pid}）", f"{process.en} (process {holder.pid})")


def _contact(contact: Contact) -> Bilingual | None:
    return _plain(" ".join(part for part in (contact.name, contact.phone) if part))


def _either(names: Sequence[Bilingual]) -> Bilingual | None:
    return Bilingual("或".join(each.zh for each in names), " or ".join(each.en for each in names)) if names else None


def _certificate(certificate: Certificate | None) -> Bilingual | None:
    if certificate is None:
        return None
    subject, issuer = _plain(certificate.subject), _plain(certificate.issuer)
    if subject is None or issuer is None:
        return subject or issuer
    return Bilingual(f"{subject.zh}，签发者 {issuer.zh}", f"{subject.en}, issued by {issuer.en}")
