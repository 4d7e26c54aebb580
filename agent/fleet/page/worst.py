"""Which shops, models and versions are worse than the rest. Pure.

A share has the exact interval of Clopper and Pearson (1934), so wide that all groups of a kind lie in theirs together at 95 % (Bonferroni):
of thousands of shops some are bad by chance, and those are not to stand out.
"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from agent.fleet.page import words
from agent.fleet.page.view import CANNOT, NO_FAULT, SILENT, View
from agent.present.page import Page
from agent.record.exact import CONFIDENCE, proportion

KINDS = ("store", "model", "version")
MOST = 6  # of a kind
_LOOKED_AT = 40  # of a kind, by a bound that costs little
_Z = 1.96
_FEWEST, _NAME = 2, 24


class Group(Struct, frozen=True, kw_only=True):
    """`low`, `high`: of the share, from 0 to 1. `stands_out`: its interval lies above the fleet's share. `fault`: the number of the fault
    that most of its failing terminals have, from 1; 0 for none."""

    name: str
    cannot: int
    of: int
    low: float
    high: float
    stands_out: bool
    fault: int = 0

    @property
    def share(self) -> float:
        return self.cannot / self.of


class Kind(Struct, frozen=True, kw_only=True):
    """`share`: of all of them together; `among`: how many groups there are."""

    name: str
    share: float
    among: int
    groups: tuple[Group, ...]

    @property
    def top(self) -> float:
        return max([self.share, *(group.high for group in self.groups)])


def kinds_of(view: View, page: Page) -> list[Kind]:
    return [kind for name in KINDS if (kind := _kind(name, view, page)) is not None]


def _kind(name: str, view: View, page: Page) -> Kind | None:
    """Without the terminals of faults that lie in a place of another kind: those explain nothing about shops, models or versions."""
    column = view.table.attributes.get(name)
    if column is None:
        return None
    elsewhere = {number for number, fault in enumerate(view.answer.faults) if not any(name in where for where in fault.where)}
    counted = Counter(zip(column.codes, view.standing, view.fault_of, strict=True))
    of: Counter[int] = Counter()
    cannot: Counter[int] = Counter()
    faults: dict[int, Counter[int]] = {}
    for (code, standing, fault), number in counted.items():
        if not code or standing == SILENT or fault in elsewhere:
            continue
        of[code] += number
        if standing == CANNOT:
            cannot[code] += number
            faults.setdefault(code, Counter())[fault] += number
    if len(of) < _FEWEST:
        return None
    share = cannot.total() / of.total()
    likely = sorted(cannot, key=lambda code: (-_bound(cannot[code], of[code]), code))[:_LOOKED_AT]
    groups = []
    for code in likely:
        text = column.values[code]
        theirs = Counter({fault: many for fault, many in faults[code].items() if _lies_there(fault, name, text, view)})
        groups.append(_group(words.value(text, page, _NAME), cannot[code], of[code], share, len(of), theirs))
    groups.sort(key=lambda each: (-each.low, -each.cannot, each.name))
    shown = groups if len(of) <= MOST else [each for each in groups if each.stands_out]
    return Kind(name=name, share=share, among=len(of), groups=tuple(shown[:MOST]))


def _lies_there(fault: int, name: str, text: str, view: View) -> bool:
    return fault != NO_FAULT and any(where.get(name) == text for where in view.answer.faults[fault].where)


def _group(name: str, cannot: int, of: int, share: float, among: int, faults: Counter[int]) -> Group:
    found = proportion(cannot, of, 1 - (1 - CONFIDENCE) / among)
    fault, most = faults.most_common(1)[0] if faults else (NO_FAULT, 0)
    number = fault + 1 if fault != NO_FAULT and most * 2 > cannot else 0
    return Group(name=name, cannot=cannot, of=of, low=found.low, high=found.high, stands_out=found.low > share, fault=number)


def _bound(cannot: int, of: int) -> float:
    """Wilson's lower bound (1927): only to choose whom to look at closely."""
    share, square = cannot / of, _Z * _Z
    half = _Z * (share * (1 - share) / of + square / (4 * of * of)) ** 0.5
    return float((share + square / (2 * of) - half) / (1 + square / of))
