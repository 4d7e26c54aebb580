"""Healthy counter-examples of a fault: who is well in the same place, what they have that the failing ones have not, and who is well beside
it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from agent.fleet.model.attributes import ATTRIBUTES
from agent.fleet.page import words
from agent.fleet.page.view import View, at, fails, numbers
from agent.present.page import Page

_SHOWN = 3
_APART = 0.5  # by how much more frequent something is among the well ones than among the failing ones, to be told
_FEWEST = 3
_LIKELY = 4  # values of an attribute that are looked at
_NAME = 32


class Apart(Struct, frozen=True, kw_only=True):
    """What the well ones have: shares of them, and of the failing ones."""

    name: str
    value: str
    share: float
    failing: float


class Healthy(Struct, frozen=True, kw_only=True):
    """`where`: the place, for those who are `inside` it; else beside it: of `count` terminals so many are `failing` in the same way.
    `some`: rows of the `well` ones."""

    where: dict[str, str]
    inside: bool
    well: int
    count: int
    failing: int
    some: list[int]
    apart: Apart | None = None


class Example(Struct, frozen=True, kw_only=True):
    """`said`: who they are, with numbers, and some of them; `apart`: what they have that the failing ones have not."""

    said: str
    apart: str = ""


def healthy(number: int, view: View) -> list[Healthy]:
    """Beside the fault with this number."""
    victims, where = view.victims[number], words.likeliest(view.answer.faults[number])
    if not victims or not where:
        return []
    failing = fails(view.answer.faults[number], view.table, view.standing)
    there = at(where, view.table)
    found = []
    for beside in ({}, *_besides(where, view)):
        around = at(beside, view.table) & ~there if beside else there
        rows = [int(row) for row in np.flatnonzero(around & view.healthy)]
        if rows:
            found.append(
                Healthy(
                    where=beside or where,
                    inside=not beside,
                    well=len(rows),
                    count=int(around.sum()),
                    failing=int((around & failing).sum()),
                    some=spread(rows),
                    apart=None if beside else _apart(rows, victims, where, view),
                )
            )
    return found


def in_words(found: Healthy, view: View, page: Page) -> Example:
    place, such = words.place(found.where, page), words.joined(named(found.some, view, page), page)
    apart = _apart_in_words(found.apart, page) if found.apart else ""
    if found.inside:
        many = words.count(found.well)
        said = page.say(f"同在一处、完全正常的有 {many} 台，例如 {such}", f"In the same place {many} are well, such as {such}")
        return Example(said=said, apart=apart)
    many, share = words.count(found.count), words.percent(found.failing, found.count)
    said = page.say(
        f"{place}，但不在故障处：{many} 台里 {share} 有这个故障；正常的例如 {such}",
        f"{place[:1].upper()}{place[1:]}, but not in that place: {share} of {many} have it; well are, for example, {such}",
    )
    return Example(said=said)


def named(rows: Sequence[int], view: View, page: Page) -> list[str]:
    """Terminals by their ids, each with its shop."""
    found = []
    for row in rows:
        store, name = words.value(view.label("store", row), page, _NAME), words.value(view.table.ids[row], page, _NAME)
        found.append(page.say(f"{name}（{store}）", f"{name} ({store})") if store else name)
    return found


def spread(rows: Sequence[int], most: int = _SHOWN) -> list[int]:
    """Some, from the whole length."""
    return list(rows[:: max(1, len(rows) // most)][:most])


def _besides(where: Mapping[str, str], view: View) -> list[dict[str, str]]:
    """Of a pair each part; of a single place the most frequent other one of its kind."""
    if len(where) > 1:
        return [{name: text} for name, text in where.items()]
    name, text = next(iter(where.items()))
    column = view.table.attributes.get(name)
    if column is None:
        return []
    others = ((code, many) for code, many in Counter(column.codes).most_common(3) if code and column.values[code] != text)
    return [{name: column.values[code]} for code, _ in others][:1]


def _apart(well: Sequence[int], failing: Sequence[int], where: Mapping[str, str], view: View) -> Apart | None:
    """The value of another attribute that sets them apart most."""
    if len(well) < _FEWEST:
        return None
    best: Apart | None = None
    for name in sorted(view.table.attributes, key=lambda name: (name not in ATTRIBUTES, name)):
        if name in where or name == "store":
            continue
        column = view.table.attributes[name]
        of_well, of_failing = (np.bincount(numbers(column.codes)[rows], minlength=len(column.values)) for rows in (well, failing))
        for code in np.argsort(-of_well, kind="stable")[:_LIKELY]:
            share, elsewhere = float(of_well[code]) / len(well), float(of_failing[code]) / len(failing)
            if code and share - elsewhere > max(_APART, best.share - best.failing if best else 0.0):
                best = Apart(name=name, value=column.values[code], share=share, failing=elsewhere)
    return best


def _apart_in_words(apart: Apart, page: Page) -> str:
    what, text = words.attribute(apart.name, page), words.value(apart.value, page)
    much, little = words.percent_of(apart.share), words.percent_of(apart.failing)
    return page.say(
        f"它们有 {much} 的{what}是 {text}，故障终端只有 {little}", f"{much} of these have {what} {text}, of the failing ones {little}"
    )
