"""What can be said about a cause before it is there: the steps of the catalogue with what this configuration has, and words for what
only the fault itself will show. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from msgspec import Struct

from agent.contract.document import StepRecord
from agent.contract.experience import Experience
from agent.diagnosis.causes import Cause, Owner, Severity
from agent.diagnosis.model import Finding
from agent.remedy.catalogue import CatalogueError, StepTemplate, entry
from agent.remedy.here import FOR_UPLINKS, Here
from agent.remedy.ordering import ordered, records
from agent.remedy.possible import CELLULAR, Possible
from agent.remedy.values import UNKNOWN, Values, fill, values
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual, same
from probes.ground.masking import mask_address
from probes.ground.text import escape
from probes.model import Check, Facts, Layer, Outcome, check_of
from probes.model.facts import LinkFacts
from probes.settings import SerialDevice

_MOST_NAMED, _LONGEST = 3, 90  # and characters: of several things in one sentence; of more the noun alone stands there
_AROUND_OR = re.compile(r"(?<=[\u4e00-\u9fff]) (?=或)|(?<=或) (?=[\u4e00-\u9fff])")
_OF_UPLINKS = (Layer.LINK, Layer.ADDRESS, Layer.ROUTER, Layer.INTERNET)
_ELSEWHERE = {"network": Bilingual("有网络地址的", "One with a network address"), "line": Bilingual("接线的", "One on a cable")}
# for what a fault alone shows, in the place of what stands there once it is seen
LATER: Values = {
    "router": Bilingual("机身标签上的地址", "the address on its label"),
    "resolver": Bilingual("（地址见屏幕）", "(address as shown)"),
    "address": Bilingual("（见屏幕）", "(as shown)"),
    "gateway": Bilingual("（见屏幕）", "(as shown)"),
    "subject": Bilingual("终端", "the terminal"),
    "host": Bilingual("（见屏幕）", "(as shown)"),
    "port": Bilingual("（见屏幕）", "(as shown)"),
    "node": Bilingual("（端口见屏幕）", "(port as shown)"),
    "path": Bilingual("（位置见屏幕）", "(place as shown)"),
    "code": Bilingual("见屏幕", "as shown"),
    "certificate": Bilingual("见屏幕", "as shown"),
    "not_after": Bilingual("日期见屏幕", "date as shown"),
    "value": Bilingual("见屏幕", "as shown"),
    "time": Bilingual("几点发现的", "when it began"),
    "due": Bilingual("屏幕上那天", "the date shown"),
    "days": Bilingual("天数见屏幕", "days as shown"),
    "mac": Bilingual("见屏幕", "as shown"),
    "candidates": Bilingual("屏幕上列出的几种原因", "one of the causes that the screen lists"),
}


class Prepared(Struct, frozen=True, kw_only=True):
    """A step as it can be printed."""

    id: str
    who: Owner
    text: Bilingual
    expect: Bilingual
    interrupts_payment: bool
    record: StepRecord | None


def summary_of(case: Possible, settings: Settings, here: Here) -> Bilingual:
    try:
        known = entry(case.cause)
    except CatalogueError:
        return same(case.cause.value)
    return _said(known.summary, _values(case, settings, here))


def steps_of(case: Possible, settings: Settings, here: Here, experience: Experience) -> tuple[Prepared, ...]:
    """Those that need no observation to be right, in the order that experience has put them in."""
    try:
        templates = entry(case.cause).steps
    except CatalogueError:
        return ()
    sorts = {date.kind.value for date in settings.date if date.name in case.about}
    fitting = [template for template in templates if _fits(template, case, sorts, here)]
    chosen = ordered(fitting, *experience.of(case.cause), paying=False)
    told = records(chosen, *experience.of(case.cause))
    known = _values(case, settings, here)
    return tuple(
        Prepared(
            id=template.id,
            who=template.who,
            text=_said(_for_whom(template, case, settings), known),
            expect=_said(template.expect, known),
            interrupts_payment=template.interrupts_payment,
            record=told.get(template.id),
        )
        for template in chosen
    )


def _fits(template: StepTemplate, case: Possible, sorts: Collection[str], here: Here) -> bool:
    observed = template.seen or template.only_if or template.only_failed
    return (
        not observed
        and (not template.platform or here.platform in template.platform)
        and (not template.uplink or not case.kinds or any(kind.value in case.kinds for kind in template.uplink))
        and (not template.sort or any(sort in sorts for sort in template.sort))
        and (not template.place or template.place in case.places)
    )


def _for_whom(template: StepTemplate, case: Possible, settings: Settings) -> Bilingual:
    """A step for some of the uplinks or devices alone says for which."""
    text = Bilingual(template.zh, template.en)
    kinds = frozenset(kind.value for kind in template.uplink)
    if kinds and not (case.kinds and case.kinds <= kinds):
        prefix = FOR_UPLINKS[kinds]
        text = Bilingual(prefix.zh + text.zh, prefix.en + text.en)
    if template.place and len(case.places) > 1:
        names = _either([called(each) for each in _devices(case, settings) if _place(each) == template.place]) or _ELSEWHERE[template.place]
        text = Bilingual(f"{names.zh}：{text.zh}", f"{names.en}: {text.en}")
    return text


def _place(device: SerialDevice) -> str:
    return "network" if device.port.startswith("socket://") else "line"


def called(device: SerialDevice) -> str:
    """As people call it."""
    return escape(device.label or device.name, 80)


def _devices(case: Possible, settings: Settings) -> list[SerialDevice]:
    return [device for device in settings.serial if device.name in case.about]


def _values(case: Possible, settings: Settings, here: Here) -> Values:
    known = dict(values(_finding(case), _checks(case), settings, here))
    known = {name: LATER.get(name, words) if words is UNKNOWN.get(name) else words for name, words in known.items()}
    gateways = [gateway for gateway in settings.gateway if gateway.name in case.about] or settings.gateway
    devices = _devices(case, settings)
    labels = {device.name: called(device) for device in devices}
    about = [labels.get(name, name) for name in case.about]
    named = {
        "gateway": [gateway.name for gateway in gateways],
        "host": [gateway.host for gateway in gateways],
        "port": [str(gateway.port) for gateway in gateways],
        "device": [called(device) for device in devices],
        "node": [device.port or device.usb or device.usb_serial for device in devices],
        "app": [app.name for app in settings.app],
        "interface": about if case.cause.layer in _OF_UPLINKS else [],
        "subject": about,
    }
    known |= {name: _either(names) or LATER.get(name, UNKNOWN[name]) for name, names in named.items()}
    if case.cause is Cause.INDETERMINATE:
        known["subject"] = Bilingual("收款", "taking payments")
    if case.cause is Cause.DISK_FULL:
        known["path"] = _either(settings.system.disk_paths) or LATER["path"]
    if case.cause is Cause.PROXY_MISCONFIGURED:
        known["host"], known["port"] = _proxy(settings.network.proxy)
    if not settings.support.technician.phone and settings.support.provider.phone:
        known["technician"] = known["provider"]  # who is called in his place
    return known


def _proxy(url: str) -> tuple[Bilingual, Bilingual]:
    place = mask_address(url).rpartition("://")[2].rpartition("@")[2]
    host, colon, port = place.rpartition(":")
    return _either([host if colon else place]) or LATER["host"], _either([port] if colon else []) or LATER["port"]


def _either(names: Sequence[str]) -> Bilingual | None:
    """None for nothing, and for too many."""
    shown = list(dict.fromkeys(escape(name, 80) for name in names if name))
    if not shown or len(shown) > _MOST_NAMED or sum(map(len, shown)) > _LONGEST:
        return None
    *before, last = shown
    if not before:
        return same(last)
    return Bilingual(_AROUND_OR.sub("", f"{'、'.join(before)} 或 {last}"), f"{', '.join(before)} or {last}")


def _said(text: Bilingual, known: Values) -> Bilingual:
    """What has brackets of its own needs none around it, and in Chinese no space."""
    zh, en = text.zh, text.en
    for name, words in known.items():
        if words.zh.startswith("（") and words.zh.endswith("）"):
            zh = re.sub(rf"（?\s?\{{{name}\}}\s?）?", f"{{{name}}}", zh)
        if words.en.startswith("(") and words.en.endswith(")"):
            en = en.replace(f"({{{name}}})", f"{{{name}}}")
    return fill(Bilingual(zh, en), known)


def _finding(case: Possible) -> Finding:
    return Finding(
        code=case.cause,
        subject=case.about[0] if case.about else "",
        severity=Severity.OUTAGE,
        confidence=1.0,
        category=case.cause.category,
        evidence=tuple(check.id for check in _checks(case)),
    )


def _checks(case: Possible) -> list[Check[Facts]]:
    """Uplinks of these kinds, as if they were looked at: which contract has the number goes by them."""
    return [
        check_of(LinkFacts(interface_kind=kind, used=True), Outcome.FAIL, name="wwan0" if kind == CELLULAR else kind)
        for kind in sorted(case.kinds)
    ]
