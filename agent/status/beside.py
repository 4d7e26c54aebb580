"""The document of a terminal that was examined from this machine: who it is, and where its steps are to be done. Nothing of this machine's
is said of it, but the boot in which it was looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from agent.contract.document import Status
from agent.contract.times import parse
from agent.examination.result import Examination
from agent.present.addressed import addressed
from agent.remedy.here import Here, Platform
from agent.settings.load import Loaded
from agent.status.build import Moment, Report, build
from agent.storage.identity import Identity, boot_id
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.text import escape
from probes.model import Check, Facts
from probes.model.facts import DeviceFacts
from probes.settings import Beside

_SERIAL = re.compile(r"usb:(?!\d+-[\d.]+$)(.+)")  # and not the USB port that it is at
_LONGEST = 120  # characters of what a device says of itself


def identity_of(own: Loaded, beside: Beside, checks: Sequence[Check[Facts]]) -> Identity:
    """`own`: the settings as of that terminal."""
    device = next((check.facts for check in checks if isinstance(check.facts, DeviceFacts)), DeviceFacts())
    return Identity(
        terminal_id=own.settings.terminal.id,
        machine_id="",
        serial_number=named[1] if (named := _SERIAL.fullmatch(beside.adb)) else "",
        boot_id=boot_id(),
        model=escape(device.model or "", _LONGEST),
        firmware=escape(f"Android {device.android}", _LONGEST) if device.android else "",
    )


def here_of(beside: Beside) -> Here:
    """Its log is not kept on it. Whatever is asked over adb has Android's menus."""
    return Here(platform=Platform.ANDROID if beside.adb else Platform.LINUX)


def report_on(
    examination: Examination, own: Loaded, beside: Beside, *, identity: Identity, moment: Moment, report: Report | None = None
) -> Status:
    """`own`: the settings as of that terminal. Without a report, the verdict is the examination's own."""
    status = build(examination, own, identity=identity, moment=moment, here=here_of(beside), report=report)
    steps = tuple(replace(step, text=_addressed(step.text, beside), expect=_addressed(step.expect, beside)) for step in status.remediation)
    return replace(status, remediation=steps, vantage="beside")


def _addressed(text: Bilingual, beside: Beside) -> Bilingual:
    return Bilingual(addressed(text.zh, beside.name), addressed(text.en, beside.name))


def snapshot_beside(examination: Examination, own: Loaded, beside: Beside, clock: Clock) -> Status:
    """Of one examination that stands by itself, now. Writes nothing."""
    now, interval_s = clock.wall(), own.settings.agent.interval_s
    started = parse(examination.started_at) or now
    moment = Moment(now=now, started=started, sequence=1, next_write_s=interval_s, next_check_s=interval_s)
    return report_on(examination, own, beside, identity=identity_of(own, beside, examination.checks), moment=moment)
