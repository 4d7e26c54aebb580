"""What a terminal may have in common with others, of its status document: as `agent.status.summary.summarise` finds it, without decoding
what does not tell of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from agent.fleet.reading.lean import DeviceFacts, HostFacts, LeanCheck, LeanRecord, LeanStatus, LinkKind
from probes.model import Kind, kind_of

MEANT = ("isp", "region", "model", "firmware", "operator")  # a label of this name is that attribute
_KINDS = ("gateway", "dns", "link", "serial")
_OPERATOR = b"operator"
_NO_RECORD = LeanRecord()
_host = msgspec.json.Decoder(HostFacts)
_link = msgspec.json.Decoder(LinkKind)
_device = msgspec.json.Decoder(DeviceFacts)
T = TypeVar("T")


def shared_by(read: LeanStatus) -> dict[str, str]:
    """Of several hosts, resolvers and lines it is the one that the verdict rests on, else the first."""
    terminal, record = read.terminal, read.record or _NO_RECORD
    found = {"store": terminal.store, "model": terminal.model, "firmware": terminal.firmware, **_seen(read, record)}
    for name in MEANT:
        if value := terminal.labels.get(name):
            found[name] = value
    return found


def _seen(read: LeanStatus, record: LeanRecord) -> dict[str, str]:
    host = address = resolver = operator = ""
    uplink: str | None = None
    for check in _in_order(read):
        if not check.id.startswith(_KINDS):
            continue
        match _kind(check.id):
            case Kind.GATEWAY if not host:
                facts = _facts(_host, check, HostFacts())
                if host := _text(facts.host):
                    address = _text(facts.address) or record.addresses.get(Kind.GATEWAY.subject_of(check.id), "")
            case Kind.RESOLVER if not resolver:
                resolver = check.target
            case Kind.LINK if uplink is None and check.outcome in ("pass", "warn"):
                line = _facts(_link, check, LinkKind())
                uplink = _text(line.kind) if line.used is True else None
            case Kind.SERIAL if not operator and _OPERATOR in bytes(check.facts):  # a modem: most are printers
                operator = _text(_facts(_device, check, DeviceFacts()).operator)
    return {"host": host, "address": address, "resolver": resolver, "uplink": uplink or "", "operator": operator}


def _in_order(read: LeanStatus) -> tuple[LeanCheck, ...]:
    evidence = read.causes[0].evidence if read.cause and read.causes else ()
    return (*(check for check in read.checks if check.id in evidence), *read.checks) if evidence else read.checks


@lru_cache(maxsize=4096)
def _kind(check_id: str) -> Kind:
    return kind_of(check_id)


def _facts(decoder: msgspec.json.Decoder[T], check: LeanCheck, nothing: T) -> T:
    try:
        return decoder.decode(check.facts)
    except msgspec.DecodeError:
        return nothing


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
