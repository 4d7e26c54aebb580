"""`posdiag explain`: a cause's code, a category, or a response code as the terminal's screen shows it."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches

from agent.commands.context import page_for
from agent.commands.options import Request
from agent.diagnosis.causes import Category, Cause
from agent.present import explain as present
from agent.present import output
from agent.present.page import Page
from agent.remedy.catalogue import all_entries, entry, response_codes

SUGGESTIONS = 4
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
    return present.response_lines(shown, codes[shown], page) if shown in codes else None


def _nothing(asked: str, page: Page) -> list[str]:
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
