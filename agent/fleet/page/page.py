"""The page: one file, no script, nothing loaded. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace

from agent.fleet.model.answer import Answer, Fault
from agent.fleet.model.attributes import Family
from agent.fleet.model.table import Table
from agent.fleet.page import headline, message, onset, quality, victims, words
from agent.fleet.page.examples import Healthy, healthy, in_words, named, spread
from agent.fleet.page.grid import LEVELS, Grid, grid_of
from agent.fleet.page.view import View, view_of
from agent.fleet.page.worst import Group, Kind, kinds_of
from agent.papers.plots import key
from agent.papers.press import marked, pages_of, printed
from agent.papers.report_words import person
from agent.present import times
from agent.present.page import Page
from probes.ground.bilingual import Bilingual

TITLE = Bilingual("终端机群：今天哪里坏了", "The fleet: what is broken where")
FOLDER = ("config", "fleet", "page")
MOST_FAULTS, MOST_DETAILED, MOST_SINGLE, MOST_OVER = 40, 20, 12, 8
_LANGUAGES = ("zh", "en")
_FEW = 0.05  # share of those who fail: of fewer that cannot pay, all who fail are what counts
_SAMPLES = 5  # terminals that a message names


def page_of(
    answer: Answer,
    table: Table | None,
    previous: Answer | None,
    language: str,
    *,
    silent: bytearray | None = None,
    victims_of: Mapping[str, Sequence[int]] | None = None,
    never: Sequence[str] = (),
    renewed_s: int = 0,
    files: str | None = None,
    room: int = victims.ROOM,
) -> bytes:
    """UTF-8. Raises `NoPressError`.

    `table`: none where an engine holds the rows; the page then has what the answer says. `silent`: 1 for each terminal that is, as
    `scanned` tells. `victims_of`: rows by the id of a fault, as `located` tells; without, who is at its place and fails like it. `never`:
    ids of those that never reported. `renewed_s`: a browser reads it anew so often. `files`: the place, relative to the page, where the
    files of `files_of` lie, which it then links; without, it holds them itself, as far as `room` characters go.
    """
    ordered = in_order(answer)
    view = view_of(ordered, table, previous, silent, victims_of)

    def fields(page: Page) -> Mapping[str, Any]:
        renewed = times.span(renewed_s, page) if renewed_s else ""
        return {**_fields(view, page, files, room, never), "renewed": renewed}

    return printed("fleet.html", fields, (language,), TITLE, renewed_s=renewed_s, beside=FOLDER)


def in_order(answer: Answer) -> Answer:
    """Its faults by how many terminals cannot pay."""
    return replace(answer, faults=tuple(sorted(answer.faults, key=lambda each: (-each.cannot_pay, -each.failing, -each.score, each.id))))


def files_of(view: View) -> list[tuple[str, Sequence[int]]]:
    """The names of the files of victims, each with its terminals."""
    found = [(victims.file_name(fault.id), rows) for fault, rows in zip(view.answer.faults, view.victims, strict=True)]
    return [*found, ("silent.csv", quality.silent_alone(view))]


def _fields(view: View, page: Page, files: str | None, room: int, never: Sequence[str]) -> dict[str, Any]:
    answer, previous = view.answer, view.previous
    faults = answer.faults
    of = files_of(view)
    links = _links(of, view, files, room)
    top = max([1, *(_size(fault, page)[0] for fault in faults)])
    number_of = {fault.id: number for number, fault in enumerate(faults, 1)}
    rows = [_row(number, fault, top, view, number_of, page) for number, fault in enumerate(faults[:MOST_FAULTS], 1)]
    gone = headline.over(answer, page)
    single = sorted(answer.single.items(), key=lambda entry: (-entry[1], entry[0]))
    notices = sorted(answer.notices.items(), key=lambda entry: (-entry[1], entry[0]))
    grid = grid_of(view, page)
    return {
        **headline.fields_of(answer, faults, page),
        **quality.fields_of(view, page),
        "title": page.words(TITLE),
        "made": words.moment(answer.generated_at, page),
        "totals": headline.totals_of(answer, previous, page),
        "before": headline.before(answer, previous, page),
        "over": gone[:MOST_OVER],
        "over_left": max(0, len(gone) - MOST_OVER),
        "faults": rows,
        "faults_left": max(0, len(faults) - MOST_FAULTS),
        "left_stopped": words.count(sum(fault.cannot_pay for fault in faults[MOST_FAULTS:])),
        "details": [_detail(number, view, links[number], page) for number in range(min(len(faults), MOST_DETAILED))],
        "details_left": max(0, len(faults) - MOST_DETAILED),
        "marks": [
            (marked(key("stopped")), page.say("不能收款", "cannot pay")),
            (marked(key("impaired")), page.say("能收款、无法判断或没有消息", "can pay, not known, or silent")),
        ],
        "single": [(words.cause(code, page), person(code, page), words.count(count)) for code, count in single[:MOST_SINGLE]],
        "single_left": max(0, len(single) - MOST_SINGLE),
        "notices": [(words.cause(code, page), words.count(count)) for code, count in notices[:MOST_SINGLE]],
        "grid": grid,
        "levels": _levels(grid),
        "kinds": [_kind(kind, page) for kind in kinds_of(view, page)],
        "never": _shown(victims.of_ids("never_reported.csv", never)),
        "silent_link": _shown(links[len(faults)]),
    }


def _links(of: Sequence[tuple[str, Sequence[int]]], view: View, files: str | None, room: int) -> list[victims.Link | None]:
    if files is None:
        return victims.links(of, view, room)
    folder = quote(files, safe="/.-_~")
    return [victims.Link(href=folder + name, name=name, shown=len(rows), of=len(rows)) if rows else None for name, rows in of]


def _shown(link: victims.Link | None) -> dict[str, Any] | None:
    """Its address is longer than a text may be, and needs no escapes."""
    if link is None:
        return None
    return {
        "href": marked(link.href),
        "name": link.name,
        "shown": words.count(link.shown),
        "of": words.count(link.of),
        "whole": link.shown == link.of,
    }


def _row(number: int, fault: Fault, top: int, view: View, number_of: Mapping[str, int], page: Page) -> dict[str, Any]:
    size, unit, kind = _size(fault, page)
    return {
        "number": number,
        "size": words.count(size),
        "unit": unit,
        "kind": kind,
        "bar": max(1, round(100 * size / top)),
        "name": words.called(fault, page),
        "rates": words.rates(fault, page),
        "alike": [words.place(each, page) for each in fault.where[1:4]],
        "since": _since(fault, page),
        "owner": words.acting(fault, page),
        "step": words.note(page.words(fault.step), page) if fault.step is not None else "",
        "tags": _tags(fault, view, number_of, page),
    }


def _size(fault: Fault, page: Page) -> tuple[int, str, str]:
    """How many, what of them, and the class of the bar."""
    if fault.cannot_pay > _FEW * fault.failing:
        return fault.cannot_pay, page.say("不能收款", "cannot pay"), "stops"
    if fault.family == Family.SILENCE:
        return fault.failing, page.say("没有消息", "silent"), "other"
    some = words.count(fault.cannot_pay)
    if fault.cannot_pay:
        return fault.failing, page.say(f"受影响，{some} 台不能收款", f"affected, {some} cannot pay"), "other"
    return fault.failing, page.say("受影响，能收款", "affected, can pay"), "other"


def _tags(fault: Fault, view: View, number_of: Mapping[str, int], page: Page) -> list[tuple[str, str]]:
    """Each with the class that it is shown in."""
    at, compared = (
        view.answer.generated_at,
        "" if view.previous is None else words.value(times.brief(view.previous.generated_at, page), page),
    )
    before = None if view.previous is None else {each.id: each for each in view.previous.faults}
    found = []
    if fault.first_told is not None and fault.first_told == at:
        found.append(("new", page.say("新：上次查看时还没有", "new since the last look")))
    was = before.get(fault.id) if before is not None else None
    if was is not None and was.failing != fault.failing:
        then = words.count(was.failing)
        found.append(("", page.say(f"{compared} 时 {then} 台", f"{then} at {compared}")))
    elif before is not None and was is None and not found:
        found.append(("new", page.say(f"{compared} 时还没有", f"not there at {compared}")))
    if fault.growing:
        found.append(("new", page.say("还在增加", "growing")))
    if fault.remnant_of is not None:
        number = number_of.get(fault.remnant_of)
        of = f"#{number}" if number else words.value(fault.remnant_of, page)
        found.append(("", page.say(f"多半是 {of} 的残余", f"probably a remnant of {of}")))
    if fault.perhaps:
        many = words.count(fault.perhaps)
        found.append(("", page.say(f"另有 {many} 台没有说明在哪里，可能也是", f"{many} more that do not say where they are may be of it")))
    if fault.together_with is not None:
        number = number_of.get(fault.together_with)
        of = f"#{number}" if number else words.value(fault.together_with, page)
        found.append(("", page.say(f"和 {of} 同时开始，可能同一个原因", f"began with {of}: perhaps one reason")))
    if fault.masked:
        many = words.count(fault.masked)
        found.append(("", page.say(f"那里另有 {many} 台判断不了", f"{many} more there cannot be judged")))
    if fault.acknowledged is not None:
        end = fault.acknowledged_until
        until = page.say(f"（到 {words.moment(end, page)}）", f" (until {words.moment(end, page)})") if end is not None else ""
        note = page.say("：", ": ") + words.note(fault.acknowledged, page) if fault.acknowledged else ""
        found.append(("", page.say("已有人处理", "taken on") + until + note))
    return found


def _since(fault: Fault, page: Page) -> str:
    if fault.since is None:
        return ""
    first, half = (words.value(times.brief(each, page), page) for each in (fault.since.first, fault.since.median))
    if first == half:
        return first
    same_day = first.split(" ")[0] == half.split(" ")[0]
    half = half.split(" ")[-1] if same_day else half
    return first + page.say(f"（一半在 {half} 前）", f" (half by {half})")


def _detail(number: int, view: View, link: victims.Link | None, page: Page) -> dict[str, Any]:
    fault, rows = view.answer.faults[number], view.victims[number]
    silent = fault.family == Family.SILENCE
    found = healthy(number, view)
    return {
        "number": number + 1,
        "id": words.value(fault.id, page),
        "name": words.called(fault, page),
        "rates": words.rates(fault, page),
        "owner": words.acting(fault, page),
        "step": page.words(fault.step) if fault.step is not None else "",
        "causes": [
            (words.cause(code, page), words.count(count)) for code, count in sorted(fault.causes.items(), key=lambda e: (-e[1], e[0]))[:8]
        ],
        "onset": marked(onset.picture(rows, view, page, silent=silent)),
        "examples": [in_words(each, view, page) for each in found],
        "messages": [(each.language, _message(number, found, view, each)) for each in pages_of(_LANGUAGES)],
        "link": _shown(link),
    }


def _message(number: int, found: Sequence[Healthy], view: View, page: Page) -> list[str]:
    """In one of both languages, whichever the page is in."""
    inside = next((each.some for each in found if each.inside), [])
    affected = spread(view.victims[number], _SAMPLES)
    return message.message(view.answer.faults[number], named(affected, view, page), named(inside, view, page), page)


def _levels(grid: Grid | None) -> list[tuple[int, str]]:
    """What the darkness of a cell says."""
    if grid is None:
        return []
    limits = [words.percent_of(each) for each in LEVELS]
    return [(0, f"< {limits[0]}"), *((level, f"≥ {limit}") for level, limit in enumerate(limits, 1))]


def _kind(kind: Kind, page: Page) -> dict[str, Any]:
    return {
        "name": words.attribute(kind.name, page),
        "code": kind.name,
        "share": words.percent_of(kind.share),
        "failing": kind.share > 0,
        "among": words.count(kind.among),
        "groups": [_group(group, kind.top) for group in kind.groups],
        "any": any(group.stands_out for group in kind.groups),
        "mean": round(100 * kind.share / kind.top, 1) if kind.top else 0,
    }


def _group(group: Group, top: float) -> dict[str, Any]:
    return {
        "name": group.name,
        "counts": f"{words.count(group.cannot)} / {words.count(group.of)}",
        "share": words.percent(group.cannot, group.of),
        "interval": words.between(group.low, group.high),
        "low": round(100 * group.low / top, 1),
        "wide": round(max(0.5, 100 * (group.high - group.low) / top), 1),
        "at": round(100 * group.share / top, 1),
        "out": group.stands_out,
        "fault": group.fault,
    }
