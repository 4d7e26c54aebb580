"""`posdiag fleet ack`: somebody has taken a fault on; with a note for everybody else, and an end."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from agent.commands.failure import CommandFailed, WrongOption
from agent.contract.times import local, parse
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.stored import fault_of, last_answer, memory_of, no_such, settings_of
from agent.fleet.survey.memory import Acknowledged
from agent.present import output
from agent.storage.atomic import StoreError
from probes.ground.clock import Clock
from probes.ground.text import escape

_LONGEST = 400  # characters of a note


def command(asked: Asked, clock: Clock | None = None) -> int:
    now = (clock or Clock()).wall()
    note, until = asked.text("--note"), _until(asked.text("--until"), now)
    if note is not None and len(note) > _LONGEST:
        raise WrongOption(f"--note 最多 {_LONGEST} 个字符", f"--note takes at most {_LONGEST} characters")
    memory = memory_of(asked, settings_of(asked))
    try:
        with memory.alone():
            answer = last_answer(memory)
            fault = fault_of(answer, asked.words[0])
            if fault is None:
                raise no_such(asked.words[0], answer)
            known = {each.id for each in answer.faults}
            taken = {name: each for name, each in memory.acknowledged().items() if name in known}
            noted = _noted(taken.get(fault.id), note, until, int(now))
            taken[fault.id] = noted
            memory.keep_acknowledged(taken)
    except StoreError as failed:
        raise CommandFailed(failed.text.zh, failed.text.en) from None
    page = asked.page()
    end = page.say("到它结束为止", "until it ends")
    if noted.until:
        end = page.say(f"到 {local(noted.until)} 为止", f"until {local(noted.until)}")
    said = page.say("：", ": ") + escape(noted.note) if noted.note else ""
    output.say(page.wrap(page.say(f"已记下，{fault.id} 有人处理，{end}{said}", f"{fault.id} is taken on {end}{said}")))
    return 0


def _noted(before: Acknowledged | None, note: str | None, until: int, now: int) -> Acknowledged:
    """What is not said anew stays as it was, while it lasts; an empty note takes the earlier one away."""
    stands = before is not None and (not before.until or before.until > now)
    earlier = before if before is not None and stands else Acknowledged(at=now)
    return Acknowledged(at=now, note=earlier.note if note is None else note, until=until or earlier.until)


def _until(given: str | None, now: float) -> int:
    """A time with its zone, or a day or a time of this machine's. Raises `WrongOption`."""
    if given is None:
        return 0
    moment = parse(given)
    if moment is None:
        try:
            if "T" in given or ":" in given:
                moment = datetime.fromisoformat(given).astimezone().timestamp()
            else:  # a day counts to its end
                moment = datetime.combine(date.fromisoformat(given) + timedelta(days=1), time.min).astimezone().timestamp()
        except (ValueError, OverflowError, OSError):
            moment = None
    shown = escape(given, 60)
    if moment is None:
        raise WrongOption(
            f"--until 后面要写日期或时间，如 2027-01-31 或 2027-01-31T18:00，不能是“{shown}”",
            f"--until needs a day or a time, as in 2027-01-31 or 2027-01-31T18:00, not “{shown}”",
        )
    if moment <= now:
        raise WrongOption(f"--until 的时间已经过去：{shown}", f"--until is over already: {shown}")
    return int(moment)
