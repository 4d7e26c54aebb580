"""What of a scan could not be read or believed, for a person: a line for each kind, with a few examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.fleet.reading.flaw_words import WORDS
from agent.fleet.reading.flaws import Flaw, Quality
from agent.fleet.reading.identity import Doubt
from agent.fleet.reading.scanned import Scanned
from agent.present.page import Page
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape

_EXAMPLES = 3
_SHOWN = 60  # characters of an example
DOUBTS: dict[Doubt, Bilingual] = {
    Doubt.SERIAL_NUMBERS: Bilingual("两个序列号", "two serial numbers"),
    Doubt.MACHINE_IDS: Bilingual("两台机器", "two machines"),
    Doubt.BOOT_IDS: Bilingual("启动标识来回变", "boot ids alternate"),
    Doubt.SEQUENCE: Bilingual("序号倒退", "its sequence falls"),
    Doubt.SEVERAL_IDS: Bilingual("一台机器多个标识", "one machine under several ids"),
}


def quality_lines(found: Scanned, page: Page) -> list[str]:
    """Nothing where all is well."""
    lines = [*flaw_lines(found.quality, page), *_clocks(found, page), *_identities(found, page), *_missing(found, page)]
    title = page.say("数据质量", "Data quality")
    return ["", page.paint(title, "bold"), *lines] if lines else []


def flaw_lines(quality: Quality, page: Page) -> Iterator[str]:
    for flaw in Flaw:
        count = quality.counts.get(flaw, 0)
        if count:
            yield from _line(page, count, WORDS[flaw], quality.examples.get(flaw, ()), count)


def _clocks(found: Scanned, page: Page) -> Iterator[str]:
    if found.ahead:
        words = Bilingual("终端的时钟比收到的时间快", "clock ahead of the receipt")
        yield from _line(page, len(found.ahead), words, [found.table.ids[number] for number in found.ahead[:_EXAMPLES]], len(found.ahead))


def _identities(found: Scanned, page: Page) -> Iterator[str]:
    if found.doubts:
        named = [f"{name} ({', '.join(page.words(DOUBTS[each]) for each in doubts)})" for name, doubts in found.doubts.items()]
        words = Bilingual("标识下不止一台机器（复制的系统？）", "id of more than one machine (a cloned system?)")
        yield from _line(page, len(named), words, named[:_EXAMPLES], len(named))
    if found.machines:
        named = [
            f"{machine[:12]}: {', '.join(ids[:_EXAMPLES])}{', …' if len(ids) > _EXAMPLES else ''}"
            for machine, ids in found.machines.items()
        ]
        words = Bilingual("台机器用了多个标识", "machine that reports under several ids")
        yield from _line(page, len(named), words, named[:_EXAMPLES], len(named))


def _missing(found: Scanned, page: Page) -> Iterator[str]:
    if found.never_reported:
        words = Bilingual("清单里的终端从未报到", "in the inventory, and never reported")
        yield from _line(page, len(found.never_reported), words, found.never_reported[:_EXAMPLES], len(found.never_reported))


def _line(page: Page, count: int, words: Bilingual, examples: Sequence[str], of: int) -> Iterator[str]:
    shown = [escape(each, _SHOWN) for each in examples[:_EXAMPLES]]
    named = page.say(f"（{'、'.join(shown)}{'…' if of > len(shown) else ''}）", f" ({', '.join(shown)}{', …' if of > len(shown) else ''})")
    yield from page.wrap(page.words(words) + (named if shown else ""), first=f"  {count:,}  ")
