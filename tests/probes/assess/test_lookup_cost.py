"""What a lookup costs in the GNU C library: numbers that follow from its res_send.c, worked out by hand."""

from __future__ import annotations

import pytest

from probes.assess.lookup_cost import Answers, cost

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"


def well(server: str, took_s: float = 0.02) -> Answers:
    return Answers(server=server, took_s=took_s, ended=True)


def dead(server: str) -> Answers:
    return Answers(server=server)


def half(server: str, *, alone: bool = False) -> Answers:
    return Answers(server=server, ended=True, missing="AAAA", alone=alone)


def refuses(server: str) -> Answers:
    return Answers(server=server, at_once=True)


@pytest.mark.parametrize(
    ("servers", "options", "seconds", "waits_for"),
    [
        ((well(A),), "", 0.02, A),
        ((well(A, 3.0),), "", 3.0, A),
        ((well(A), dead(B)), "", 0.02, A),
        ((dead(A), well(B)), "", 5.02, A),
        ((dead(A), dead(B), well(C)), "", 8.02, A),  # 5, then (5 << 1) / 3
        ((dead(A), well(B)), "timeout:1", 1.02, A),
        ((dead(A), well(B)), "timeout:2 attempts:1", 2.02, A),
        ((well(A), dead(B)), "rotate", 5.02, B),
        ((refuses(A), well(B)), "", 0.02, B),
        ((half(A),), "", 15.0, A),
        ((half(A), well(B)), "", 15.0, A),
        ((half(A),), "single-request", 10.0, A),
        ((half(A),), "single-request single-request-reopen", 5.0, A),
        ((half(A, alone=True),), "", 5.0, A),
        ((half(A, alone=True),), "single-request", 0.0, A),
        ((half(A),), "timeout:1", 3.0, A),
        ((dead(A), half(B)), "", 20.0, B),
    ],
)
def test_what_a_program_waits(servers: tuple[Answers, ...], options: str, seconds: float, waits_for: str) -> None:
    found = cost(servers, options.split())
    assert found is not None
    assert (found.seconds, found.waits_for) == (seconds, waits_for)
    assert found.question == ("AAAA" if any(each.missing and each.server == waits_for for each in servers) else "")


@pytest.mark.parametrize("servers", [(dead(A),), (refuses(A), dead(B)), ()])
def test_where_nobody_answers_there_is_no_such_cost(servers: tuple[Answers, ...]) -> None:
    assert cost(servers, ()) is None


@pytest.mark.parametrize("options", ["timeout:", "timeout:x", "timeout:-1", "timeout:²", "attempts:0", "debug"])
def test_options_that_say_nothing_change_nothing(options: str) -> None:
    found = cost((dead(A), well(B)), [options])
    assert found is not None and found.seconds == 5.02


def test_the_library_waits_no_longer_than_it_allows() -> None:
    found = cost((dead(A), well(B)), ["timeout:300"])
    assert found is not None and found.seconds == 30.02
