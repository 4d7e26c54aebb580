"""What is tried beside something that takes long."""

from __future__ import annotations

import threading

import pytest

from probes.edge.failures import CannotTell
from probes.edge.net.delayed_attempt import DelayedAttempt
from tests.support.patience import PATIENCE_S


def test_what_is_not_needed_is_never_begun() -> None:
    aside = DelayedAttempt(PATIENCE_S, lambda: True)
    aside.not_needed()
    assert not aside.succeeded(PATIENCE_S)
    assert not aside.begun


@pytest.mark.parametrize("result", [True, False])
def test_its_result_is_that_of_the_attempt(result: bool) -> None:
    assert DelayedAttempt(0.0, lambda: result).succeeded(PATIENCE_S) is result


def test_one_that_takes_too_long_has_not_succeeded() -> None:
    gate = threading.Event()
    aside = DelayedAttempt(0.0, lambda: gate.wait(PATIENCE_S))
    assert not aside.succeeded(0.05)
    gate.set()
    assert aside.succeeded(PATIENCE_S)


def test_what_goes_wrong_is_told_to_who_waits_and_shown_to_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    def broken() -> bool:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        DelayedAttempt(0.0, broken).succeeded(PATIENCE_S)
    assert capfd.readouterr().err == ""


def test_where_the_system_gives_no_thread_nothing_is_known_of_the_attempt() -> None:
    before = threading.stack_size(1 << 46)
    try:
        aside = DelayedAttempt(0.0, lambda: True)
    finally:
        threading.stack_size(before)
    with pytest.raises(CannotTell, match="no further thread"):
        aside.succeeded(60)
    assert not aside.begun
