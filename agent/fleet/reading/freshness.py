"""Who was heard of lately: by when what a terminal sent came in, never by its own clock, which says only how far that is off."""

from __future__ import annotations

from collections.abc import Container

from msgspec import Struct

from agent.fleet.model.answer import Totals
from agent.fleet.model.row import CAN_PAY, CANNOT_PAY
from agent.fleet.model.table import Table

AHEAD_S = 5  # of a clock, past the receipt
INTERVALS = 3  # of reporting, after which one that is past its `valid_until` counts as silent
REPORT_S, CELLULAR_S = 900, 3600  # between two reports as terminals send them by default, and on an uplink with a data budget


class Reporting(Struct, frozen=True, kw_only=True):
    """How often a terminal is heard of: what it sends, or how often its file is fetched. It is never expected more often than it writes."""

    every_s: int = REPORT_S
    cellular_s: int = CELLULAR_S


def silent(table: Table, now: int, reporting: Reporting) -> bytearray:
    """For each terminal, by number: 1 where it is past its `valid_until` (counted from the receipt) and three reporting intervals."""
    found = bytearray(len(table))
    uplinks = table.attributes.get("uplink")
    cellular = uplinks.known("cellular") if uplinks is not None else None
    codes = uplinks.codes if uplinks is not None and cellular is not None else None
    patience, longer = INTERVALS * reporting.every_s, INTERVALS * max(reporting.cellular_s, reporting.every_s)
    for number, (received, generated, until) in enumerate(zip(table.received, table.generated, table.valid_until, strict=True)):
        waited = now - received
        if waited > patience and waited > until - generated and (codes is None or codes[number] != cellular or waited > longer):
            found[number] = 1
    return found


def ahead(table: Table, now: int) -> list[int]:
    """Numbers of the terminals whose clock is more than 5 s ahead of the receipt, which itself is never later than now."""
    pairs = enumerate(zip(table.generated, table.received, strict=True))
    return [number for number, (generated, received) in pairs if generated > min(received, now) + AHEAD_S]


def totals(table: Table, quiet: bytearray, *, retired: Container[str] = ()) -> Totals:
    can = cannot = unknown = hushed = ended = 0
    for pays, is_silent, stopped in zip(table.can_pay, quiet, table.stopped, strict=True):
        if is_silent:
            hushed += 1
        elif stopped:
            unknown += 1
            ended += 1
        elif pays == CAN_PAY:
            can += 1
        elif pays == CANNOT_PAY:
            cannot += 1
        else:
            unknown += 1
    return Totals(terminals=len(table), can_pay=can, cannot_pay=cannot, unknown=unknown, silent=hushed, stopped=ended)
