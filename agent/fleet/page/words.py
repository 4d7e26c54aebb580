"""Numbers, places, faults and people as the page names them; sentences about a fault are those of every other answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.contract.times import minute
from agent.diagnosis.causes import Owner
from agent.fleet.localise import wording
from agent.fleet.model.answer import Fault
from agent.present import times
from agent.present.history import named
from agent.present.page import Page
from agent.present.words import person
from probes.ground.bilingual import Bilingual

_VALUE, _STAMP, _NOTE, _SENTENCE = 44, 28, 130, 240  # columns
_NOBODY = Bilingual("负责人不明", "nobody known")
_UNIT = "\N{NO-BREAK SPACE}%"


def count(number: int) -> str:
    return f"{number:,}"


def change(now: int, before: int) -> str:
    """Signed."""
    return f"{now - before:+,}".replace("-", "−") if now != before else "±0"


def percent(part: int, of: int) -> str:
    """Of nothing: a dash. Neither all nor nothing is claimed where that is not so."""
    if not of:
        return "–"
    return f"0{_UNIT}" if not part else f"100{_UNIT}" if part == of else percent_of(part / of)


def percent_of(share: float) -> str:
    return _figure(share) + _UNIT


def between(low: float, high: float) -> str:
    return f"{_figure(low)}–{_figure(high)}{_UNIT}"


def attribute(name: str, page: Page) -> str:
    return page.shorten(page.words(wording.attribute(name)), _VALUE)


def value(text: str, page: Page, columns: int = _VALUE) -> str:
    return page.shorten(text, columns)


def place(where: Mapping[str, str], page: Page) -> str:
    return page.shorten(page.words(wording.place(where)), _SENTENCE)


def likeliest(fault: Fault) -> dict[str, str]:
    return fault.where[0] if fault.where else {}


def rates(fault: Fault, page: Page) -> str:
    """How many of those there, and how many of the others: what makes it a fault of that place."""
    return page.shorten(_unbroken(page.words(wording.rates(fault))), _SENTENCE) if fault.where else count(fault.failing)


def elsewhere(fault: Fault, page: Page) -> str:
    return _unbroken(page.words(wording.share(fault.elsewhere_failing, fault.elsewhere_of)))


def called(fault: Fault, page: Page) -> str:
    """By its most frequent cause."""
    return page.shorten(page.words(wording.title(fault)), _VALUE)


def cause(code: str, page: Page) -> str:
    return page.shorten(named(code, page), _VALUE)


def owner(name: str, page: Page) -> str:
    return page.shorten(page.words(person(Owner(name)) if name else _NOBODY), _VALUE)


def acting(fault: Fault, page: Page) -> str:
    """Who, and which of them, where the place says."""
    return page.shorten(f"{owner(fault.owner, page)} {wording.whom(fault)}".rstrip(), _VALUE)


def note(text: str, page: Page) -> str:
    return page.shorten(text, _NOTE)


def moment(stamp: str, page: Page) -> str:
    """Local, to the minute, with its offset: for somebody elsewhere."""
    found = times.parse(stamp)
    try:
        return page.shorten(stamp, _STAMP) if found is None else minute(found.timestamp())
    except (OverflowError, OSError, ValueError):
        return page.shorten(stamp, _STAMP)


def joined(items: Sequence[str], page: Page) -> str:
    return page.say("、", ", ").join(items)


def _unbroken(text: str) -> str:
    """No line begins with the unit."""
    return text.replace(" %", _UNIT)


def _figure(share: float) -> str:
    value = share * 100
    if value < 0.01:
        return "<0.01" if value > 0 else "0"
    for limit, digits in ((0.995, 2), (9.95, 1), (99.5, 0)):
        if value < limit:
            return f"{value:.{digits}f}".removesuffix(".0")
    return f"{min(value, 99.9):.1f}" if value < 100 else "100"
