"""`posdiag run`: the daemon in the foreground, or one cycle of it."""

from __future__ import annotations

from msgspec.structs import replace

from agent.commands.context import configuration
from agent.commands.options import Request
from agent.settings.load import Loaded
from agent.settings.model import Language


def run(request: Request) -> int:
    from agent.daemon import thrift

    thrift.begin()
    loaded = configuration(request)
    if request.language is not None:
        loaded = _speaking(loaded, Language(request.language))

    from agent.daemon.service import run as serve

    return serve(loaded, once=request.once, timeout_s=request.timeout_s)


def _speaking(loaded: Loaded, language: Language) -> Loaded:
    settings = loaded.settings
    return replace(loaded, settings=replace(settings, terminal=replace(settings.terminal, language=language)))
