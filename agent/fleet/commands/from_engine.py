"""The answer of a fleet whose rows an engine holds (`--from`)."""

from __future__ import annotations

from agent.commands.failure import CommandFailed
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.sources import moment_of
from agent.fleet.engines.answer import answered
from agent.fleet.engines.query import EngineFailed
from agent.fleet.engines.source import engine_of
from agent.fleet.model.answer import Answer
from agent.fleet.reading.freshness import Reporting
from agent.fleet.settings.load import load
from probes.ground.clock import Clock


def answer_from(asked: Asked, named: str, clock: Clock | None = None) -> Answer:
    """Raises `WrongOption`, `CommandFailed` or `SettingsError`."""
    moment, silence = moment_of(asked, clock or Clock()), load(asked.text("--config")).settings.silence
    reporting = Reporting(every_s=silence.every_s, cellular_s=silence.cellular_every_s)
    try:
        return answered(engine_of(named), int(moment.now), reporting).answer
    except EngineFailed as failed:
        raise CommandFailed(failed.text.zh, failed.text.en) from None
