"""The document as bytes, whatever its facts hold; and bytes with one thing changed."""

from __future__ import annotations

from typing import Any

import msgspec

from agent.contract.document import Status


def encode(status: Status) -> bytes:
    """UTF-8 JSON with a newline at its end. Lone surrogates (names of files and processes) are written as text."""
    try:
        return msgspec.json.encode(status) + b"\n"
    except (UnicodeEncodeError, TypeError, ValueError, OverflowError, RecursionError):
        checks = tuple(msgspec.structs.replace(check, facts=_plain(check.facts)) for check in status.checks)
        return msgspec.json.encode(_plain(msgspec.to_builtins(msgspec.structs.replace(status, checks=checks)))) + b"\n"


def changed(content: bytes, **values: Any) -> bytes:
    """The same document with these keys changed. All others stay byte for byte, those of a later version too.

    Raises `msgspec.DecodeError` for what is no JSON object.
    """
    document = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    document |= {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in values.items()}
    return msgspec.json.encode(document) + b"\n"


def _plain(value: Any, depth: int = 0) -> Any:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)
    if isinstance(value, str):
        return str(value).encode("utf-8", "backslashreplace").decode()
    if depth < 16 and isinstance(value, dict):
        return {_plain(str(key)): _plain(item, depth + 1) for key, item in value.items()}
    if depth < 16 and isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, depth + 1) for item in value]
    return _plain(f"{type(value).__name__}")
