"""Every key of `fleet.toml`, its default and its range."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from agent.fleet.settings.serving import ServeSettings, TokenSettings

MOST_TOKENS = 200_000


class FleetSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`keep_days`: of the store."""

    keep_days: Annotated[int, Meta(ge=1, le=36_500)] = 400
    serve: ServeSettings = ServeSettings()
    token: Annotated[list[TokenSettings], Meta(max_length=MOST_TOKENS)] = []
