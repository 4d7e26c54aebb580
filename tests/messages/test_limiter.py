"""Turns over time: what stands between messages, what a crash costs, and processes that race."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent.messages import record
from agent.messages.limit import EARLIEST_S
from agent.messages.limiter import SendLimiter
from probes.edge.acquirer.send_permit import LastAnswer
from probes.model import Outcome, Symptom
from probes.model.facts import AnswerFacts
from probes.settings import Gateway, GatewayProtocol
from tests.support.clocks import SetClock
from tests.support.patience import PATIENCE_S
from tests.support.send_limits import gateway, turn

FAILED = LastAnswer(outcome=Outcome.FAIL, symptom=Symptom.RESPONSE_CODE, facts=AnswerFacts(response_code="03"))
PASSED = LastAnswer(outcome=Outcome.PASS, facts=AnswerFacts(response_code="00"))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(EARLIEST_S + 1e6)


def test_before_any_message_nothing_stands(tmp_path: Path, clock: SetClock) -> None:
    assert turn(tmp_path, clock).last() is None
    assert turn(tmp_path, clock).take(None) == ""
    assert turn(tmp_path, clock).last() is None


def test_an_answer_stands_between_messages_with_its_age_also_after_a_restart(tmp_path: Path, clock: SetClock) -> None:
    first = turn(tmp_path, clock)
    assert first.take(None) == ""
    first.answered(FAILED)
    clock.now += 200
    booted = SetClock(30.0)
    booted.ahead = clock.now - booted.now
    for again in (first, turn(tmp_path, clock), turn(tmp_path, clock, by_check=True), turn(tmp_path, booted, boot_id="boot-2")):
        last = again.last()
        assert last is not None
        assert (last.outcome, last.symptom, last.facts) == (Outcome.FAIL, Symptom.RESPONSE_CODE, AnswerFacts(response_code="03"))
        assert last.age_s == 200


def test_a_message_without_an_answer_does_not_make_the_answer_before_it_younger(tmp_path: Path, clock: SetClock) -> None:
    first = turn(tmp_path, clock)
    assert first.take(None) == ""
    first.answered(PASSED)
    clock.now += 200
    assert turn(tmp_path, clock, by_check=True).take(None) == ""  # and then it is killed
    last = turn(tmp_path, clock).last()
    assert last is not None
    assert last.age_s == 200


def test_an_answer_stands_as_long_as_traffic_may_speak_for_it_and_at_least_a_minute(tmp_path: Path, clock: SetClock) -> None:
    first = turn(tmp_path, clock)
    assert first.take(None) == ""
    first.answered(PASSED)
    clock.now += 1340
    assert turn(tmp_path, clock).last() is not None
    assert turn(tmp_path, clock, app_interval_s=10).last() is None
    clock.now += 20
    assert turn(tmp_path, clock).last() is None


def test_a_message_is_free_again_once_the_interval_is_over(tmp_path: Path, clock: SetClock) -> None:
    assert turn(tmp_path, clock).take(None) == ""
    clock.now += 295
    assert turn(tmp_path, clock).take(None) != ""
    clock.now += 10
    assert turn(tmp_path, clock).take(None) == ""


def test_a_first_failure_is_repeated_once_after_the_pause_and_then_no_more(tmp_path: Path, clock: SetClock) -> None:
    first = turn(tmp_path, clock)
    assert first.take(None) == ""
    first.answered(FAILED)
    assert turn(tmp_path, clock).take(None) != ""
    clock.now += 5
    second = turn(tmp_path, clock)
    assert second.take(None) == ""
    second.answered(FAILED)
    clock.now += 5
    assert turn(tmp_path, clock).take(None) != ""


def test_traffic_of_the_application_saves_the_daemon_a_message_but_not_for_ever(tmp_path: Path, clock: SetClock) -> None:
    assert turn(tmp_path, clock).take(3.0) == ""  # the first is asked all the same
    clock.now += 400
    assert "3 s ago" in turn(tmp_path, clock).take(3.0)
    assert turn(tmp_path, clock, by_check=True).take(3.0) == ""
    clock.now += 1300
    assert turn(tmp_path, clock).take(3.0) == ""


def test_traffic_that_is_old_saves_nothing(tmp_path: Path, clock: SetClock) -> None:
    assert turn(tmp_path, clock).take(None) == ""
    clock.now += 400
    assert turn(tmp_path, clock).take(301.0) == ""


def test_a_record_in_memory_is_copied_once_an_hour_and_when_the_answer_changes(tmp_path: Path, clock: SetClock) -> None:
    state, memory = tmp_path / "state", tmp_path / "run"
    state.mkdir()
    memory.mkdir()
    mine = SendLimiter(str(state), "boot-1", 5, clock, by_check=False, memory_dir=str(memory))
    copied: list[bool] = []

    def message(answer: LastAnswer) -> None:
        mine_now = mine.of(gateway())
        assert mine_now.take(None) == ""
        mine_now.answered(answer)
        newest = record.load(state).gateways["acquirer-a"].sent[-1]
        copied.append(clock.now - newest.at_s < 100)

    def later(answer: LastAnswer) -> None:
        clock.now += 310
        message(answer)

    message(PASSED)
    assert copied == [True]
    for answer, changed in ((PASSED, False), (FAILED, True), (PASSED, True)):
        copied.clear()
        for _ in range(11):
            later(answer)
        assert copied == [changed, *[False] * 10], "a change is copied, and what stays the same is not"
    clock.now += 310
    later(PASSED)
    assert copied[-1], "an hour has passed"
    assert mine.of(gateway()).take(None) != "", "the limit holds by the record in memory"
    (memory / record.FILE).unlink()
    assert mine.of(gateway()).take(None) != "", "and by the copy"


def test_a_record_in_memory_that_cannot_be_kept_is_kept_in_the_state_directory(tmp_path: Path, clock: SetClock) -> None:
    mine = SendLimiter(str(tmp_path), "boot-1", 5, clock, by_check=False, memory_dir="/proc/nowhere")
    assert mine.of(gateway()).take(None) == ""
    assert len(record.load(tmp_path).gateways["acquirer-a"].sent) == 1


TAKES_AND_DIES = """
import os, signal, sys
from pathlib import Path
from tests.support.send_limits import turn
said = turn(Path(sys.argv[1])).take(None)
os.write(1, said.encode() or b"sent")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_is_killed_before_it_sends_has_spent_its_message(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", TAKES_AND_DIES, str(tmp_path)], capture_output=True, check=False)
    assert (done.stdout, done.returncode) == (b"sent", -signal.SIGKILL)
    assert turn(tmp_path).take(None) != ""


# Waits for the starting signal, then asks ten times as fast as it can.
RACES = """
import sys
from pathlib import Path
from tests.support.send_limits import turn
mine = turn(Path(sys.argv[1]), by_check=sys.argv[2] == "check")
print("ready", flush=True)
sys.stdin.readline()
print(sum(mine.take(None) == "" for _ in range(10)), flush=True)
"""


@pytest.mark.parametrize(("who", "allowed"), [("daemon", 1), ("check", 4)])
def test_processes_that_race_never_send_more_than_is_allowed(tmp_path: Path, who: str, allowed: int) -> None:
    argv = [sys.executable, "-c", RACES, str(tmp_path), who]
    racers = [subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for racer in racers:
        assert racer.stdout and racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("\n")
        racer.stdin.flush()
    sent = [int(racer.communicate(timeout=PATIENCE_S)[0]) for racer in racers]
    assert sum(sent) == allowed
    assert sum(len(account.sent) for account in record.load(tmp_path).gateways.values()) == allowed


def test_a_good_answer_after_a_good_one_is_written_with_the_next_message(tmp_path: Path, clock: SetClock) -> None:
    turns = SendLimiter(str(tmp_path), "boot", 5, clock, by_check=False)
    gateway = Gateway(name="a", host="gw.example", port=1, protocol=GatewayProtocol.ISO8583, app_interval_s=1)
    path = tmp_path / "app-messages.json"

    def message(outcome: Outcome, trace: str) -> int:
        """How often the record was written for it."""
        turn = turns.of(gateway)
        before = path.stat().st_ino if path.exists() else 0
        assert turn.take(None) == ""
        taken = path.stat().st_ino
        turn.answered(LastAnswer(outcome=outcome, facts=AnswerFacts(response_code="00", trace=trace)))
        last = turn.last()
        assert last is not None
        assert last.facts.trace == trace, "what came last is what counts"
        clock.now += 1
        return (taken != before) + (path.stat().st_ino != taken)

    assert [message(Outcome.PASS, "1"), message(Outcome.PASS, "2"), message(Outcome.PASS, "3")] == [2, 1, 1]
    assert b'"trace":"2"' in path.read_bytes()
    assert [message(Outcome.FAIL, "4"), message(Outcome.PASS, "5"), message(Outcome.PASS, "6")] == [2, 2, 1]
