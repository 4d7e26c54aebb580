"""Bytes as the document that they hold, written by this version or by a later one."""

from __future__ import annotations

from typing import Any

import msgspec

from agent.contract.document import Status


def decode(content: bytes) -> Status:
    """Keys and words of a later version are no fault, nor is null where this one leaves a key out.

    Raises `msgspec.DecodeError`, UnicodeError or RecursionError.
    """
    try:
        return msgspec.json.decode(content, type=Status)
    except msgspec.ValidationError:
        return msgspec.convert(without_nulls(msgspec.json.decode(content)), Status)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value
