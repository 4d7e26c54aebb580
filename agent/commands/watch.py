"""`posdiag watch`: the path live, redrawn in place until Ctrl-C; where there is no terminal, a line for each change."""

from __future__ import annotations

import select
import sys
from collections.abc import Sequence
from typing import TextIO

from msgspec.structs import replace

from agent import process_exit
from agent.commands.context import configuration, page_for
from agent.commands.request import Request
from agent.commands.watching import Sight, Story, Watcher
from agent.contract.times import utc
from agent.diagnosis.model import State
from agent.present import output, times
from agent.present.document import Document
from agent.present.live import terminal_among
from agent.present.live_screen import Gone, LiveScreen
from agent.present.page import NARROWEST, WIDEST, Page
from agent.present.recent import Recent
from agent.present.watch_board import Told, board
from agent.present.watch_rows import Watched, watched
from probes.ground.clock import Clock
from probes.ground.moments import here, nearest

_PAINTED_EVERY_S = 1.0


def watch(request: Request) -> int:
    """0, however it is ended."""
    loaded = configuration(request)
    page = page_for(request, loaded)
    if loaded.settings.plugin:
        output.keep_stdout()
    stream = output.stdout()
    if stream is None:
        return 0
    clock = Clock()
    watcher = Watcher(loaded, clock)
    screen = terminal_among(stream)
    try:
        if screen is None:
            with process_exit.LastWords(lambda: None, ends=0):
                watcher.begin()
                _by_line(stream, watcher, clock, page, until_ok=request.until_ok)
        else:
            _in_place(screen, watcher, clock, page, until_ok=request.until_ok)
    except (Gone, BrokenPipeError):  # nobody reads it any more
        output.silence(stream)
    return 0


def _in_place(screen: TextIO, watcher: Watcher, clock: Clock, page: Page, *, until_ok: bool) -> None:
    story, recent = Story(page, clock.wall), Recent()
    with LiveScreen(screen, sys.stdin) as picture, process_exit.LastWords(picture.wipe, ends=0):
        watcher.begin()
        rows: list[Watched] = []
        while True:
            sight = watcher.sight
            columns, lines = picture.size()
            sheet = replace(page, width=min(max(columns - 1, NARROWEST), WIDEST))
            rows = _rows(sight, sheet, rows)
            story.take(sight, rows)
            _measure(recent, rows, sight.at_s)
            told = _told(sight, rows, story, clock, sheet)
            picture.show(board(told, recent, sheet, columns, lines), sheet)
            if (until_ok and _all_well(sight)) or picture.wait(_PAINTED_EVERY_S):
                return


def _by_line(stream: TextIO, watcher: Watcher, clock: Clock, page: Page, *, until_ok: bool) -> None:
    story = Story(page, clock.wall)
    gone = select.poll()
    gone.register(stream.fileno(), 0)
    trouble = ""
    while True:
        sight = watcher.sight
        found = story.take(sight, _rows(sight, page))
        said = page.words(sight.trouble) if sight.trouble is not None else ""
        if said and not trouble:
            found.append(said)
        trouble = said
        try:
            for each in found:
                stream.write(f"{times.local(utc(clock.wall()), page)} {each}\n")
            stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:  # a full disk
            output.silence(stream)
            raise output.CannotWrite(error) from error
        if until_ok and _all_well(sight):
            return
        if gone.poll(0):
            raise BrokenPipeError
        watcher.wait(2 * _PAINTED_EVERY_S)


def _rows(sight: Sight, page: Page, before: Sequence[Watched] = ()) -> list[Watched]:
    return watched(Document(sight.status), page, before) if sight.status is not None else []


def _moment(stamp: str, clock: Clock, page: Page) -> str:
    """Without the day, where that is today."""
    day = times.moment(stamp, page)
    return times.of_day(stamp, page) if day[:5] == times.moment(utc(clock.wall()), page)[:5] else day


def _measure(recent: Recent, rows: list[Watched], at_s: float) -> None:
    for row in rows:
        if row.measures:
            recent.add(row.key, row.stamp, row.ms, at_s)
    recent.forget({row.key for row in rows})


def _all_well(sight: Sight) -> bool:
    live = sight.live
    return live is not None and sight.trouble is None and live.settled and live.diagnosis.state is State.OK


def _told(sight: Sight, rows: list[Watched], story: Story, clock: Clock, page: Page) -> Told:
    live = sight.live
    remarks = []
    if sight.trouble is not None:
        remarks.append(page.words(sight.trouble))
    if live is not None and live.service is None:
        remarks.append(page.say("posdiag 服务没有运行", "the posdiag service does not run"))
    if live is not None and live.metered:
        remarks.append(page.say("按流量计费，少发数据", "this line is paid for by the byte: few packets are sent"))
    return Told(
        status=sight.status if story.begun else None,
        rows=tuple(rows),
        ages=sight.ages,
        since=_moment(story.since, clock, page) if story.since else "",
        clock=f"{here(nearest(clock.wall())):%H:%M:%S}",
        again=live is not None and not live.settled,
        remark=page.say("；", "; ").join(remarks),
        changes=story.told(),
        now_s=clock.running(),
    )
