"""The guide's screens: one step that is whole, in both languages, on screens of 80×24 and 40×20 and on smaller ones."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay
from agent.present.guide_parts import Part, Said, fitted
from agent.present.guide_screen import screen
from agent.present.page import Page
from agent.remedy.walk import Key, Phase, Walk, begin, leave, looked, press, told
from probes.ground.bilingual import Bilingual
from tests.screens.shown import SCREENS, document
from tests.support.guided import CABLE, PAPER, bad, faulty, fine, healthy, steps

SIZES = [(79, 24), (39, 20)]
DNS = Cause.DNS_UNREACHABLE


def lines(walk: Walk, language: str = "en", columns: int = 79, rows: int = 24, said: Said | None = None, **page: object) -> list[str]:
    return screen(walk, Page(language=language, width=columns, **page), rows, said or Said())  # type: ignore[arg-type]


def text(*args: object, **more: object) -> str:
    return "\n".join(lines(*args, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("name", SCREENS)
def test_every_step_of_real_faults_fits_with_its_text_whole_and_its_keys(name: str, columns: int, rows: int, language: str) -> None:
    walk, page = begin(document(name), 0), Page(language=language, width=columns)
    while walk.phase in (Phase.STEP, Phase.ASK):
        assert walk.step is not None
        if walk.phase is Phase.ASK:
            walk = press(walk, Key.YES, 0)
        assert walk.step is not None
        shown = lines(walk, language, columns, rows)
        assert len(shown) <= rows and all(page.measure(line) <= columns for line in shown)
        said = page.words(walk.step.text).replace(" ", "")
        assert said in "".join("".join(shown).split()), shown
        assert "[q]" in shown[-1] and any("[n]" in line for line in shown)
        walk = press(walk, Key.NEXT, 0)
    shown = lines(walk, language, columns, rows)
    assert walk.phase is Phase.FAILED and len(shown) <= rows and "[q]" in shown[-1]
    call = walk.latest.call
    assert call is not None and call.phone in "".join(shown)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_first_screen_says_one_thing_to_do_which_of_how_many_and_what_is_seen_then(language: str) -> None:
    shown = text(begin(faulty(CABLE), 0), language)
    wanted = ("不能收款：网线没有信号", "第 1 步，共 4 步", "做 plug_cable", "之后应看到：灯亮", "[d] 做完了", "[n] 下一步")
    if language == "en":
        wanted = ("Cannot take payments: no signal on the cable", "Step 1 of 4", "Do plug_cable", "You should see", "[d] done it", "[n]")
    assert all(word in shown for word in wanted)
    assert "power_switch" not in shown and "[b]" not in shown and "[y]" not in shown


@pytest.mark.parametrize(
    ("language", "still", "now"), [("zh", "网线还是没有信号", "网线有信号了"), ("en", "still no signal", "The cable is in")]
)
def test_the_state_of_the_check_is_said_in_its_own_words(language: str, still: str, now: str) -> None:
    walk = looked(begin(faulty(CABLE), 0), bad(), 1)
    assert still in text(walk, language)
    walk = looked(walk, fine(), 20)
    assert now in text(walk, language) and ("正在全部检查" in text(walk, language) or "Looking at everything" in text(walk, language))
    assert still not in text(told(walk, faulty(CABLE), 21), language)


def test_after_it_was_done_the_screen_waits_for_its_effect() -> None:
    walk = press(looked(begin(faulty(CABLE), 0), bad(), 1), Key.DID, 2)
    assert "Done. Looking whether it helps: still no signal" in text(walk) and "[n] no help, next step" in text(walk)
    assert "[d]" not in text(walk)


def test_of_several_faults_it_says_which() -> None:
    assert "(fault 1 of 2)" in text(begin(faulty(CABLE, PAPER), 0)) and "共 2 个" in text(begin(faulty(CABLE, PAPER), 0), "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_warning_comes_before_the_step_that_interrupts_payments(language: str) -> None:
    order = steps(DNS, "restart_router", "set_resolver", interrupts=("restart_router",))
    shown = text(begin(faulty(DNS, can_pay=CanPay.YES, order=order), 0), language)
    warning = "现在能收款" if language == "zh" else "payments work now"
    assert warning in shown and "[y]" in shown and "[d]" not in shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_end_says_which_step_it_was_and_what_to_keep(language: str) -> None:
    walk = told(press(press(begin(faulty(CABLE), 0), Key.NEXT, 1), Key.DID, 2), healthy(), 3)
    shown = text(walk, language, said=Said(kept=True))
    wanted = ("是第 2 步起了作用：做 power_switch", "故障编号 20260131T080000Z-abcdef", "短码 0210-0D", "posdiag history")
    if language == "en":
        wanted = ("It was step 2: Do power_switch.", "incident 20260131T080000Z-abcdef", "short code 0210-0D", "posdiag history")
    assert all(word in shown for word in wanted)


def test_the_end_without_a_step_claims_none() -> None:
    assert "by none of the steps" in text(told(begin(faulty(CABLE), 0), healthy(), 1))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whom_to_call_has_what_to_say_and_how_to_go_on_selling(language: str) -> None:
    walk = press(begin(document("cable"), 0), Key.CALL, 1)
    shown = text(walk, language, 39, 20)
    assert "138-0000-0002" in shown and "0210-0D" in shown and "[b]" in shown
    assert ("收现金" if language == "zh" else "cash") in text(walk, language)


def test_leaving_says_what_is_still_wrong_and_whom_to_call() -> None:
    shown = text(leave(begin(document("cable"), 0)))
    assert "Left. Still wrong: no signal on the cable" in shown and "138-0000-0002" in shown and "[q]" not in shown


def test_what_cannot_be_kept_is_said_and_the_step_stays_whole() -> None:
    walk, said = begin(faulty(CABLE), 0), Said(trouble=Bilingual("没有记下：磁盘满了", "Not noted: the disk is full"))
    assert "Not noted" in text(walk, said=said) and "Do plug_cable" in text(walk, said=said)


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize(("columns", "rows"), [(39, 12), (30, 10), (20, 6), (20, 5)])
def test_on_a_screen_that_is_too_small_the_keys_stay_and_no_line_is_too_wide(name: str, columns: int, rows: int) -> None:
    walk = begin(document(name), 0)
    shown = lines(walk, "en", columns, rows)
    assert len(shown) <= rows and all(Page().measure(line) <= columns for line in shown) and "[q]" in shown[-1]


@pytest.mark.parametrize("name", SCREENS)
def test_every_encoding_and_no_colour_show_it(name: str) -> None:
    walk = press(begin(document(name), 0), Key.DID, 1)
    for encoding in ("ascii", "latin-1", "gbk"):
        "\n".join(lines(walk, "en" if encoding != "gbk" else "zh", encoding=encoding)).encode(encoding)
    assert "\x1b" not in text(walk) and "\x1b" in text(walk, colour=True)


def test_what_is_needed_least_is_left_out_first() -> None:
    parts = [Part(["step"]), Part(["expect"], 1), Part(["record"], 4), Part(["keys"])]
    sizes = [fitted(parts, rows) for rows in (7, 6, 5, 4, 3, 2, 1)]
    assert sizes[0] == ["step", "", "expect", "", "record", "", "keys"] and sizes[2] == ["step", "", "expect", "", "keys"]
    assert sizes[4] == ["step", "", "keys"] and sizes[5] == ["step", "keys"] and sizes[6] == ["keys"]
    assert all(len(one) >= len(other) for one, other in pairwise(sizes))


def test_words_from_outside_move_no_cursor() -> None:
    evil = replace(steps(CABLE)[0], text=Bilingual("做\x1b[2J", "Do\x1b[2J\rthis"))
    assert "\x1b" not in text(begin(faulty(CABLE, order=(evil,)), 0)) and "\r" not in text(begin(faulty(CABLE, order=(evil,)), 0))
