"""A made-up fault: the right choice is its own first step, the others are for other faults, and nobody can take it for a real one."""

from __future__ import annotations

import pytest

from agent.contract.experience import Experience
from agent.diagnosis.causes import Cause
from agent.present.page import Page
from agent.present.practised import answer, banner, question
from agent.readiness.practice import Practice, practice, to_practise
from agent.remedy.catalogue import entry
from agent.remedy.here import SOMEWHERE
from agent.remedy.possible import Machine, OwnUplink, possible
from agent.settings.model import Contact, Settings, Support
from probes.settings import App, Gateway, GatewayProtocol, SerialDevice, SerialRole

SETTINGS = Settings(
    support=Support(isp=Contact(name="Telecom", phone="10000")),
    gateway=[Gateway(name="a", host="gw.pay.test", port=8583, protocol=GatewayProtocol.ISO8583)],
    serial=[SerialDevice(name="printer", label="the receipt printer", role=SerialRole.PRINTER, port="/dev/ttyUSB0")],
    app=[App(name="payapp", process="payapp")],
)
CASES = possible(SETTINGS, Machine(uplinks=(OwnUplink("eth0", "ethernet"), OwnUplink("wwan0", "cellular", backup=True))))


def made(wanted: Cause | None, seed: float = 1.0) -> Practice:
    found = practice(CASES, wanted, SETTINGS, SOMEWHERE, Experience(), seed)
    assert found is not None
    return found


@pytest.mark.parametrize("cause", [case.cause for case in to_practise(CASES)])
def test_the_right_choice_is_its_own_first_step_and_no_other_is_one_of_its_steps(cause: Cause) -> None:
    for seed in range(8):
        drill = made(cause, seed)
        assert drill.cause is cause and len(drill.choices) == 3
        assert drill.choices[drill.right].step == drill.steps[0]
        wrong = [each for number, each in enumerate(drill.choices) if number != drill.right]
        assert not {each.step.text.en for each in wrong} & {step.text.en for step in drill.steps}
        assert all(each.cause.layer is not cause.layer for each in wrong)
        for step in drill.steps:
            assert step.text.zh and step.text.en


@pytest.mark.parametrize("cause", [case.cause for case in to_practise(CASES)])
def test_what_may_help_here_as_well_is_no_wrong_choice(cause: Cause) -> None:
    """Another fault's step that leaves the same trace, or looks at the same check, as one of this fault's own."""

    def does(about: Cause, ids: set[str]) -> set[object]:
        known = [step for step in entry(about).steps if step.id in ids]
        return {step.trace for step in known if step.trace is not None} | {step.verify for step in known if step.verify}

    for seed in range(8):
        drill = made(cause, seed)
        own = does(cause, {step.id for step in drill.steps})
        for number, choice in enumerate(drill.choices):
            assert number == drill.right or not does(choice.cause, {choice.step.id}) & own, (choice.cause, choice.step.id)


def test_the_moment_shuffles_and_the_same_moment_does_not() -> None:
    assert made(Cause.GATEWAY_DOWN, 5.0) == made(Cause.GATEWAY_DOWN, 5.0)
    assert {made(Cause.GATEWAY_DOWN, seed).right for seed in range(30)} == {0, 1, 2}
    assert len({made(None, seed).cause for seed in range(60)}) > 5


def test_without_a_code_the_first_step_is_a_cashiers() -> None:
    assert {made(None, seed).steps[0].who.value for seed in range(40)} == {"cashier"}


def test_a_bare_terminal_has_something_to_practise_too() -> None:
    bare = Settings()
    cases = possible(bare, Machine(heat=False))
    for seed in range(10):
        found = practice(cases, None, bare, SOMEWHERE, Experience(), seed)
        assert found is not None and len(found.choices) == 3


def test_it_speaks_of_this_shop() -> None:
    drill = made(Cause.GATEWAY_DOWN)
    assert "gw.pay.test" in drill.summary.en and "gw.pay.test" in drill.summary.zh


def test_what_this_terminal_cannot_meet_is_not_played() -> None:
    assert practice(CASES, Cause.WIFI_PASSWORD, SETTINGS, SOMEWHERE, Experience(), 1.0) is None
    assert practice(CASES, Cause.DATE_DUE, SETTINGS, SOMEWHERE, Experience(), 1.0) is None


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 20), (200, 50)])
@pytest.mark.parametrize("cause", [case.cause for case in to_practise(CASES)])
def test_every_screen_is_marked_above_and_below_and_fits(cause: Cause, width: int, height: int, language: str) -> None:
    page, drill = Page(language=language, width=width), made(cause)
    for lines in (question(drill, page, height, keys=True), *(answer(drill, number, page) for number in range(3))):
        assert lines[0] == lines[-1] == banner(page) and "DRILL" in lines[0]
        assert max(map(page.measure, lines)) <= width
    asked = question(drill, page, height, keys=True)
    assert len(asked) <= height, "\n".join(asked)


def test_the_mark_is_in_both_languages_where_both_can_be_shown() -> None:
    for language in ("zh", "en"):
        shown = banner(Page(language=language, width=80))
        assert "DRILL" in shown and "演练" in shown
    assert banner(Page(language="en", width=80, encoding="ascii")).isascii()
    assert len(banner(Page(language="en", width=40))) <= 40
