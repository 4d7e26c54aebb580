"""`posdiag drill staff`: a made-up fault with this shop's names, what to do first, and how it went. It sends nothing, writes no status, and
notes nothing but the result."""

from __future__ import annotations

import os
from pathlib import Path

from agent.commands.context import configuration, page_for
from agent.commands.failure import CommandFailed
from agent.commands.noting import note
from agent.commands.request import Request
from agent.commands.telling import word
from agent.contract.experience import Experience
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay
from agent.guide.choice import chosen, has_keys
from agent.present import output
from agent.present.page import Page
from agent.present.practised import answer, framed, prompt, question
from agent.readiness.practice import Practice, practice, to_practise
from agent.record.recount import recount
from agent.remedy.here import look_around
from agent.remedy.possible import possible
from agent.settings.load import Loaded
from agent.storage.identity import boot_id
from agent.storage.places import places
from probes.ground.clock import Clock
from probes.ground.text import escape
from probes.ground.whole_number import whole_number

PASSED, FAILED, COULD_NOT = 0, 2, 3
_SHOWN = 60
_LINES = 24


def staff(request: Request) -> int:
    loaded = configuration(request)
    page, clock = page_for(request, loaded), Clock()
    _refuse_in_earnest(loaded, clock)
    drill = _made(request.words[1:], loaded, clock)
    keys = has_keys()
    output.say(question(drill, page, _height(), keys=keys))

    def unclear() -> None:
        output.say(framed(page.wrap(prompt(len(drill.choices), page, keys=False)), page))

    found = chosen(len(drill.choices), keys=keys, unclear=unclear, encoding=page.encoding)
    if found is None:
        output.say(page.wrap(page.say("演练没有做完，什么都没有记下。", "The drill was left; nothing is noted.")))
        return COULD_NOT
    output.say(["", *answer(drill, found, page)])
    _note(drill, found, loaded, page)
    return PASSED if found == drill.right else FAILED


def _refuse_in_earnest(loaded: Loaded, clock: Clock) -> None:
    """While there is a real one, nobody is shown a made-up one."""
    reading = places(loaded.settings.agent).shown(clock.wall(), boot_id())
    if reading.status is not None and not reading.stale and reading.status.can_pay is CanPay.NO:
        raise CommandFailed(
            "现在真的不能收款，不做演练。排除故障：posdiag guide",
            "This terminal really cannot take payments now, so there is no drill. To mend it: posdiag guide",
        )


def _made(words: tuple[str, ...], loaded: Loaded, clock: Clock) -> Practice:
    from agent.commands.runbook import machine

    wanted = _cause(words[0]) if words else None
    cases = possible(loaded.settings, machine(loaded, clock))
    here = look_around(loaded.settings, writes_log=True)
    made = practice(cases, wanted, loaded.settings, here, _experience(loaded), clock.wall())
    if made is not None:
        return made
    able = ", ".join(case.cause.value for case in to_practise(cases))
    if wanted is None:
        raise CommandFailed("这台终端没有可以演练的故障", "This terminal has no fault to practise")
    raise CommandFailed(
        f"这台终端遇不到 {wanted.value}，演练别的：{able}", f"This terminal cannot meet {wanted.value}; practise another one: {able}"
    )


def _cause(text: str) -> Cause:
    from difflib import get_close_matches

    codes = {each.value: each for each in Cause}
    asked = text.strip().lower()
    if asked in codes:
        return codes[asked]
    last = {code.rsplit(".", 1)[-1]: code for code in codes}
    near = get_close_matches(asked.rsplit(".", 1)[-1], list(last), n=1, cutoff=0.6)
    shown = escape(text, _SHOWN)
    hint = (f"；是不是 {last[near[0]]}？", f"; did you mean {last[near[0]]}?") if near else ("", "")
    raise CommandFailed(
        f"没有原因代码“{shown}”{hint[0]}（全部代码：posdiag explain）",
        f"There is no cause “{shown}”{hint[1]} (all of them: posdiag explain)",
    )


def _experience(loaded: Loaded) -> Experience:
    try:
        steps, traces = recount(Path(loaded.settings.agent.state_dir)).tallies()
    except OSError:
        return Experience()
    return Experience(here=steps, traces=traces)


def _height() -> int:
    told = whole_number(os.environ.get("LINES", "")) or 0
    stream = output.stdout()
    try:
        return told or (os.get_terminal_size(stream.fileno()).lines if stream is not None else 0) or _LINES
    except (OSError, ValueError):
        return _LINES


def _note(drill: Practice, found: int, loaded: Loaded, page: Page) -> None:
    """One that cannot be noted has taken place all the same."""
    picked = drill.choices[found]
    result = "passed" if found == drill.right else "failed"
    text = f"chose {picked.step.id}" if result == "passed" else f"chose {picked.step.id} of {picked.cause.value}, not {drill.steps[0].id}"
    told = word("drill", drill="staff", result=result, subject=drill.cause.value, text=text)
    note(told, loaded, page)
