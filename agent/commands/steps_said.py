"""Which step a person means: the number on the screen, its id, or its id behind a cause's code."""

from __future__ import annotations

from agent.commands.failure import CommandFailed
from agent.contract.document import Status, Step
from agent.diagnosis.causes import Cause
from agent.remedy import catalogue
from probes.ground.bilingual import Bilingual, same
from probes.ground.text import escape

_SHOWN, _MOST = 60, 20


def step_of(asked: str, status: Status | None, incident: str, cause: Cause | None) -> str:
    """The id, behind `CODE:` where it is of another cause than the incident's. Raises `CommandFailed` with the steps that there are."""
    word = asked.strip().lower().replace("-", "_")
    shown = _on_the_screen(status, incident)
    if word.isdecimal():
        found = next((each.id for each in shown if each.step == int(word) and each.id), None)
        if found is not None:
            return found
        raise _unknown(asked, status, incident, cause)
    code, colon, name = word.rpartition(":")
    if colon:
        other = next((each for each in Cause if code in (each.value, each.value.partition(".")[2])), None)
        if other is None or name not in _ids(other):
            raise _unknown(asked, status, incident, other or cause)
        return name if other is cause else f"{other.value}:{name}"
    if name in _ids(cause):
        return name
    for each in shown:
        if each.id.rpartition(":")[2] == name:
            return each.id
    if cause is None and any(name in _ids(each) for each in Cause):
        return name
    raise _unknown(asked, status, incident, cause)


def listed(status: Status | None, incident: str, cause: Cause | None) -> list[tuple[str, Bilingual]]:
    """The steps that may be meant: how each is written, and what it says, where that is known."""
    shown = [each for each in _on_the_screen(status, incident) if each.id]
    return [(f"{each.step} {each.id.rpartition(':')[2]}", each.text) for each in shown] or [(each, same("")) for each in _ids(cause)]


def _on_the_screen(status: Status | None, incident: str) -> list[Step]:
    """Of the cause that leads, where the document is of this incident."""
    if status is None or status.cause is None or (status.incident is not None and incident not in ("", status.incident.id)):
        return []
    if status.incident is None and incident:
        return []
    return [each for each in status.remediation if each.cause == status.cause]


def _ids(cause: Cause | None) -> list[str]:
    return [] if cause is None or cause not in list(Cause) else [each.id for each in catalogue.entry(cause).steps]


def _unknown(asked: str, status: Status | None, incident: str, cause: Cause | None) -> CommandFailed:
    shown = escape(asked, _SHOWN)
    steps = listed(status, incident, cause)[:_MOST]
    zh, en = "；".join(each for each, _ in steps), "; ".join(each for each, _ in steps)
    if asked.strip().isdecimal() and steps and not _on_the_screen(status, incident):
        return CommandFailed(
            f"屏幕上现在没有编号的步骤（故障已经过去，或换了原因），不知道“{shown}”是哪一步。请写名字：{zh}",
            f"No step has a number on the screen now (the fault is over, or another one), so “{shown}” could be any. By name: {en}",
        )
    if not steps:
        return CommandFailed(
            f"没有“{shown}”这个步骤。写明原因代码：--did CODE:STEP；步骤见 posdiag explain CODE",
            f"There is no step “{shown}”. Name its cause as well: --did CODE:STEP; the steps: posdiag explain CODE",
        )
    return CommandFailed(f"没有“{shown}”这个步骤。有：{zh}", f"There is no step “{shown}”. There are: {en}")
