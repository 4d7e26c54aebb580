"""How the terminals of a region, of a provider, … are: few groups, whatever the terminals say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from agent.fleet.model.row import CANNOT_PAY
from agent.fleet.model.table import Table

BY = ("region", "isp")
MOST = 50  # values of an attribute, the most frequent; the rest is one group
REST, NOT_KNOWN = "(rest)", "(unknown)"


class Group(Struct, frozen=True, kw_only=True):
    """`cannot_pay`: of those that are heard."""

    attribute: str
    value: str
    terminals: int
    cannot_pay: int
    silent: int


def groups(table: Table, silent: Sequence[int], by: Sequence[str] = BY) -> tuple[Group, ...]:
    """`silent`: for each terminal of the table, whether it is. An attribute that no terminal has makes no group."""
    return tuple(group for attribute in by if attribute in table.attributes for group in _of(attribute, table, silent))


def _of(attribute: str, table: Table, silent: Sequence[int]) -> Iterator[Group]:
    column = table.attributes[attribute]
    whole = Counter(column.codes)
    named = {code for code, _ in sorted(whole.items(), key=lambda each: (-each[1], column.values[each[0]]))[:MOST]}
    quiet = Counter(code for code, is_silent in zip(column.codes, silent, strict=True) if is_silent)
    stopped = Counter(
        code
        for code, can_pay, is_silent in zip(column.codes, table.can_pay, silent, strict=True)
        if can_pay == CANNOT_PAY and not is_silent
    )
    for name, codes in (
        *((column.values[code] or NOT_KNOWN, [code]) for code in sorted(named, key=lambda code: column.values[code])),
        (REST, [code for code in whole if code not in named]),
    ):
        if codes:
            yield Group(
                attribute=attribute,
                value=name,
                terminals=sum(whole[code] for code in codes),
                cannot_pay=sum(stopped[code] for code in codes),
                silent=sum(quiet[code] for code in codes),
            )
