"""What `posdiag watch` follows: one thing a row, from this terminal to the acquirers, with its state, its newest value and its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from agent.contract import fields
from agent.present import times
from agent.present.document import Document
from agent.present.page import Page
from agent.present.path import stages
from agent.present.sections import called, in_short
from agent.present.words import LINKS, OUTCOMES, seen_wrong, state_of, subject_of
from probes.model import Check, Facts, Kind, Layer, Outcome, kind_of
from probes.model.facts import AddressFacts, HttpCheckFacts, InternetFacts, LinkFacts, ReachFacts, RemoteFacts

NARROW = 60  # columns
_BESIDE = (Layer.SERIAL, Layer.APP)
_WRONG = (Outcome.FAIL, Outcome.WARN)
_MEASURED = (Kind.ROUTER, Kind.RESOLVER, Kind.GATEWAY)


class Watched(Struct, frozen=True, kw_only=True):
    """`key` stays the same from look to look, `stamp` is another with each new measurement. `ms`: what was measured, None for lost;
    `measures` is false where nothing is. `value`: in few characters; `why`: what is wrong, in words. `ids`: of the checks in it."""

    key: str
    name: str
    outcome: Outcome
    ids: tuple[str, ...]
    value: str = ""
    why: str = ""
    measures: bool = False
    ms: float | None = None
    stamp: str = ""

    @property
    def well(self) -> bool:
        return self.outcome is Outcome.PASS

    def state(self, page: Page) -> str:
        """In a line of changes."""
        return self.why or page.words(OUTCOMES[self.outcome])


def watched(document: Document, page: Page, before: Sequence[Watched] = ()) -> list[Watched]:
    """`before`: as it was found last. A router that nothing leads to any more keeps its place."""
    path = list(_path(document, page))
    if not any(kind_of(row.key) is Kind.ROUTER for row in path):
        gone = [replace(row, outcome=Outcome.SKIP, ids=(), value="", why="", measures=False) for row in before]
        after = sum(kind_of(row.key).layer in (Layer.LINK, Layer.ADDRESS) for row in path)
        path[after:after] = [row for row in gone if kind_of(row.key) is Kind.ROUTER]
    return [*path, *_beside(document, page), *_others(document, page)]


def _path(document: Document, page: Page) -> Iterator[Watched]:
    checks = document.checks
    way = {stage.check.id for stage in stages(document, page)[0] if stage.check is not None}
    addresses = {c.name: c.facts.addresses for c in checks if isinstance(c.facts, AddressFacts)}
    for check in (c for c in checks if isinstance(c.facts, LinkFacts)):
        facts = check.facts
        assert isinstance(facts, LinkFacts)
        if check.id in way or facts.used or facts.configured or not check.ok:
            own = next(iter(addresses.get(check.name, ())), "").partition("/")[0]
            yield _one(check, page, value=page.fit(own) if check.ok else "")
    yield from (_one(c, page) for c in checks if c.layer is Layer.ADDRESS and c.outcome in _WRONG)
    yield from (_measured(c, page) for c in checks if c.kind is Kind.ROUTER)
    yield from (_measured(c, page) for c in checks if c.kind in (Kind.RESOLVER, Kind.NO_RESOLVER))
    yield from _internet([c for c in checks if isinstance(c.facts, (ReachFacts, HttpCheckFacts))], page)
    yield from (_measured(c, page) for c in checks if c.kind is Kind.GATEWAY)


def _internet(checks: Sequence[Check[Facts]], page: Page) -> Iterator[Watched]:
    """One row for all of its hosts: any that answers shows that it is there."""
    tried = [c for c in checks if c.made or c.outcome is Outcome.UNKNOWN]
    expected = any(isinstance(c.facts, InternetFacts) and c.facts.expected is not False for c in checks)
    if not checks or not (expected or any(c.ok for c in tried)):
        return
    name = page.say("互联网", "internet")
    good = [c for c in tried if c.ok]
    if not tried:
        yield Watched(key="internet", name=name, outcome=Outcome.SKIP, ids=(checks[0].id,), why=state_of(checks[0], page))
        return
    failed = [c for c in tried if c.failed]
    fastest = min((ms for c in good if (ms := _ms(c)) is not None), default=None)
    why = "" if good else state_of(failed[0] if failed else tried[0], page)
    if good and failed:
        why = page.say(f"{len(tried)} 处中 {len(good)} 处有应答", f"{len(good)} of {len(tried)} answer")
    newest = max(c.observed_at for c in tried)
    yield Watched(
        key="internet",
        name=name,
        outcome=(Outcome.PASS if not failed else Outcome.WARN) if good else (Outcome.FAIL if failed else Outcome.UNKNOWN),
        ids=tuple(c.id for c in tried),
        value="" if fastest is None else _span(fastest, page),
        why=why,
        measures=fastest is not None or not good,
        ms=fastest,
        stamp=newest,
    )


def _measured(check: Check[Facts], page: Page) -> Watched:
    ms = _ms(check) if check.ok else None
    value = _span(ms, page) if ms is not None else ""
    lost = check.failed and check.kind in _MEASURED
    return _one(check, page, value=value, ms=ms, measures=ms is not None or lost)


def _one(check: Check[Facts], page: Page, *, value: str = "", ms: float | None = None, measures: bool = False) -> Watched:
    return Watched(
        key=check.id,
        name=_name(check, page),
        outcome=check.outcome,
        ids=(check.id,),
        value=value,
        why="" if check.outcome is Outcome.PASS else state_of(check, page),
        measures=measures,
        ms=ms,
        stamp=check.observed_at,
    )


def _name(check: Check[Facts], page: Page) -> str:
    """On a narrow page without the address."""
    facts = check.facts
    if check.kind is Kind.GATEWAY:
        return page.fit(check.name)
    if isinstance(facts, LinkFacts):
        return f"{page.words(LINKS.get(facts.interface_kind or '', Kind.LINK.called))} {page.fit(check.target)}"
    if page.width < NARROW and check.kind in (Kind.ROUTER, Kind.RESOLVER):
        return page.words(check.kind.called)
    if page.width < NARROW and check.layer in _BESIDE:
        return page.fit(called(check))
    return subject_of(check.id, page, called(check))


def _span(ms: float, page: Page) -> str:
    """To the tenth, where that is most of it."""
    if ms < 0.1:
        return page.say("<0.1 毫秒", "<0.1 ms")
    return page.say(f"{ms:.1f} 毫秒", f"{ms:.1f} ms") if ms < 10 else times.span(ms / 1000, page)


def _ms(check: Check[Facts]) -> float | None:
    """The round trip, or the time to connect, whichever the check has."""
    rtt = fields.rtt_ms(check.facts)
    return rtt if rtt is not None or not isinstance(check.facts, RemoteFacts) else check.facts.connect_ms


def _beside(document: Document, page: Page) -> Iterator[Watched]:
    for check in document.checks:
        if check.layer in _BESIDE and check.kind is not Kind.SERIAL_PRESENT:
            yield _one(check, page)


def _others(document: Document, page: Page) -> Iterator[Watched]:
    """Only where something is wrong: a disk, the clock, what a plug-in looks at."""
    for check in document.checks:
        usual = check.layer in (*_BESIDE, Layer.LINK, Layer.ADDRESS, Layer.ROUTER, Layer.GATEWAY)
        followed = check.kind in (Kind.RESOLVER, Kind.NO_RESOLVER) or isinstance(check.facts, (ReachFacts, HttpCheckFacts))
        if check.outcome in _WRONG and not usual and not followed:
            yield Watched(
                key=check.id,
                name=in_short(check, page).partition(page.say("：", ": "))[0],
                outcome=check.outcome,
                ids=(check.id,),
                why=page.words(seen_wrong(check)) or state_of(check, page),
                stamp=check.observed_at,
            )
