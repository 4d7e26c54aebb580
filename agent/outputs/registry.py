"""Which outputs there are. A new one is one line here; `seam.py` says what it has to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.outputs import configured, journal, log, page, systemd
from agent.outputs.delivery import Delivery
from agent.outputs.error_stream import ErrorStream
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.line import Line
from agent.outputs.notifier import Notifier
from agent.outputs.outputs import Outputs
from agent.outputs.seam import Context, Output
from agent.outputs.status_file import StatusFile
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.text import escape

Make = Callable[[Settings, Context], Sequence[Output]]

TABLE: tuple[Make, ...] = (
    log.make,
    journal.make,
    systemd.make,
    page.make,
    configured.make,
)


def open_outputs(settings: Settings, errors: ErrorStream, clock: Clock, table: Sequence[Make] = TABLE, *, once: bool = False) -> Outputs:
    """The status file, and those of the table. One that cannot be made is said, and missing."""
    notifier = Notifier(settings.terminal.language, errors)
    files = FileTroubles(notifier, clock)
    line = Line()
    context = Context(files=files, errors=errors, clock=clock, notifier=notifier, line=line, once=once)
    others: list[Delivery] = []
    for make in table:
        try:
            others += [Delivery(output, notifier, clock) for output in make(settings, context)]
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the output's own
            name, detail = escape(make.__module__), escape(f"{type(error).__name__}: {error}")
            text = Bilingual(f"输出 {name} 无法建立：{detail}", f"the output {name} cannot be made: {detail}")
            notifier.trouble(name, "made", text)
    return Outputs(StatusFile(settings.agent, files), others, notifier=notifier, files=files, clock=clock, line=line)
