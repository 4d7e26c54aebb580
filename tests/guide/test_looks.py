"""What of the looks is news to whoever is led, and when an examination of our own is due."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from agent.contract.document import Status
from agent.diagnosis.causes import Cause
from agent.guide.live import Seen
from agent.guide.looks import EVERYTHING_S, Looks, News, Still
from agent.remedy.walk import Walk, begin, looked
from probes.model import Check
from tests.support.documents import cause
from tests.support.guided import CABLE, PAPER, bad, faulty, fine, healthy, steps
from tests.support.patience import PATIENCE_S

DNS = Cause.DNS_UNREACHABLE
Now = Callable[[int], float]
_LATER_S = 1e9  # than any machine has run: no look waits for its turn


class Terminal:
    """Says what it is told to; `examined`: how often everything was looked at."""

    def __init__(self, *seen: Seen | Exception, whole: Status | None = None) -> None:
        self.coming, self.whole, self.examined = list(seen), whole, 0

    def seen(self, check_id: str, *, everything: bool) -> Seen:
        found = self.coming.pop(0) if len(self.coming) > 1 else self.coming[0]
        if isinstance(found, Exception):
            raise found
        return found

    def everything(self) -> Status | None:
        self.examined += 1
        return self.whole


def turns(terminal: Terminal, count: int, now: Now = lambda number: 1000.0 * (number + 1)) -> Callable[[Walk], list[News]]:
    """So many turns of the loop, each with the look in it ended; `now`: at which second each is, long after the last."""

    def played(walk: Walk) -> list[News]:
        ended = threading.Event()
        looks, news = Looks(terminal, ended.set), list[News]()
        for number in range(count):
            ended.clear()
            looks.begin(walk, _LATER_S + now(number))
            assert ended.wait(PATIENCE_S)
            news += looks.found(walk, _LATER_S + now(number))
        return news

    return played


CUT = begin(faulty(CABLE, PAPER), 0)
SURE = looked(CUT, fine(), _LATER_S + 10)


def test_the_check_that_was_asked_for_is_news() -> None:
    (check,) = turns(Terminal(Seen(check=bad())), 1)(CUT)
    assert isinstance(check, Check) and check.failed


@pytest.mark.parametrize(("verdict", "news"), [(faulty(PAPER), True), (healthy(), True), (faulty(CABLE, PAPER), False)])
def test_a_light_look_may_say_that_a_fault_is_over(verdict: Status, news: bool) -> None:
    assert turns(Terminal(Seen(verdict=verdict)), 1)(CUT) == ([verdict] if news else [])


def test_a_light_look_names_no_new_fault() -> None:
    assert turns(Terminal(Seen(verdict=faulty(DNS, order=steps(DNS, "restart_router")))), 1)(CUT) == []


def test_a_light_look_says_nothing_of_what_only_an_examination_sees() -> None:
    lossy = replace(faulty(CABLE), causes=(cause(Cause.UNSTABLE, evidence=("internet:loss:192.0.2.1",)),), cause=Cause.UNSTABLE)
    assert turns(Terminal(Seen(verdict=healthy())), 1)(begin(lossy, 0)) == []


def test_a_check_that_is_good_while_all_else_is_as_it_was_says_that_it_is_still_there() -> None:
    (news,) = turns(Terminal(Seen(verdict=faulty(CABLE, PAPER))), 1)(SURE)
    assert isinstance(news, Still)


def test_where_the_light_look_does_not_tell_everything_is_looked_at_once_in_a_while() -> None:
    terminal = Terminal(Seen(check=fine()), whole=healthy())
    news = turns(terminal, 6, lambda number: 100.0 + number)(SURE)
    assert terminal.examined == 1 and healthy() in news
    terminal = Terminal(Seen(check=fine()))
    turns(terminal, 6, lambda number: 100.0 + EVERYTHING_S * number)(SURE)
    assert terminal.examined > 1


def test_beside_the_service_its_examination_is_waited_for() -> None:
    terminal = Terminal(Seen(check=fine(), service=faulty(CABLE)))
    turns(terminal, 3, lambda number: 11.0)(SURE)
    assert terminal.examined == 0


def test_a_document_of_the_service_is_news_once() -> None:
    first, then = faulty(CABLE), replace(faulty(CABLE), sequence=2)
    assert turns(Terminal(Seen(service=first), Seen(service=first), Seen(service=then)), 4)(CUT) == [first, then]


def test_a_look_that_falls_over_shows_nothing_and_the_next_one_is_made(capfd: pytest.CaptureFixture[str]) -> None:
    (check,) = turns(Terminal(RuntimeError("trouble"), Seen(check=bad())), 2)(CUT)
    assert isinstance(check, Check) and capfd.readouterr().err == ""
