"""What ended an incident: the last trace that can explain it, what comes from elsewhere, or nobody knows; and what was tried in vain."""

from __future__ import annotations

from agent.contract.trace import Trace
from agent.diagnosis.causes import Cause
from agent.record.ended import Suspect, ending
from agent.record.way import PLUGGED_OR_RESTARTED, Left

PLUG, RESTART, APP, PAPER = Trace.LINK_REPLUGGED, Trace.ROUTER_RESTARTED, Trace.APP_RESTARTED, Trace.PAPER_LOADED


def did(trace: Trace, at: float, *, began: float | None = None, subject: str = "") -> Left:
    return Left(traces=(trace,), began=at if began is None else began, at=at, subject=subject)


def said(cause: Cause, *left: Left, ended: float = 1000, subject: str = "", later: Cause | None = None) -> tuple[str | None, list[str]]:
    """The last look before it was well is five seconds earlier. `later`: the cause from the 500th second on."""
    causes = [Suspect(at=0, cause=cause, subject=subject), *([Suspect(at=500, cause=later, subject="")] if later else [])]
    found = ending(left, causes, ended - 5, 0)
    assert (found.ended_by["how"] == "seen") == (found.ended_by["trace"] is not None) == (found.ended_by["confidence"] > 0)
    assert set(found.ended_by) - {"cause"} == {"trace", "step", "how", "confidence"}
    return found.ended_by["trace"], [each["trace"] for each in found.tried]


def test_the_last_that_can_explain_it_and_what_was_in_vain_before() -> None:
    assert said(Cause.ROUTER_UNREACHABLE, did(PLUG, 800), did(RESTART, 960, began=900)) == (RESTART, [PLUG])
    assert said(Cause.CABLE_UNPLUGGED, did(PLUG, 999)) == (PLUG, [])
    assert said(Cause.CABLE_UNPLUGGED, did(Trace.TERMINAL_RESTARTED, 900), did(PLUG, 999, began=1)) == (PLUG, [Trace.TERMINAL_RESTARTED])
    assert said(Cause.CABLE_UNPLUGGED, did(RESTART, 900, began=800), did(PLUG, 999, began=1)) == (PLUG, []), "it can end it too"


def test_what_cannot_end_the_cause_did_not() -> None:
    assert said(Cause.PAYMENT_APP_DOWN, did(APP, 990, subject="pay"), did(PLUG, 995), subject="pay") == (APP, [])
    assert said(Cause.PAYMENT_APP_DOWN, did(APP, 990, subject="other"), subject="pay") == (None, [])
    assert said(Cause.PAPER_OUT, did(PAPER, 999, subject="kitchen"), subject="bar") == (None, [])


def test_too_long_ago_was_in_vain() -> None:
    assert said(Cause.INTERNET_DOWN, did(RESTART, 100)) == (Trace.LINE_RECOVERED, [RESTART])
    assert said(Cause.INTERNET_DOWN, did(RESTART, 800)) == (RESTART, [])


def test_nothing_moved_here() -> None:
    assert said(Cause.GATEWAY_DOWN) == (Trace.HOST_RECOVERED, [])
    assert said(Cause.INTERNET_DOWN) == (Trace.LINE_RECOVERED, [])
    assert said(Cause.ACCOUNT_SUSPENDED) == (Trace.ACCOUNT_RESTORED, [])
    assert said(Cause.ROUTER_UNREACHABLE) == (None, [])
    assert said(Cause.DNS_UNREACHABLE, subject="192.168.1.1") == (None, []), "it stands in the shop"
    assert said(Cause.DNS_UNREACHABLE, subject="9.9.9.9") == (Trace.LINE_RECOVERED, [])


def test_what_moved_just_before_leaves_it_open_unless_the_host_itself_had_spoken() -> None:
    assert said(Cause.INTERNET_DOWN, did(PLUG, 980)) == (None, [])
    assert said(Cause.GATEWAY_DOWN, did(PLUG, 980)) == (None, [])
    assert said(Cause.GATEWAY_ERROR, did(PLUG, 980)) == (Trace.HOST_RECOVERED, [])
    assert said(Cause.GATEWAY_DOWN, did(PAPER, 980, subject="bar")) == (Trace.HOST_RECOVERED, [])


def test_what_moved_and_could_not_end_it_was_in_vain_once_the_way_stood_again() -> None:
    boot = Trace.TERMINAL_RESTARTED
    assert said(Cause.INTERNET_DOWN, did(PLUG, 970)) == (Trace.LINE_RECOVERED, [PLUG])
    assert said(Cause.GATEWAY_DOWN, did(PLUG, 970)) == (Trace.HOST_RECOVERED, [PLUG])
    assert said(Cause.CAPTIVE_PORTAL, did(boot, 900)) == (Trace.LINE_RECOVERED, [boot])
    assert said(Cause.CAPTIVE_PORTAL, did(boot, 940)) == (None, []), "the way may not have stood yet"
    assert said(Cause.GATEWAY_DOWN, did(RESTART, 900)) == (Trace.HOST_RECOVERED, [RESTART])
    assert said(Cause.CAPTIVE_PORTAL, did(RESTART, 900)) == (None, []), "its line may still be built up"
    assert said(Cause.GATEWAY_DOWN, Left(traces=PLUGGED_OR_RESTARTED, began=900, at=920)) == (Trace.HOST_RECOVERED, [])
    assert said(Cause.ROUTER_UNREACHABLE, did(Trace.RESOLVERS_CHANGED, 940)) == (None, []), "it does not end by itself"
    sure = [
        ending(left, [Suspect(at=0, cause=Cause.INTERNET_DOWN, subject="")], 995, 0).ended_by["confidence"]
        for left in ((), (did(PLUG, 970),))
    ]
    assert sure[0] > sure[1]


def test_a_host_that_is_bad_after_a_repair_of_the_line_was_not_ended_by_it() -> None:
    assert said(Cause.INTERNET_DOWN, did(RESTART, 800, began=480), ended=1090, later=Cause.GATEWAY_DOWN) == (RESTART, [])
    causes = [Suspect(at=0, cause=Cause.INTERNET_DOWN, subject=""), Suspect(at=810, cause=Cause.GATEWAY_DOWN, subject="")]
    found = ending([did(RESTART, 800, began=780)], causes, 995, 0)
    assert found.ended_by["trace"] == Trace.HOST_RECOVERED and [each["trace"] for each in found.tried] == [RESTART]


def test_likewise_of_whatever_the_repair_cannot_end() -> None:
    boot, memory, blocked = Trace.TERMINAL_RESTARTED, Cause.MEMORY_EXHAUSTED, Cause.GATEWAY_BLOCKED

    def after_a_start(at: float, cause: Cause) -> str | None:
        causes = [Suspect(at=0, cause=memory, subject=""), Suspect(at=at + 20, cause=cause, subject="")]
        trace: str | None = ending([did(boot, at)], causes, 995, 0).ended_by["trace"]
        return trace

    assert after_a_start(800, blocked) is None, "the host's doing or the line's: nobody can tell"
    assert after_a_start(800, Cause.INTERNET_DOWN) == Trace.LINE_RECOVERED
    assert after_a_start(800, Cause.CPU_OVERLOADED) == boot, "it can end that one too"
    assert after_a_start(950, blocked) == boot, "the way may not have stood before"


def test_two_that_could() -> None:
    assert said(Cause.PAYMENT_APP_DOWN, did(Trace.CONFIG_CHANGED, 996), did(APP, 996.5, subject="pay"), subject="pay") == (None, [])
    either = Left(traces=PLUGGED_OR_RESTARTED, began=900, at=996)
    assert said(Cause.ROUTER_UNREACHABLE, either) == (None, [])
    assert said(Cause.INTERNET_DOWN, either) == (None, [])


def test_the_cause_that_stood_when_it_was_begun() -> None:
    """The restart itself makes the router silent for a while."""
    assert said(Cause.INTERNET_DOWN, did(RESTART, 990, began=480), later=Cause.ROUTER_UNREACHABLE) == (RESTART, [])
    assert said(Cause.PAPER_OUT, did(PAPER, 700, subject="bar"), subject="bar", later=Cause.GATEWAY_ERROR) == (
        Trace.HOST_RECOVERED,
        [PAPER],
    )


def test_a_cause_that_was_not_the_first_is_named_with_what_was_done_against_it() -> None:
    causes = [Suspect(at=0, cause=Cause.INTERNET_DOWN, subject=""), Suspect(at=500, cause=Cause.CABLE_UNPLUGGED, subject="")]
    found = ending([did(RESTART, 400, began=380), did(RESTART, 600), did(PLUG, 999)], causes, 995, 0)
    assert found.ended_by["trace"] == PLUG and found.ended_by["cause"] == Cause.CABLE_UNPLUGGED
    assert [each.get("cause") for each in found.tried] == [None, Cause.CABLE_UNPLUGGED]
    assert "cause" not in ending([did(RESTART, 999, began=480)], causes, 995, 0).ended_by, "begun while the first one led"


def test_confidence_is_less_where_another_is_near_or_it_took_long() -> None:
    def sure(*left: Left) -> float:
        found: float = ending(left, [Suspect(at=0, cause=Cause.ROUTER_UNREACHABLE, subject="")], 995, 0).ended_by["confidence"]
        return found

    soon = sure(did(RESTART, 990))
    assert sure(did(RESTART, 800)) < soon
    assert sure(did(PLUG, 980), did(RESTART, 990)) < soon
