"""`posdiag fleet serve`: receives what terminals push, and shows what the fleet is like, until it is ended."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec.structs import replace

from agent.commands.failure import CommandFailed
from agent.fleet.commands.asked import Asked
from agent.fleet.serve import listening
from agent.fleet.serve.alone import alone
from agent.fleet.serve.server import Plan, run
from agent.fleet.serve.token_file import holders
from agent.fleet.serve.tokens import Holder, Tokens, digest_of
from agent.fleet.settings.load import DEFAULT_PATH, FleetLoaded, load
from agent.fleet.settings.model import FleetSettings
from agent.settings.problem import SettingsError
from agent.storage.atomic import trouble_of

STORE = "/var/lib/posdiag-fleet"


def command(asked: Asked) -> int:
    """Raises `CommandFailed` and `SettingsError`, and then nothing was begun."""
    loaded = load(asked.text("--config"))
    listen = asked.text("--listen")
    serve = replace(
        loaded.settings.serve,
        listen=loaded.settings.serve.listen if listen is None else listen,
        cert_file=asked.text("--cert") or loaded.settings.serve.cert_file,
        key_file=asked.text("--key") or ("" if asked.text("--cert") else loaded.settings.serve.key_file),
    )
    tokens = tokens_of(loaded.settings)
    if not tokens.writers:
        shown = loaded.path or DEFAULT_PATH
        raise CommandFailed(
            f"{shown} 里没有任何能上报的口令（[[token]]），谁也不能上报。先做一个：posdiag fleet token 名字 --ids 'T-*'",
            f"{shown} has no token that may push ([[token]]), so nobody could. Make one first: posdiag fleet token NAME --ids 'T-*'",
        )
    store = Path(asked.text("--store") or loaded.settings.store or STORE)
    tls = listening.tls(serve.cert_file, serve.key_file)
    with alone(store):
        plan = Plan(
            serve=serve,
            store=store,
            config=loaded.path or "",
            language=asked.language,
            socket=listening.listening(serve.listen),
            tls=tls,
            first=tokens,
            tokens=lambda: _again(asked),
            watched=tuple(Path(each) for each in (loaded.path, serve.tokens_file) if each),
            say=_say,
        )
        try:
            run(plan)
        except OSError as error:
            text = trouble_of(error, store).text
            raise CommandFailed(text.zh, text.en) from None
    return 0


def tokens_of(settings: FleetSettings) -> Tokens:
    """Raises `CommandFailed`."""
    own = (Holder(name=each.name, digest=digest_of(each.hash), ids=tuple(each.ids), reads=each.reads) for each in settings.token)
    more = holders(Path(settings.serve.tokens_file)) if settings.serve.tokens_file else ()
    return Tokens((*own, *more))


def _again(asked: Asked) -> Tokens:
    """Raises `CommandFailed`."""
    try:
        loaded: FleetLoaded = load(asked.text("--config"))
    except SettingsError as error:
        first = error.problems[0].sentence()
        raise CommandFailed(first, first) from None
    return tokens_of(loaded.settings)


def _say(line: str) -> None:
    print(f"posdiag fleet serve: {line}", file=sys.stderr, flush=True)
