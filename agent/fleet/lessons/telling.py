"""The lessons for people: what helps how often, where it is otherwise, and what of the histories taught nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent.diagnosis.causes import Cause
from agent.fleet.lessons.making import Learnt, Taught
from agent.fleet.localise import wording
from agent.present.explain import general
from agent.present.page import Page
from agent.remedy.catalogue import CatalogueError, entry, name_of
from probes.ground.bilingual import Bilingual

_STEPS = 6  # of a cause


def lines(taught: Taught, page: Page) -> list[str]:
    made = list(_head(taught, page))
    for learnt in taught.learnt:
        if learnt.tallies:
            made += ["", *_learnt(learnt, page)]
    return made


def _head(taught: Taught, page: Page) -> Iterator[str]:
    yield from page.wrap(
        page.say(
            f"{taught.terminals} 台终端的 {taught.cases} 次故障，其中 {taught.left_out} 次属于 {len(taught.together)} 个共同故障，没有计入",
            f"{taught.cases:,} incidents of {taught.terminals:,} terminals; {taught.left_out:,} of them belong to {len(taught.together):,} "
            "shared faults and were left out",
        )
    )
    if taught.cut:
        yield from page.wrap(
            page.say(
                f"文件最大 256 KiB，放不下的 {taught.cut} 组没有写入",
                f"{taught.cut:,} groups were left out, for no more than 256 KiB",
            )
        )


def _learnt(learnt: Learnt, page: Page) -> Iterator[str]:
    name = page.words(name_of(Cause.of(learnt.cause)))
    where = page.words(wording.place(learnt.where)) if learnt.where else ""
    yield page.paint(page.fit(f"{name}{f' ({where})' if where else ''}  {learnt.cause}"), "bold")
    counts = learnt.counts
    yield from page.wrap(
        page.say(
            f"{learnt.terminals} 台终端，{counts.cases + counts.itself} 次；自行恢复 {counts.itself} 次，不知怎样结束 {counts.unknown} 次",
            f"{learnt.terminals:,} terminals, {counts.cases + counts.itself:,} incidents; {counts.itself:,} ended by themselves, of "
            f"{counts.unknown:,} nobody knows how they ended",
        ),
        first="  ",
    )
    texts = _texts(learnt.cause)
    helped = sorted(learnt.tallies.items(), key=lambda each: (-each[1].helped, each[0]))
    for step, tally in helped[:_STEPS]:
        if tally.helped:
            text = general(texts[step], page) if step in texts else step
            yield from page.wrap(
                page.say(f"{tally.tried} 次中 {tally.helped} 次：{text}", f"{tally.helped:,} of {tally.tried:,}: {text}"), first="  "
            )


def _texts(code: str) -> Mapping[str, Bilingual]:
    """Of the catalogue: nobody's router in particular."""
    try:
        return {step.id: Bilingual(step.zh, step.en) for step in entry(Cause.of(code)).steps}
    except (KeyError, CatalogueError):
        return {}
