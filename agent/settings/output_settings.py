"""One table `[[output]]`: where the status is sent or written to besides the status file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from probes.settings import described

_PathOrEmpty = Annotated[
    str, described("an absolute path, or empty", "绝对路径（以 / 开头），或留空", pattern=r"^(/.*)?$", max_length=1024)
]


class OutputKind(StrEnum):
    HTTPS = "https"
    MQTT = "mqtt"
    FILE = "file"


class OutputFormat(StrEnum):
    JSON_COMPACT = "json-compact"
    PROMETHEUS = "prometheus"


class OutputDocument(StrEnum):
    """What is sent: always a summary, the whole document with each confirmed change, or the whole document always."""

    SUMMARY = "summary"
    ON_CHANGE = "on_change"
    FULL = "full"


class OutputSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`token_file`, `password_file`: what they hold is read when it is needed, and never kept or shown."""

    kind: OutputKind
    name: Annotated[
        str,
        described("letters, digits, . _ -, or empty", "字母、数字和 . _ -，或留空", pattern=r"^[A-Za-z0-9._-]*$", max_length=64),
    ] = ""
    url: Annotated[
        str,
        described(
            "an https:// or mqtts:// address, or empty", "以 https:// 或 mqtts:// 开头的网址，或留空", pattern=r"^(\S+)?$", max_length=2048
        ),
    ] = ""
    path: _PathOrEmpty = ""
    format: OutputFormat = OutputFormat.JSON_COMPACT
    document: OutputDocument = OutputDocument.SUMMARY
    every_s: Annotated[float, Meta(ge=10, le=86400)] = 900
    token_file: _PathOrEmpty = ""
    username: Annotated[str, Meta(max_length=200)] = ""
    password_file: _PathOrEmpty = ""
    ca_file: _PathOrEmpty = ""
    client_cert_file: _PathOrEmpty = ""
    client_key_file: _PathOrEmpty = ""

    @property
    def called(self) -> str:
        """As people find it in what is said of it."""
        return self.name or self.path or f"{self.kind.value} {self.url.partition('://')[2].partition('/')[0]}"
