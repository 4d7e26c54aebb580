"""What experience says of a step, in one clause."""

from __future__ import annotations

from msgspec.structs import replace

from agent.contract.document import StepRecord
from probes.ground.bilingual import Bilingual


def in_one_clause(record: StepRecord) -> Bilingual:
    here = record.source == "here"
    zh, en = ("在这里", "here") if here else ("在其他终端上", "at other terminals")
    if record.trace is not None:  # of several steps, and nobody knows which it was
        clause = in_one_clause(replace(record, trace=None))
        was = "" if record.helped else "was "
        return Bilingual(f"这一步或同类步骤{clause.zh}", f"this or a step like it {was}{clause.en}")
    tried = f"{record.tried} time{'' if record.tried == 1 else 's'}"
    if not record.helped:
        return Bilingual(f"{zh}试过 {record.tried} 次，都没管用", f"tried {en} {tried}, never helped")
    of = f"{record.helped} time{'' if record.helped == 1 else 's'} of {record.tried}"
    return Bilingual(f"{zh} {record.tried} 次有 {record.helped} 次管用", f"helped {en} {of}")


def in_brackets(record: StepRecord | None) -> Bilingual:
    """As it stands behind a step; empty where there is none."""
    if record is None:
        return Bilingual("", "")
    clause = in_one_clause(record)
    return Bilingual(f"（{clause.zh}）", f" ({clause.en})")
