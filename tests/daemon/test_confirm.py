"""When a verdict counts, as a table: what is seen, one word a cycle, and what is reported and logged after each."""

from __future__ import annotations

import pytest

from agent.daemon.confirm import Standing, Verdict, advance, begin
from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.model import Diagnosis, State
from tests.support.staged import diagnosis, finding

CABLE, DNS = Cause.CABLE_UNPLUGGED, Cause.DNS_UNREACHABLE
WORDS = {
    "ok": diagnosis(State.OK),
    "ok+paper": diagnosis(State.OK, Cause.PAPER_LOW),
    "cable": diagnosis(State.OUTAGE, CABLE),
    "dns": diagnosis(State.OUTAGE, DNS),
    "dns2": diagnosis(State.OUTAGE, DNS, subject="eth1"),
    "slow": diagnosis(State.DEGRADED, Cause.SLOW),
    "?": diagnosis(State.UNKNOWN),
}
# each step: seen > reported, with ~ before what is pending and ! where the log gets an entry; + before what an event showed too
# soon after the last look
TABLE = {
    "the first verdict counts at once": (2, "cable>cable!"),
    "one failure is not reported": (2, "ok>ok! cable>ok~cable1 ok>ok ok>ok"),
    "two in a row are": (2, "ok>ok! cable>ok~cable1 cable>cable! cable>cable"),
    "and the way back the same": (2, "cable>cable! ok>cable~ok1 ok>ok! ok>ok"),
    "a failure between does not help": (2, "ok>ok! cable>ok~cable1 ok>ok cable>ok~cable1 cable>cable!"),
    "the same state for another cause confirms, the latest is reported": (2, "ok>ok! cable>ok~cable1 dns>dns!"),
    "another state begins a row of its own": (2, "ok>ok! cable>ok~cable1 slow>ok~slow1 cable>ok~cable1 cable>cable!"),
    "a look too soon is news": (2, "ok>ok! +cable>ok~cable1 +cable>ok~cable1 cable>cable!"),
    "a look too soon ends a row": (2, "ok>ok! cable>ok~cable1 +ok>ok cable>ok~cable1 cable>cable!"),
    "a look too soon logs no cause": (2, "cable>cable! dns>dns +dns>dns dns>dns!"),
    "three": (3, "ok>ok! cable>ok~cable1 dns>ok~dns2 cable>cable!"),
    "one is enough where one is asked": (1, "ok>ok! cable>cable! ok>ok! dns>dns!"),
    "a new cause within a state is shown at once, logged once confirmed": (2, "cable>cable! dns>dns dns>dns! dns>dns"),
    "a cause seen once within a state is never logged": (2, "cable>cable! dns>dns cable>cable cable>cable"),
    "another subject is another cause": (2, "dns>dns! dns2>dns2 dns2>dns2!"),
    "a state that is coming interrupts the row of a cause": (2, "cable>cable! dns>dns ok>dns~ok1 dns>dns dns>dns!"),
    "a notice is nothing for the log": (2, "ok>ok! ok+paper>ok+paper ok+paper>ok+paper"),
    "unknown is a state like others": (2, "ok>ok! ?>ok~?1 ?>?! ok>?~ok1 ok>ok!"),
}


def seen(word: str, at: float) -> Verdict:
    return Verdict(diagnosis=WORDS[word], checks=(), at=at)


def spell(standing: Standing) -> str:
    def word(verdict: Verdict) -> str:
        return next(word for word, each in WORDS.items() if each == verdict.diagnosis)

    coming = f"~{word(standing.coming)}{standing.row}" if standing.coming else ""
    return word(standing.reported) + coming + ("!" if standing.changed else "")


@pytest.mark.parametrize(("confirm", "story"), TABLE.values(), ids=TABLE.keys())
def test_what_is_reported(confirm: int, story: str) -> None:
    standing: Standing | None = None
    for number, step in enumerate(story.split()):
        word, expected = step.split(">")
        verdict = seen(word.removeprefix("+"), float(number))
        one_more = not word.startswith("+")
        standing = begin(verdict) if standing is None else advance(standing, verdict, confirm, one_more=one_more)
        assert spell(standing) == expected, f"step {number + 1} of {story}"


def test_a_state_is_dated_by_its_first_sighting() -> None:
    standing = begin(seen("ok", 100))
    for at in (160, 165, 170):
        standing = advance(standing, seen("cable", at), 3)
    assert (standing.reported.state, standing.since) == (State.OUTAGE, 160)
    assert advance(standing, seen("dns", 230), 3).since == 160


def test_pending_names_what_is_coming() -> None:
    standing = advance(begin(seen("ok", 0)), seen("cable", 60), 3)
    pending = standing.pending
    assert pending is not None
    assert (pending.state, pending.cause, pending.count) == (State.OUTAGE, CABLE, 1)
    assert begin(seen("ok", 0)).pending is None


def test_what_waits_for_another_look() -> None:
    start = begin(seen("cable", 0))
    assert start.settled
    assert not advance(start, seen("ok", 1), 2).settled
    assert not advance(start, seen("dns", 1), 2).settled
    assert advance(advance(start, seen("dns", 1), 2), seen("dns", 2), 2).settled


def test_a_restart_with_nothing_new_is_no_change() -> None:
    before = begin(seen("cable", 0))
    assert not begin(seen("cable", 50), since=0.0, announced=before.announced).changed
    again = begin(seen("ok", 50), announced=before.announced)
    assert again.changed
    assert again.before == before.announced


def test_a_second_fault_beside_the_first_is_a_change_of_cause() -> None:
    both = Diagnosis(
        can_pay=WORDS["cable"].can_pay,
        state=State.OUTAGE,
        findings=(finding(CABLE), finding(Cause.PAPER_OUT, "printer", Severity.DEGRADED)),
    )
    standing = begin(seen("cable", 0))
    for at in (1.0, 2.0):
        standing = advance(standing, Verdict(diagnosis=both, checks=(), at=at), 2)
    assert standing.changed
