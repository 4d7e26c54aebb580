"""Values that an example or a form had, and that nobody has replaced by the terminal's own. Pure.

What no host, number or name can be: names that are kept for examples (RFC 2606, RFC 6761), addresses that are (RFC 5737, RFC 3849),
numbers of zeros alone, words that ask to be replaced, and what `config/agent.example.toml` itself shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import msgspec

from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape

_HOST = re.compile(r"(^|\.)(example(\.(com|net|org|cn|com\.cn))?|invalid)\.?$", re.IGNORECASE)
_NETWORKS = tuple(map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))
_ASKS = re.compile(
    r"change[ _-]?(me|this|it)|replace[ _-]?(me|this)|fill[ _-]?(me|this)?[ _-]?in\b|\bto ?do\b|\bfixme\b"
    r"|\byour[ _-](own|host|name|number|phone"
    r"|merchant|terminal|acquirer|bank|company)|^\W*x{3,}\W*$|^<[^>]*>$|^(…|\.\.\.)$|待填|请填|请修改|改成你|改为你|填写|示例|你的",
    re.IGNORECASE,
)
_ZEROS = re.compile(r"[0\s-]{4,}")
_SHOWN = {"terminal_id": ("00000001",), "merchant_id": ("123456789012345",)}  # by the key, in the example that comes with posdiag
_HOSTS = ("host",)
_NUMBERS = ("terminal_id", "merchant_id", "serial_number", "phone")


def left_in(settings: Settings) -> Iterator[tuple[str, str]]:
    """The key, as people name it, and what stands there."""
    yield from ((f"terminal.{key}", value) for key, value in _texts(settings.terminal) if _is_example(key, value))
    for who in ("provider", "acquirer", "technician", "isp"):
        contact = getattr(settings.support, who)
        yield from ((f"support.{who}.{key}", value) for key, value in _texts(contact) if _is_example(key, value))
    for gateway in settings.gateway:
        named = f'gateway "{gateway.name}"'
        yield from ((f"{named} {key}", value) for key, value in _texts(gateway) if _is_example(key, value))
        yield from ((f"{named} iso8583.{key}", value) for key, value in _texts(gateway.iso8583) if _is_example(key, value))


def hints(settings: Settings) -> Iterator[Bilingual]:
    """One for each such value. A number is shown by its key alone: it might be a real one after all."""
    for key, value in left_in(settings):
        shown = "" if key.endswith(_NUMBERS) else f" = “{escape(value, 64)}”"
        yield Bilingual(
            f"提示：{escape(key, 100)}{shown} 像是没有改过的示例值，请换成这台终端自己的",
            f"Hint: {escape(key, 100)}{shown} looks like a value of an example that was left in; put the terminal's own there",
        )


def _texts(table: Any) -> Iterator[tuple[str, str]]:
    for field in msgspec.structs.fields(type(table)):
        value = getattr(table, field.name)
        if isinstance(value, str) and value:
            yield field.name, value


def _is_example(key: str, value: str) -> bool:
    if _ASKS.search(value) or value in _SHOWN.get(key, ()):
        return True
    if key in _NUMBERS:
        return bool(_ZEROS.fullmatch(value))
    return key in _HOSTS and (bool(_HOST.search(value)) or _is_kept_address(value))


def _is_kept_address(value: str) -> bool:
    try:
        address = ip_address(value)
    except ValueError:
        return False
    return any(address in network for network in _NETWORKS if network.version == address.version)
