"""What `posdiag fleet serve` is told: the tables `[serve]` and `[[token]]` of `fleet.toml`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from probes.settings import described

TokenHash = Annotated[
    str,
    described(
        "sha256: and 64 hexadecimal digits, as posdiag fleet token prints it",
        "sha256: 加 64 位十六进制数，由 posdiag fleet token 给出",
        pattern=r"^sha256:[0-9a-f]{64}$",
    ),
]
Pattern = Annotated[str, Meta(min_length=1, max_length=200)]


class Readers(StrEnum):
    """Of the page, where no token reads: this machine alone, or whoever is let through by what stands in front."""

    HERE = "here"
    ANYONE = "anyone"


class TokenSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`name`: of whom it is; several tokens may have one name. `ids`: the terminals it may write for (`*`, `?`, `[…]`)."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    hash: TokenHash
    ids: Annotated[list[Pattern], Meta(max_length=10_000)] = []
    reads: bool = False


class ServeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`sync_s`: the most that a power cut costs; 0: an answer waits for the disk. `every_s`: between two answers, where they do not take
    longer. `proxies`: addresses whose X-Forwarded-For is believed. `tokens_file`: tokens beside those of `[[token]]`, a line each."""

    listen: Annotated[str, Meta(min_length=1, max_length=300)] = "127.0.0.1:8420"
    cert_file: str = ""
    key_file: str = ""
    read: Readers = Readers.HERE
    tokens_file: str = ""
    proxies: list[Annotated[str, Meta(max_length=64)]] = field(default_factory=lambda: ["127.0.0.1", "::1"])
    access_log: bool = False
    every_s: Annotated[float, Meta(ge=1, le=3600)] = 15
    sync_s: Annotated[float, Meta(ge=0, le=60)] = 1
    terminals: Annotated[int, Meta(ge=1, le=10_000_000)] = 200_000
    connections: Annotated[int, Meta(ge=1, le=1_000_000)] = 10_000
    body_kb: Annotated[int, Meta(ge=1, le=65_536)] = 4096
    unpacked_kb: Annotated[int, Meta(ge=1, le=262_144)] = 16_384
    terminal_per_minute: Annotated[float, Meta(gt=0, le=60_000)] = 60
    token_per_s: Annotated[float, Meta(gt=0, le=1_000_000)] = 5000
