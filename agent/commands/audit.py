"""`posdiag audit`: what would make the next outage long, as configuration, last look, record and prints tell."""

from __future__ import annotations

from pathlib import Path

from agent.commands.context import configuration, page_for
from agent.commands.request import Request
from agent.contract.audit import Audit
from agent.contract.checks import checks_from
from agent.present import output
from agent.readiness.audit import audit as judged
from agent.record.standing import standing_of
from agent.settings.load import Loaded
from agent.status.ready import gathered
from agent.storage.identity import boot_id, identify
from agent.storage.lessons_file import LessonsFile
from agent.storage.places import places
from probes.ground.clock import Clock

EXITS = {"pass": 0, "warn": 1, "fail": 2}


def audit(request: Request) -> int:
    loaded = configuration(request)
    found = _found(loaded)
    if request.form:
        import msgspec

        output.say_bytes(msgspec.json.encode(found) + b"\n")
    else:
        from agent.present.audited import lines

        output.say(lines(found, page_for(request, loaded)))
    return EXITS[found.outcome]


def _found(loaded: Loaded) -> Audit:
    now, folder = Clock().wall(), Path(loaded.settings.agent.state_dir)
    reading = places(loaded.settings.agent).shown(now, boot_id())
    fresh = reading.status is not None and not reading.stale
    checks = checks_from(reading.status.checks) if reading.status is not None and fresh else None
    lessons = LessonsFile(loaded.settings)
    lessons.read()
    known = gathered(loaded, checks, standing_of(folder).promises, now, lessons.fleet)
    return judged(known, identify(loaded.settings.terminal, folder, keep=False).terminal_id, now)
