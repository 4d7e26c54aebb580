"""The JSON Schema of the configuration, by which editors complete and check a TOML file."""

from __future__ import annotations

from typing import Any

import msgspec

from agent.settings.model import Settings


def schema() -> dict[str, Any]:
    made = msgspec.json.schema(Settings)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "posdiag agent.toml", **made}
