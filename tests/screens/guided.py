"""The guide's screens, as `docs/screens.md` has them: the first step, after it was done, whom to call, and the end. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from agent.contract.checks import checks_from
from agent.contract.document import Incident, Status
from agent.diagnosis.model import CanPay, State
from agent.present.guide_parts import Said
from agent.present.guide_screen import screen
from agent.present.page import Page
from agent.remedy.walk import Key, Walk, begin, looked, press, told

SIZES = ((80, 24), (40, 20))
_TITLE = """## The guide

What `posdiag guide` shows of the cable that was pulled out: the first step, that step done, whom to call, and the end.
"""


def walks(status: Status) -> list[Walk]:
    status = replace(status, incident=Incident(id="20260131T080000Z-4f2a91", opened_at=status.generated_at))
    first = begin(status, 0.0)
    seen = next(check for check in checks_from(status.checks) if first.step and check.id == first.step.verify)
    first = looked(first, seen, 1.0)
    done = press(first, Key.DID, 10.0)
    well = replace(status, causes=(), cause=None, category=None, can_pay=CanPay.YES, state=State.OK, remediation=(), selling=(), call=None)
    return [first, done, press(first, Key.CALL, 10.0), told(done, well, 20.0)]


def guided(status: Status) -> str:
    parts = [_TITLE]
    for columns, rows in SIZES:
        for language in ("zh", "en"):
            for walk in walks(status):
                shown = screen(walk, Page(language=language, width=columns - 1), rows, Said(kept=walk.ended))
                text = "\n".join(shown)
                parts.append(f"{columns}×{rows}:\n\n```\n{text}\n```\n")
    return "\n".join(parts)
