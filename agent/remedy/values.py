"""What the placeholders of the catalogue stand for: what was observed, what is configured, or words where neither is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.contract.document import Bilingual
from agent.diagnosis.model import Finding
from agent.remedy.catalogue import PLACEHOLDER, name_of
from agent.remedy.measures import day, measured, moment
from agent.remedy.observed import Observed, observed
from agent.settings.mask import mask_number
from agent.settings.model import Contact, Settings
from probes.ground.text import escape
from probes.model import Check, Layer, Symptom

Values = Mapping[str, Bilingual]

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
    "backup": Bilingual("名称未知", "name not known"),
    "merchant": Bilingual("合同或签购单上的商户号", "the one on the contract or a receipt"),
    "terminal": Bilingual("签购单上的终端号", "the one on a receipt"),
    "serial_number": Bilingual("机身标签上的序列号", "the one on the terminal's label"),
    "time": Bilingual("见日志", "as in the log"),
    "candidates": Bilingual("见证据", "see the evidence"),
    "provider": Bilingual("合同上的电话", "the number on your contract"),
    "acquirer": Bilingual("合同上的电话", "the number on your contract"),
    "technician": Bilingual("合同上的电话", "the number on your contract"),
    "isp": Bilingual("合同上的电话", "the number on your contract"),
}
# subjects that are no name of anything, as the document writes them
_NAMELESS: Values = {
    "network": Bilingual("网络", "The network"),
    "default": Bilingual("默认路由", "The default route"),
    "dns": Bilingual("域名解析", "Name resolution"),
}
_CODES = {
    Symptom.HTTP_STATUS: "http_status",
    Symptom.RESPONSE_CODE: "response_code",
    Symptom.PROCESSING_REQUIREMENT: "processing_requirement",
}


def fill(template: Bilingual, values: Values) -> Bilingual:
    """Replaces `{name}` and nothing else; what is filled in is not looked at again."""
    return Bilingual(
        PLACEHOLDER.sub(lambda match: values[match[1]].zh, template.zh),
        PLACEHOLDER.sub(lambda match: values[match[1]].en, template.en),
    )


def values(finding: Finding, checks: Sequence[Check], settings: Settings) -> Values:
    """One value for every placeholder there is."""
    seen = observed(finding, checks)
    support = settings.support
    known: dict[str, Bilingual | None] = {
        "subject": _NAMELESS.get(finding.subject) or _plain(finding.subject),
        **_network(seen),
        **_gateway(seen, settings),
        **_equipment(seen, settings),
        "path": _plain(seen.fact("path", layer=Layer.SYSTEM)),
        "value": measured(finding.code, seen),
        "serial_number": _plain(settings.terminal.serial_number),
        "time": next((moment(check.observed_at) for check in (*seen.near, *seen.every) if check.observed_at), None),
        "candidates": _either([name_of(each) for each in finding.candidates]),
        "provider": _contact(support.provider),
        "acquirer": _contact(support.acquirer),
        "technician": _contact(support.technician),
        "isp": _contact(support.isp),
    }
    if finding.subject and any(check.layer is Layer.SERIAL for check in seen.near[:1]):
        # a device is spoken of as people call it; a modem asked over its port has no interface of its own
        known |= {"subject": known["device"], "interface": known["device"]}
    return {name: known.get(name) or words for name, words in UNKNOWN.items()}


def _network(seen: Observed) -> dict[str, Bilingual | None]:
    interface = seen.target(lambda check: check.layer is Layer.LINK, anywhere=False) or seen.fact("interface")
    addressed = seen.target(lambda check: check.id == f"address:{check.target}" and check.target != "route", anywhere=False)
    measured_on = seen.target(lambda check: check.id.startswith(("internet:loss:", "internet:mtu:")), anywhere=False)
    used = seen.target(lambda check: check.layer is Layer.LINK and bool(check.facts.get("used")))
    return {
        "interface": _plain(interface or addressed or measured_on or used),
        "router": _plain(seen.target(lambda check: check.layer is Layer.ROUTER) or _first_router(seen.fact("routers", anywhere=True))),
        "resolver": _plain(seen.target(lambda check: check.layer is Layer.DNS and check.id != "dns:config")),
        "address": _plain(seen.fact("address", anywhere=True)),
        "backup": _backup(seen),
    }


def _backup(seen: Observed) -> Bilingual | None:
    """The backup uplink that works, with the gateway that it reached where it was tried as far as that."""
    name = seen.target(lambda check: check.id.startswith("internet:via:") and check.ok)
    gateway = next((c.facts.get("gateway") for c in seen.every if c.id == f"internet:via:{name}"), None)
    if not name or not gateway:
        return _plain(name)
    host = escape(str(gateway), 64)
    return Bilingual(f"{name}（经它现在能连上收单主机 {host}）", f"{name} (over it the acquirer's host {host} answers now)")


def _gateway(seen: Observed, settings: Settings) -> dict[str, Bilingual | None]:
    name = seen.target(lambda check: check.layer is Layer.GATEWAY)
    # the gateway in question first, then any other that has the number
    configured = sorted(settings.gateway, key=lambda gateway: gateway.name != name)
    port = seen.fact("port", layer=seen.near[0].layer if seen.near else None)
    if not isinstance(port, int):
        port = seen.fact("port", layer=Layer.GATEWAY, anywhere=True)
    merchant = settings.terminal.merchant_id or next((each.iso8583.merchant_id for each in configured if each.iso8583.merchant_id), "")
    terminal = next((each.iso8583.terminal_id for each in configured if each.iso8583.terminal_id), "")
    code = next((check.facts.get(_CODES[check.symptom]) for check in seen.near if check.symptom in _CODES), None)
    return {
        "gateway": _plain(name or next((each.name for each in configured), "")),
        "host": _plain(seen.fact("host") or seen.fact("host", layer=Layer.GATEWAY, anywhere=True)),
        "port": _plain(port),
        "code": _plain(code if code is not None else seen.fact("response_code", "http_status")),
        "certificate": _certificate(seen.fact("certificate")),
        "not_after": _expiry(seen.fact("certificate")),
        "merchant": _plain(mask_number(merchant)),
        "terminal": _plain(mask_number(terminal)),
    }


def _equipment(seen: Observed, settings: Settings) -> dict[str, Bilingual | None]:
    device = seen.target(lambda check: check.layer is Layer.SERIAL, anywhere=False)
    own = next((each for each in settings.serial if each.name == device), None)
    label, usb = (own.label, own.usb or own.usb_serial) if own is not None else ("", "")
    holder = seen.fact("holder")
    process = _plain(holder.get("name")) if isinstance(holder, dict) else None
    pid = holder.get("pid") if isinstance(holder, dict) else None
    app = seen.target(lambda check: check.layer is Layer.APP, anywhere=False)
    return {
        "device": _plain(label or seen.fact("label", layer=Layer.SERIAL) or device),
        "node": _plain(seen.fact("node", "found_at", "port", layer=Layer.SERIAL) or usb),
        "app": _plain(app or next((each.name for each in settings.app), "")),
        "holder": Bilingual(f"{process.zh}（进程 {pid}）", f"{process.en} (process {pid})")
        if process and isinstance(pid, int)
        else process,
    }


def _plain(value: Any) -> Bilingual | None:
    """A value from outside, on one line and short; None for what says nothing."""
    if value in (None, "") or not isinstance(value, str | int | float):
        return None
    text = escape(str(value), 80)
    return Bilingual(text, text)


def _first_router(value: Any) -> Any:
    """The first router of a list of them, each an address or a table with one."""
    first = value[0] if isinstance(value, list | tuple) and value else None
    return first.get("router") if isinstance(first, dict) else first


def _contact(contact: Contact) -> Bilingual | None:
    return _plain(" ".join(part for part in (contact.name, contact.phone) if part))


def _either(names: Sequence[Bilingual]) -> Bilingual | None:
    return Bilingual("或".join(each.zh for each in names), " or ".join(each.en for each in names)) if names else None


def _certificate(certificate: Any) -> Bilingual | None:
    if not isinstance(certificate, dict):
        return None
    subject, issuer = _plain(certificate.get("subject")), _plain(certificate.get("issuer"))
    if subject is None or issuer is None:
        return subject or issuer
    return Bilingual(f"{subject.zh}，签发者 {issuer.zh}", f"{subject.en}, issued by {issuer.en}")


def _expiry(certificate: Any) -> Bilingual | None:
    return day(certificate.get("not_after")) if isinstance(certificate, dict) else None
