"""The picture of `posdiag watch`: the verdict in words, since when, what changed last, and the path below it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.document import Status
from agent.present import times
from agent.present.document import Document
from agent.present.live_screen import Cell, Row
from agent.present.page import Page
from agent.present.path import COLOURS, MARKS
from agent.present.recent import Recent
from agent.present.sparkline import sparkline
from agent.present.verdicts import ANSWERS
from agent.present.watch_rows import NARROW, Watched
from agent.present.words import OUTCOMES
from probes.model import Outcome

_OLD_S = 15.0  # an age below that is not worth a column
_OVER_S = 300.0  # of a sparkline
_STEP_S = 10.0  # in which ages are told: each change of them is sent over a line that may be slow
_MOST_CAUSES = 3
_HIGH = 24  # rows, from which on several causes are told
_WIDEST_VALUE = 12


class Told(Struct, frozen=True, kw_only=True):
    """`since`: of the verdict; `clock`: now; both as people read them. `again`: the path is being looked at after a change, and the verdict
    is the one before it. `remark`: on how it is looked. `changes`: the newest first, each with its time."""

    status: Status | None
    rows: tuple[Watched, ...] = ()
    ages: Mapping[str, float] = {}
    since: str = ""
    clock: str = ""
    again: bool = False
    remark: str = ""
    changes: tuple[str, ...] = ()
    now_s: float = 0.0


def board(told: Told, recent: Recent, page: Page, columns: int, rows: int) -> list[Row]:
    """As many rows as there is room for; what is wrong is the last to be left out."""
    sheet = replace(page, width=max(1, columns - 1))
    head = _head(told, sheet, rows)[: max(1, rows // 2)]
    foot = _text([page.say("Ctrl-C 结束", "Ctrl-C ends")], "faint")
    path = _path(told, recent, sheet, max(1, rows - len(head) - len(foot) - 1))
    room = rows - len(head) - len(path) - len(foot) - 2
    changes = _changes(told, sheet, room - 1) if room > 1 else []
    body = [*head, (), *path, *([(), *changes] if changes else [])]
    return [*body[: max(1, rows - len(foot))], *foot][:rows]


def _head(told: Told, page: Page, rows: int) -> list[Row]:
    status = told.status
    name = page.fit(status.terminal.id) if status else ""
    title = page.shorten(f"posdiag watch  {name}", page.width - 10)
    lines: list[Row] = [(Cell(0, told.clock, 9), Cell(9, title, 0))]
    if status is None:
        return [*lines, *_text(page.wrap(told.remark or page.say("正在检查…", "Looking…")), "")]
    answer = ANSWERS[status.can_pay]
    words = page.words(answer.clause)
    words = words[0].upper() + words[1:]
    lines += _text(page.wrap(words + _since(told, page)), answer.colour)
    causes = [cause for cause in Document(status).status.causes if cause.severity != "notice"]
    shown = causes[: _MOST_CAUSES if rows >= _HIGH else 1]
    more = len(causes) - len(shown)
    for cause in shown:
        last = page.say(f"（另有 {more} 项）", f" (and {more} more)") if more and cause is shown[-1] else ""
        lines += _text(page.wrap(page.words(cause.summary) + last, first="  "), "")
    return [*lines, *_text(page.wrap(told.remark), "faint")] if told.remark else lines


def _since(told: Told, page: Page) -> str:
    since = page.say(f"，自 {told.since} 起", f", since {told.since}") if told.since else ""
    return since + (page.say("；有变化，正在再查", "; something changed, looking again") if told.again else "")


def _changes(told: Told, page: Page, room: int) -> list[Row]:
    lines: list[Row] = []
    for change in told.changes:
        more = _text(page.wrap(change, rest="  "), "")
        if len(lines) + len(more) > room:
            break
        lines += more
    return [_text([page.say("最近的变化", "Changes")], "bold")[0], *lines] if lines else []


def _path(told: Told, recent: Recent, page: Page, room: int) -> list[Row]:
    marks = {outcome: page.fit(mark) for outcome, mark in MARKS.items()}
    mark = max(map(page.measure, marks.values())) + 1
    narrow = page.width < NARROW
    value = min(max((page.measure(row.value) for row in told.rows if row.measures), default=0) + 1, _WIDEST_VALUE)
    age = 6 if narrow else 8
    name = min(max((page.measure(row.name) for row in told.rows), default=0) + 1, (page.width - mark) * 2 // 5)
    spark = page.width - mark - name - value - age
    whole: list[tuple[Watched, list[Row]]] = []
    for row in told.rows:
        at = mark + name
        cells = [Cell(0, marks[row.outcome], mark, COLOURS[row.outcome]), Cell(mark, row.name, name)]
        if row.outcome is Outcome.SKIP:
            cells.append(Cell(at, page.words(OUTCOMES[row.outcome]), value + spark, "faint"))
        elif row.measures and spark > 0:
            values = recent.row(row.key, told.now_s, spark - 1, _OVER_S)
            cells += [Cell(at, row.value, value), Cell(at + value, sparkline(values, page), spark)]
        else:
            cells.append(Cell(at, row.value, value + spark))
        cells.append(Cell(at + value + spark, _age(row, told.ages, page), 0, "faint"))
        lines: list[Row] = [tuple(cells)]
        if row.why and row.outcome is not Outcome.SKIP:
            lines += _text(page.wrap(row.why, first=" " * mark + "  "), COLOURS[row.outcome])
        whole.append((row, lines))
    return _fitting(whole, room, page)


def _fitting(whole: Sequence[tuple[Watched, list[Row]]], room: int, page: Page) -> list[Row]:
    """First the words of what is not wrong itself go, then rows that are well, from the last; how many is said."""
    if sum(len(lines) for _, lines in whole) > room:
        whole = [(row, lines if row.outcome in (Outcome.FAIL, Outcome.WARN) else lines[:1]) for row, lines in whole]
    if sum(len(lines) for _, lines in whole) <= room:
        return [line for _, lines in whole for line in lines]
    kept = list(whole)
    left = 0
    for only_well in (True, False):
        for each in list(reversed(kept)):
            if sum(len(lines) for _, lines in kept) + 1 <= room:
                break
            if each[0].well or not only_well:
                kept.remove(each)
                left += 1
    said = page.say(f"另有 {left} 项，窗口太小显示不下", f"and {left} more, for which there is no room")
    return [*(line for _, lines in kept for line in lines), *_text([page.shorten(said, page.width)], "faint")]


def _age(row: Watched, ages: Mapping[str, float], page: Page) -> str:
    age = min((ages[each] for each in row.ids if each in ages), default=0.0)
    if age < _OLD_S:
        return ""
    return times.span(age if age >= 120 else age // _STEP_S * _STEP_S, page)


def _text(lines: Sequence[str], colour: str) -> list[Row]:
    return [(Cell(0, line, 0, colour),) for line in lines]
