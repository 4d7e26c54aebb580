"""`posdiag explain`: a cause's code, a category, a response code as the terminal's screen shows it, a short code that was read out by
telephone, or a word to search for in names, summaries and steps."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches

from agent.commands.context import page_for
from agent.commands.request import Request
from agent.contract import short_code
from agent.contract.short_code import Told
from agent.diagnosis.causes import Category, Cause
from agent.present import explain as present
from agent.present import output
from agent.present.page import Page
from agent.remedy.catalogue import all_entries, entry, response_codes
from agent.settings.named import names_of

SUGGESTIONS = 4
_READS_AS_RESPONSE_CODE = re.compile(r"\d{1,2}|[A-Za-z]\d", re.ASCII)  # two places, as a terminal's screen shows them
_LONGEST = 80  # characters of what is asked for; past it nothing is near


def explain(request: Request) -> int:
    page = page_for(request)
    asked = (request.what or "").strip()
    if not asked:
        output.say(present.list_lines(all_entries(), response_codes(), page))
        return 0
    lines = _explained(asked, page)
    if lines is None:
        output.complain(_nothing(asked, page_for(request, errors=True)))
        return 3
    output.say(lines)
    return 0


def _explained(asked: str, page: Page) -> list[str] | None:
    asked = unicodedata.normalize("NFKC", asked)  # full-width digits, as Chinese keyboards type them
    word = _as_code(asked)
    found = [cause for cause in Cause if word in (cause.value, _short(cause))]
    if found:
        lines: list[str] = []
        for cause in found:
            lines += [*([""] if lines else []), *present.cause_lines(entry(cause), page)]
        return lines
    if word in list(Category):
        return present.list_lines([each for each in all_entries() if each.code.category.value == word], {}, page)
    codes = response_codes()
    shown = asked.upper().zfill(2)
    if shown in codes:
        return present.response_lines(shown, codes[shown], page)
    return _short_code(asked, page) or (None if _READS_AS_RESPONSE_CODE.fullmatch(asked) else _search(asked, page))


def _short_code(asked: str, page: Page) -> list[str] | None:
    """None for what is no short code, or was heard wrongly."""
    try:
        told = short_code.read(asked)
    except short_code.NotACode:
        return None
    cause = next((each for each in Cause if each.value == told.cause), None)
    if cause is None:
        text = page.say("这个短码来自更新的版本，请先升级 posdiag。", "This short code is of a later version: upgrade posdiag first.")
        return page.wrap(text)
    return [*present.short_code_lines(told, _configured(told), page), "", *present.cause_lines(entry(cause), page)]


def _configured(told: Told) -> str:
    """What stands at that place in the configuration here; empty where nothing does. Another terminal may be configured otherwise."""
    from agent.settings.load import SettingsError, load

    if told.kind is None or not told.place:
        return ""
    try:
        settings = load(None).settings
    except SettingsError:
        return ""
    names = names_of(settings, told.kind.layer)
    return names[told.place - 1] if told.place <= len(names) else ""


def _search(asked: str, page: Page) -> list[str] | None:
    """Causes that hold all the words: in their names first, then in their sentences and steps."""
    words = asked.casefold().split()
    if not words or len(asked) > _LONGEST:
        return None
    in_names, elsewhere = [], []
    for each in all_entries():
        name = f"{each.name.zh} {each.name.en} {each.code.value}".casefold()
        told = " ".join(t for step in each.steps for t in (step.zh, step.en))
        everything = f"{name} {each.summary.zh} {each.summary.en} {each.recognised.zh} {each.recognised.en} {told}".casefold()
        if all(word in name for word in words):
            in_names.append(each)
        elif all(word in everything for word in words):
            elsewhere.append(each)
    found = [*in_names, *elsewhere]
    return present.list_lines(found, {}, page) if found else None


def _nothing(asked: str, page: Page) -> list[str]:
    if _READS_AS_RESPONSE_CODE.fullmatch(unicodedata.normalize("NFKC", asked)):
        return page.wrap(
            page.say(
                f"应答码 {asked} 不在这里的表里：打给收单机构，报这个代码和屏幕上的文字。全部代码：posdiag explain",
                f"The response code {asked} is not in the table here: call the acquirer with it and the words on the screen. "
                "All codes: posdiag explain",
            )
        )
    lines = page.wrap(page.say(f"没有“{asked[:_LONGEST]}”这个代码。", f"There is no code “{asked[:_LONGEST]}”."))
    if near := _near(_as_code(asked[:_LONGEST])):
        lines += page.wrap(page.say("是不是：", "Did you mean: ") + page.say("、", ", ").join(near))
    return [*lines, *page.wrap(page.say("全部代码：posdiag explain", "All codes: posdiag explain"))]


def _near(word: str) -> list[str]:
    """Codes that are written much alike, or that hold the word, the nearest first."""
    by_name = {name: cause.value for cause in Cause for name in (cause.value, _short(cause))}
    alike = [by_name[name] for name in get_close_matches(word, list(by_name), n=SUGGESTIONS, cutoff=0.7)]
    last = word.rsplit(".", 1)[-1]
    alike += [by_name[name] for name in get_close_matches(last, list(by_name), n=SUGGESTIONS, cutoff=0.7)]
    holding = [cause.value for cause in Cause if len(last) >= 3 and last in cause.value]
    return list(dict.fromkeys([*alike, *holding]))[:SUGGESTIONS]


def _as_code(asked: str) -> str:
    return asked.lower().replace("-", "_").replace(" ", "_")


def _short(cause: Cause) -> str:
    return cause.value.split(".", 1)[1]
