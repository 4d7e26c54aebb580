"""`posdiag history`: what the record tells of this terminal, for a person or a program; with an id one incident as a timeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from agent.commands.context import one_terminal, page_for
from agent.commands.failure import CommandFailed, no_incident
from agent.commands.look_back import look_back
from agent.commands.request import Request
from agent.contract.event import WatchedEvent
from agent.contract.history import History, PastIncident
from agent.diagnosis.causes import Category, Cause
from agent.present import output
from agent.present.page import Page
from agent.record.incidents import Lived, is_called
from agent.record.past import Past
from probes.ground.text import escape

_SHOWN = 60  # characters of a word that is not understood


def history(request: Request) -> int:
    loaded = one_terminal(request)
    folder = Path(loaded.settings.agent.state_dir)
    back = look_back(loaded, request.since, request.until, _wanted(request.cause) if request.cause else None)
    found, told, lived = back.found, back.told, back.lived
    page = page_for(request, loaded)
    if request.what is not None:
        one = _one(lived, request.what)
        chain = [each.told for each in lived if each.told.chain == one.told.chain]
        _show(replace(told, incidents=(one.told,)), request, lambda: _timeline(one, chain, told, found, page))
        return 0
    if not found.there:
        _show(told, request, lambda: _nothing(folder, page))
        return 0
    everything = request.since is not None or request.until is not None or request.cause is not None
    _show(told, request, lambda: _report(told, page, everything=everything))
    return 0


def _wanted(asked: str) -> Callable[[str], bool]:
    """A code, its last part, or a category, as `posdiag explain` takes them. One that nobody knows may be of another version."""
    word = asked.strip().lower().replace("-", "_").replace(" ", "_")
    if word in list(Category):
        return lambda code: code.partition(".")[0] == word
    full = next((each.value for each in Cause if word in (each.value, each.value.partition(".")[2])), word)
    if "." not in full:
        shown = escape(asked, _SHOWN)
        raise CommandFailed(
            f"没有“{shown}”这个原因代码。全部代码：posdiag explain", f"There is no cause “{shown}”. All codes: posdiag explain"
        )
    return lambda code: code == full


def _one(lived: list[Lived], name: str) -> Lived:
    found = next((each for each in reversed(lived) if is_called(each.told, name)), None)
    if found is None:
        raise no_incident(name)
    return found


def _show(told: History, request: Request, lines: Callable[[], list[str]]) -> None:
    if request.form == "json":
        import msgspec

        output.say_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")
    elif request.form == "csv":
        from agent.present.history_csv import incidents

        output.say_bytes(incidents(told).encode("utf-8", "backslashreplace"))
    else:
        output.say(lines())


def _report(told: History, page: Page, *, everything: bool) -> list[str]:
    from agent.present.history import render

    return render(told, page, everything=everything)


def _timeline(one: Lived, chain: list[PastIncident], told: History, found: Past, page: Page) -> list[str]:
    from agent.present.history import notes
    from agent.present.timeline import timeline

    incident: PastIncident = one.told
    meanwhile = [each for each in found.events if each.sequence >= one.first and (one.last is None or each.sequence <= one.last)]
    if not incident.recurred:
        meanwhile += [each for each in found.events if isinstance(each, WatchedEvent) and each.incident == incident.chain]
    return [*timeline(incident, meanwhile, page, chain), *notes(told, page)]


def _nothing(folder: Path, page: Page) -> list[str]:
    where = page.fit(str(folder))
    return page.wrap(
        page.say(
            f"还没有记录：{where} 里没有 history.ndjson。posdiag 服务运行后开始记录。",
            f"Nothing is recorded yet: there is no history.ndjson in {where}. The record begins when the posdiag service runs.",
        )
    )
