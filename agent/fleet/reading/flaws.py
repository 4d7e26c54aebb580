"""What is wrong with what was read, by kind: counted, with a few examples, and never the end of a reading."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from probes.ground.text import escape

EXAMPLES = 5  # of each kind
_SHOWN = 160  # characters of an example


class Flaw(StrEnum):
    """Of a file, a line or a member of a bundle. Those of `UNREAD` gave no row."""

    TRUNCATED = "truncated"  # it ends in the middle
    DAMAGED = "damaged"  # no JSON
    TOO_LARGE = "too_large"
    FOREIGN = "foreign"  # JSON of somebody else
    UNFIT = "unfit"  # names our schema, and does not keep to it
    UNKNOWN_VERSION = "unknown_version"  # of a later version, and what is needed is not where it was
    NOT_PERMITTED = "not_permitted"
    NOT_A_FILE = "not_a_file"  # a pipe, a socket, a device
    DANGLING_LINK = "dangling_link"  # what it leads to is not here, as where a link was collected and not its file
    UNREADABLE = "unreadable"  # the system cannot read it
    BAD_ARCHIVE = "bad_archive"  # a bundle, or something compressed, that cannot be opened, or not to its end
    EMPTY = "empty"
    VANISHED = "vanished"  # while the tree was read
    NOTHING_THERE = "nothing_there"  # a source in which no document was found
    LATER_VERSION = "later_version"  # read as far as it is known
    OLDER = "older"  # of a terminal of which something newer was read
    LABELS_LEFT_OUT = "labels_left_out"  # more of them than a fleet is told apart by
    LINKED_DIRECTORY = "linked_directory"  # not gone into
    RETIRED = "retired"  # of a terminal that is gone: left out
    NOT_IN_INVENTORY = "not_in_inventory"
    NOT_AS_IN_INVENTORY = "not_as_in_inventory"  # another serial number or machine under its id
    RENAMED = "renamed"  # the earlier id of a machine that reports under another one now: left out
    INVENTORY_LINE = "inventory_line"  # something in it is wrong: what is right of it counts
    INVENTORY_TWICE = "inventory_twice"  # a terminal that an earlier line has: that one counts
    INVENTORY_COLUMN = "inventory_column"  # that is not known, or there twice
    STATE_DAMAGED = "state_damaged"  # what the scan before left could not be used: everything was read anew


UNREAD = frozenset(
    (
        Flaw.TRUNCATED,
        Flaw.DAMAGED,
        Flaw.TOO_LARGE,
        Flaw.FOREIGN,
        Flaw.UNFIT,
        Flaw.UNKNOWN_VERSION,
        Flaw.NOT_PERMITTED,
        Flaw.NOT_A_FILE,
        Flaw.DANGLING_LINK,
        Flaw.UNREADABLE,
        Flaw.BAD_ARCHIVE,
        Flaw.EMPTY,
    )
)


class Noted(Struct, array_like=True, frozen=True):
    """What was noted of a file, to be told again while that is as it was."""

    flaw: Flaw
    where: str
    times: int = 1


class Quality(Struct):
    """`counts` and `examples` (made safe to show) by kind of flaw. `file`: what is noted of the file that is being read."""

    counts: dict[Flaw, int] = {}
    examples: dict[Flaw, list[str]] = {}
    file: dict[Flaw, Noted] = {}

    def note(self, flaw: Flaw, where: str, times: int = 1) -> None:
        where = escape(where, _SHOWN)
        before = self.file.get(flaw)
        self.file[flaw] = Noted(flaw, where, times) if before is None else Noted(flaw, before.where, before.times + times)
        self.counts[flaw] = self.counts.get(flaw, 0) + times
        named = self.examples.setdefault(flaw, [])
        if len(named) < EXAMPLES:
            named.append(where)

    def copy(self) -> Quality:
        examples = {flaw: [*named] for flaw, named in self.examples.items()}
        return Quality(counts=dict(self.counts), examples=examples, file=dict(self.file))

    @property
    def unreadable(self) -> int:
        return sum(count for flaw, count in self.counts.items() if flaw in UNREAD)
