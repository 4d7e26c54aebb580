"""The fleet's page: what it says first, that its numbers are those of the answer, and that no text gets out of its place."""

from __future__ import annotations

import base64
import csv
import html
import io
import re
import urllib.parse
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from agent.fleet.localise import wording
from agent.fleet.model.answer import Answer, Totals
from agent.fleet.model.attributes import Family
from agent.fleet.page.page import MOST_DETAILED, MOST_FAULTS, page_of
from agent.papers.plain import text_of
from tests.fleet.made.fleet import made
from tests.pages.fleet_page import keeps_to_itself
from tests.pages.fleets import Fleet, everything_broken, everything_silent, fleet_of, hostile, large, many, nothing, page, small
from tests.pages.hostile import TEXTS
from tests.support.browser import browser, colours_in, complaints, pages_in

LANGUAGES = ("zh", "en")
STYLE = Path(__file__).parents[3] / "config/fleet/page/style.css"


FLEETS: dict[str, Callable[[], Fleet]] = {
    "large": large,
    "small": small,
    "broken": everything_broken,
    "silent": everything_silent,
    "many": many,
    "nothing": nothing,
}


@cache
def shown(fleet: str, language: str = "en") -> str:
    return page(FLEETS[fleet](), (language,)).decode()


def said(text: str) -> str:
    """As people read it, on one line."""
    return re.sub(r"\s+", " ", text_of(text.encode()).decode().replace("\xa0", " "))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fleet", FLEETS)
def test_every_fleet_has_a_valid_page_that_loads_and_runs_nothing(fleet: str, language: str) -> None:
    keeps_to_itself(shown(fleet, language).encode())


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_gets_out_of_its_place_or_becomes_a_formula(text: str) -> None:
    made_of_it = page(hostile(TEXTS[text]), ("en",))
    keeps_to_itself(made_of_it)
    addresses = re.findall(r'href="data:text/csv;charset=utf-8([^"]*)"', made_of_it.decode())
    assert len(addresses) >= 3
    for address in addresses:
        coding, _, data = address.partition(",")
        table = (base64.b64decode(data) if coding else urllib.parse.unquote_to_bytes(data)).decode().removeprefix("\ufeff")
        rows = list(csv.reader(io.StringIO(table)))
        assert rows[0] in (["id"], ["id", "store", "since"]) and len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_first_lines_say_what_is_broken_one_fault_or_many_and_who_has_to_act() -> None:
    text, answer = said(shown("large")), large().answer
    stopped, silent = sum(each.cannot_pay for each in answer.faults), sum(f.failing for f in answer.faults if f.family == Family.SILENCE)
    assert len(answer.faults) == 6 and silent
    assert f"6 faults: {stopped:,} of 100,000 terminals cannot pay, {silent:,} are silent" in text
    first = answer.faults[0]
    assert f"(provider isp-c, region region-01), {round(100 * first.cannot_pay / answer.totals.cannot_pay)} % of those" in text
    assert re.search(r"To act: internet provider isp-c #1 \([\d,]+ cannot pay\) acquirer \S+ #2 .* internet provider \S+ #6", text)


def test_faults_stand_by_how_many_cannot_pay_each_with_its_rates_owner_step_and_onset() -> None:
    text, faults = said(shown("large")), large().answer.faults
    assert [each.cannot_pay for each in faults] == sorted((each.cannot_pay for each in faults), reverse=True)
    places = [text.index(f"{each.failing:,} of {each.of:,} on") for each in faults]
    assert places == sorted(places)
    assert "4,332 of 4,753 on provider isp-c, region region-01; elsewhere" in text
    for fault in faults:
        assert wording.rates(fault).en in text and fault.step is not None
        assert f"→ {fault.step.en[:100]}" in text
    assert "internet provider isp-c · since 09-21 11:37 (half by 11:39) →" in text
    assert "cannot be told apart from: host address 198.51.3.10" in text


def test_against_the_day_before_it_says_what_is_new_what_has_grown_and_what_is_over() -> None:
    text, fleet = said(shown("large")), large()
    assert fleet.previous is not None
    assert f"{fleet.answer.totals.cannot_pay:,} +950 cannot pay" in text and "against 2026-09-20 14:13 UTC (24 h ago)" in text
    assert text.count("new since the last look") == 1, "the first fault alone was not there"
    assert f"{fleet.previous.faults[0].failing:,} at 09-20 14:13" in text
    assert "Over within 24 hours - host certificate expired · 812 of 3,300 on host pay5.example.com" in text
    assert "until 09-21 10:13" in text
    alone = said(page(replace(fleet, previous=None), ("en",)).decode())
    assert "at 09-20" not in alone and "against" not in alone and "new since the last look" in alone
    older = replace(fleet.answer.faults[0], first_told="2026-09-21T09:00:00.000Z")
    today = replace(fleet, answer=replace(fleet.answer, faults=(older, *fleet.answer.faults[1:])))
    assert said(page(today, ("en",)).decode()).count("not there at 09-20 14:13") == 1


def test_a_fault_is_the_same_size_in_the_list_the_detail_the_message_and_the_table_of_its_terminals() -> None:
    text, fleet = shown("large"), large()
    for fault in fleet.answer.faults:
        assert len(fleet.victims[fault.id]) == fault.failing
        assert f'download="{fault.id}.csv">{fault.id}.csv</a> ({fault.failing:,} terminals)' in text
    words = said(text)
    assert "Of 4,753 payment terminals (provider isp-c, region region-01), 4,332 have this fault: internet down. Elsewhere: " in words
    assert "运营商 isp-c、地区 region-01 的 4,753 台收款终端里有 4,332 台出现“外网中断”" in words, "the message in both languages"


def test_the_message_asks_its_owner_for_what_that_one_can_do() -> None:
    words = said(shown("large"))
    assert "Please check these lines, and tell us the cause and when it will be over." in words
    assert "Please check that host and the way to it" in words
    assert "go back to what was before" in words
    for fault in large().answer.faults:
        assert fault.step is not None
        told = 2 if fault.owner == "technician" else 1  # in the detail; in the message for whoever does it
        assert words.count(f"First step: {fault.step.en}") == told, fault.owner


def test_where_everybody_fell_silent_nobody_is_asked_to_undo_a_change() -> None:
    fleet = everything_silent()
    assert any(each.family == Family.SILENCE and each.where[0] == {} for each in fleet.answer.faults)
    words = said(page(fleet, ("en",)).decode())
    assert "Look at the collecting side first" in words and "look for what was changed" not in words


def test_counter_examples_are_well_and_say_what_sets_them_apart() -> None:
    fleet = large()
    words = said(shown("large"))
    inside = re.search(r"In the same place (\d+) are well, such as (T-\d+) ", words)
    assert inside
    row = fleet.table.number_of[inside[2]]
    assert fleet.table.states[row] == 0 and row not in fleet.victims[fleet.answer.faults[0].id]
    where = fleet.answer.faults[0].where[0]
    assert all(fleet.table.attributes[name][row] == value for name, value in where.items())
    beside = re.search(r"Provider isp-c, but not in that place: ([\d.]+) % of ([\d,]+) have it; well are, for example, (T-\d+)", words)
    assert beside and float(beside[1]) < 3
    assert fleet.table.attributes["region"][fleet.table.number_of[beside[3]]] != "region-01"


def test_what_spares_the_well_ones_is_named() -> None:
    found = made(4000, 11, faults=0, noise=0.0, silent=0.0)
    table = found.table
    isp, version = table.attributes["isp"], table.attributes["version"]  # by which no line is told apart
    for row in range(len(table)):
        if isp[row] == "isp-b" and version[row] != "1.4.1":
            table.causes.put(row, "network.internet_down")
            table.states[row], table.can_pay[row], table.since[row] = 2, 0, found.now - 3000
    assert re.search(r"100 % of these have version 1.4.1, of the failing ones 0 %", said(page(fleet_of(found), ("en",)).decode()))


def test_regions_and_providers_have_a_number_beside_the_colour() -> None:
    text = shown("large")
    cells = re.findall(r'<td class="l(\d)[^"]*" title="([\d,]+) terminals, ([\d,]+) cannot pay, ([\d,]+) silent">([^<]*)', text)
    assert len(cells) > 100
    for level, of, cannot, silent, share in cells:
        bad, every = int(cannot.replace(",", "")) + int(silent.replace(",", "")), int(of.replace(",", ""))
        assert every < 10 or share.startswith("<") or abs(float(share.split("%")[0]) - 100 * bad / every) < 0.6
        assert bad < 3 or int(level) == sum(bad / every >= limit for limit in (0.01, 0.03, 0.1, 0.3))
    total = large().answer.totals
    whole = f'title="{total.terminals:,} terminals, {total.cannot_pay:,} cannot pay, {total.silent:,} silent"'
    assert text.count(whole) == 1, "the corner is of all of them"
    assert re.search(r'<th>region-01</th><td class="l4" title="[^"]+">8\d% <small>#1</small>', text)


def test_the_version_of_a_fault_stands_out_and_shops_do_not_by_chance() -> None:
    text = said(shown("large"))
    assert "▲ 1.5.0 #4" in text and "▲ POS-200 #4" in text
    assert not re.search("▲ (1.4|1.3|1.2|S-)", text), "no other version, and no shop"
    assert re.search(r"Of [\d,]+, none is worse than all together \(0\.\d+ %\) by more than chance explains", text)


def test_a_shop_that_is_no_fault_of_many_stands_out_with_its_interval() -> None:
    found = made(4000, 11, faults=0, noise=0.01, silent=0.0)
    stores, causes = found.table.attributes["store"], ("operator.cable_unplugged", "system.payment_app_down", "network.internet_down")
    shop, _ = Counter(stores[row] for row in range(len(found.table))).most_common(1)[0]
    there = [row for row in range(len(found.table)) if stores[row] == shop]
    for row in there:
        found.table.causes.put(row, causes[row % 3])
        found.table.states[row], found.table.can_pay[row] = 2, 0
    fleet = fleet_of(found)
    text = said(page(replace(fleet, answer=replace(fleet.answer, faults=()), victims={}), ("en",)).decode())
    assert re.search(rf"▲ {shop} {len(there)} / {len(there)} 100 % \d+–100 %", text) and text.count("▲ S-") == 1


def test_only_the_largest_faults_have_details_and_the_rest_is_counted() -> None:
    text, faults = shown("many"), many().answer.faults
    assert len(faults) > MOST_FAULTS
    assert text.count('<div class="fault">') == MOST_FAULTS and text.count('<section class="detail"') == MOST_DETAILED
    left = sum(fault.cannot_pay for fault in faults[MOST_FAULTS:])
    assert f"And {len(faults) - MOST_FAULTS} smaller faults, in which {left:,} terminals cannot pay" in said(text)


@pytest.mark.parametrize(
    ("fleet", "light", "first"),
    [
        ("small", "red", "One fault: 10 of 24 terminals cannot pay It is one fault: internet down (provider isp-c)"),
        ("broken", "red", "One fault: 1,889 of 2,000 terminals cannot pay It is one fault: internet down (the whole fleet)"),
        ("silent", "yellow", "2,000 terminals are silent: look at the collecting side first"),
        ("nothing", "yellow", "No terminal was read"),
    ],
)
def test_the_light_and_the_first_line(fleet: str, light: str, first: str) -> None:
    assert f'class="light answer {light}"' in shown(fleet)
    assert first in said(shown(fleet))


def test_a_quiet_fleet_is_green_and_says_so() -> None:
    text = page(fleet_of(made(3000, 8, faults=0)), ("en",)).decode()
    assert 'class="light answer green"' in text and "No shared fault" in text


def test_where_an_engine_holds_the_rows_the_answer_alone_makes_a_page() -> None:
    text = page_of(large().answer, None, None, "en")
    assert complaints(text) == ""
    assert "4,332 of 4,753 on provider isp-c" in said(text.decode()) and b"download=" not in text


def test_without_the_members_of_a_fault_they_are_those_who_fail_like_it_at_its_place() -> None:
    fleet = large()
    text = page_of(fleet.answer, fleet.table, None, "en", silent=fleet.silent).decode()
    first = fleet.answer.faults[0]
    assert f"{first.id}.csv</a> ({first.failing:,} terminals)" in text


def test_moments_that_cannot_be_are_shown_as_they_stand() -> None:
    fleet = small()
    fault = fleet.answer.faults[0]
    assert fault.since is not None
    odd = replace(fault, since=replace(fault.since, first="9999-99-99", median="<b>soon</b>", last=""), owner="somebody else")
    text = page(replace(fleet, answer=replace(fleet.answer, faults=(odd,), generated_at="yesterday")), ("en",)).decode()
    assert complaints(text.encode()) == "" and "<b>soon" not in text and "9999-99-99" in text and "somebody else" in text


def test_it_is_read_anew_only_where_that_is_asked_for() -> None:
    answer = Answer(generated_at="2026-09-21T14:13:20.000Z", totals=Totals(terminals=0, can_pay=0, cannot_pay=0, unknown=0, silent=0))
    assert b'http-equiv="refresh"' not in page_of(answer, None, None, "zh")
    renewed = page_of(answer, None, None, "en", renewed_s=60)
    assert b'http-equiv="refresh" content="60"' in renewed and "reads itself anew every 60 s" in said(renewed.decode())


def test_a_fleet_manager_sees_it_whole_on_the_screen_and_on_paper(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(shown("large", "zh"))
    with browser() as window:
        window.open(file, 1280, 900)
        assert window.cut_off() == [] and window.broken_words() == []
        assert colours_in(window.picture()) > 20
        seen = window.run("return document.querySelector('.fault').getBoundingClientRect().bottom")
        assert seen < 600, "the first fault stands on the first screen"
        assert 4 <= pages_in(window.printed()) <= 9
        assert window.saved("a[download]", tmp_path / "saved").startswith("\ufeffid")
    assert html.unescape(shown("large", "zh")).count("网络运营商") > 3


def test_shades_grow_darker_evenly_and_ink_is_read_on_each() -> None:
    """Whoever sees no hues, or prints without colours, sees the order; 4.5 is the contrast of WCAG 2.1, AA."""
    found = dict(re.findall(r"^\.l(\d) \{ background: #(\w{6});", STYLE.read_text("utf-8"), re.MULTILINE))
    light = [luminance(found[str(level)]) for level in range(5)]
    assert light == sorted(light, reverse=True) and all(a - b > 0.08 for a, b in pairwise(light))
    assert all((each + 0.05) / (luminance("1b1f23") + 0.05) > 4.5 for each in light)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
