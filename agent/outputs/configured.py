"""What `[[output]]` asks for. Of the kinds that send, only those are loaded that are configured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agent.outputs.seam import Context, Output
from agent.settings.model import Settings
from agent.settings.output_settings import OutputKind, OutputSettings


def make(settings: Settings, context: Context) -> Sequence[Output]:
    return [_made(each, settings, context) for each in settings.output]


def _made(output: OutputSettings, settings: Settings, context: Context) -> Output:
    if output.kind is OutputKind.FILE:
        from agent.outputs.file_output import FileOutput

        return FileOutput(output, context)
    from agent.outputs.carrier import Carrier
    from agent.outputs.mailbox import Mailbox
    from agent.outputs.push import Push

    carrier: Carrier
    if output.kind is OutputKind.HTTPS:
        from agent.outputs.https import Https

        carrier = Https(output, settings.network.proxy, context.line, context.clock)
    else:
        from agent.outputs.mqtt import Mqtt

        carrier = Mqtt(output, context.line, context.clock)
    mailbox = Mailbox(Path(settings.agent.state_dir), output, context.files)
    return Push(output, carrier, mailbox, context)
