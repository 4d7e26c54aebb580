"""The JSON Schemas of the status document, of the history and of the audit."""

from __future__ import annotations

from typing import Any

import msgspec

from agent.contract.audit import Audit
from agent.contract.document import Status
from agent.contract.history import History
from probes.ground.vocabulary import Open


def schema() -> dict[str, Any]:
    """Vocabularies that a later version may add to are texts here, with today's words as examples."""
    made = msgspec.json.schema(Status)
    for vocabulary in Open.__subclasses__():
        if found := made["$defs"].get(vocabulary.__name__):
            found["type"], found["examples"] = "string", found.pop("enum")
    return made


def audit_schema() -> dict[str, Any]:
    return msgspec.json.schema(Audit)


def history_schema() -> dict[str, Any]:
    return msgspec.json.schema(History)
