"""Every key of `fleet.toml`, its default and its range."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from agent.fleet.settings.serving import ServeSettings, TokenSettings
from probes.settings import described

MOST_TOKENS = 200_000


Place = Annotated[str, described("an absolute path, or empty", "绝对路径（以 / 开头），或留空", pattern=r"^(/.*)?$", max_length=1024)]
Url = Annotated[str, described("http://host:port, or empty", "http://主机:端口，或留空", pattern=r"^(https?://\S+)?$", max_length=512)]
Interval = Annotated[int, Meta(ge=10, le=86400 * 31)]


class SilenceSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often terminals are heard of: as they push, or as their files are fetched. Three times as long without a word is silence.
    `cellular_every_s`: of those on an uplink with a data budget, which report hourly."""

    every_s: Interval = 900
    cellular_every_s: Interval = 3600


class FleetSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`store`, `inventory`: what `--store` and `--inventory` name otherwise. `keep_days`: of the store."""

    store: Place = ""
    inventory: Place = ""
    keep_days: Annotated[int, Meta(ge=1, le=36_500)] = 400
    alertmanager: Url = ""
    silence: SilenceSettings = SilenceSettings()
    serve: ServeSettings = ServeSettings()
    token: Annotated[list[TokenSettings], Meta(max_length=MOST_TOKENS)] = []
