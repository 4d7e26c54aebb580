"""The record of messages as a file: what counts, what does not, and where it is kept."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from agent.messages import record
from agent.messages.record import GatewayMessages, HostAnswer, NotKept, Record, Sent
from probes.edge.acquirer.send_permit import LastAnswer
from probes.model import Outcome
from probes.model.facts import AnswerFacts
from tests.support.clocks import SetClock
from tests.support.send_limits import turn

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to other users")


def file_of(folder: Path) -> Path:
    return folder / record.FILE


def test_a_second_message_is_refused_also_by_a_new_process_and_a_new_boot(tmp_path: Path) -> None:
    assert turn(tmp_path).take(None) == ""
    assert "300 s" in turn(tmp_path).take(None)
    assert "300 s" in turn(tmp_path, SetClock(20.0), boot_id="boot-2").take(None)


def test_a_message_is_on_disk_before_it_is_sent(tmp_path: Path) -> None:
    assert turn(tmp_path).take(None) == ""
    kept = json.loads(file_of(tmp_path).read_bytes())["gateways"]["acquirer-a"]
    assert (len(kept["sent"]), kept["target"]) == (1, "gw.example:8583")
    assert stat.S_IMODE(file_of(tmp_path).stat().st_mode) == 0o644


def test_another_host_under_the_same_name_starts_anew(tmp_path: Path) -> None:
    first = turn(tmp_path)
    assert first.take(None) == ""
    first.answered(LastAnswer(outcome=Outcome.PASS))
    assert turn(tmp_path, host="other.example").last() is None
    assert turn(tmp_path, host="other.example").take(None) == ""


def test_gateways_do_not_count_for_each_other(tmp_path: Path) -> None:
    assert turn(tmp_path).take(None) == ""
    assert turn(tmp_path, name="acquirer-b").take(None) == ""
    assert turn(tmp_path).take(None) != ""


def test_an_interval_of_zero_keeps_no_record(tmp_path: Path) -> None:
    free = turn(tmp_path, app_interval_s=0)
    assert [free.take(None) for _ in range(5)] == [""] * 5
    assert list(tmp_path.iterdir()) == []


def in_its_place(path: Path, make: Callable[[Path], None]) -> None:
    path.unlink()
    make(path)


# Each makes of a good record one that cannot be believed.
SPOILED: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"\xff\x00 not json"),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "another schema": lambda path: path.write_bytes(path.read_bytes().replace(b"app-messages/1", b"app-messages/9")),
    "another type": lambda path: path.write_bytes(b'{"gateways": []}'),
    "deeply nested": lambda path: path.write_bytes(b'{"gateways":' + b"[" * 100_000),
    "too large": lambda path: path.write_bytes(b" " * record.SIZE_LIMIT + path.read_bytes()),
    "writable for everybody": lambda path: path.chmod(0o666),
    "writable for the group": lambda path: path.chmod(0o664),
    "a link to one that is good": lambda path: os.symlink(path.rename(path.with_name("elsewhere")), path),
    "a directory": lambda path: in_its_place(path, os.mkdir),
    "a pipe": lambda path: in_its_place(path, os.mkfifo),
    "a link to nothing": lambda path: in_its_place(path, lambda place: place.symlink_to("nowhere")),
    "removed": lambda path: path.unlink(),
    "one bit": lambda path: path.write_bytes(path.read_bytes().replace(b'"daemon"', b'"daeMon"')),
    "one digit of a time": lambda path: path.write_bytes(re.sub(rb'("running_s":)1', rb"\g<1>0", path.read_bytes())),
    "the messages cut out": lambda path: path.write_bytes(re.sub(rb'"sent":\[[^]]*\]', b'"sent":[]', path.read_bytes())),
    "the sum cut out": lambda path: path.write_bytes(re.sub(rb',"sum":"\w*"', b"", path.read_bytes())),
    "appended to": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "an earlier version's": lambda path: path.write_bytes(b'{"schema":"posdiag.app-messages/1","gateways":{},"copied":false}\n'),
}
if os.geteuid() == 0:
    SPOILED["another user's"] = lambda path: os.chown(path, 4711, 4711)


@pytest.mark.parametrize("name", SPOILED)
def test_a_record_that_cannot_be_believed_counts_as_a_message_sent_just_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whoever may have sent how many: for the daemon and for `--check`, to each gateway, and once."""
    monkeypatch.setattr(record, "REFUGES", tmp_path)
    state, clock = tmp_path / "state", SetClock()
    state.mkdir()
    assert turn(state, clock).take(None) == ""
    assert not record.load(state).doubt
    clock.now += 1000
    SPOILED[name](file_of(state))
    assert record.load(state).doubt
    for ago in (0, 100):
        for each in (turn(state, clock), turn(state, clock, by_check=True), turn(state, clock, name="acquirer-b", by_check=True)):
            assert f"counts as sent {ago} s ago" in each.take(None)
        clock.now += 100
    clock.now += 100
    assert [turn(state, clock).take(None), turn(state, clock, name="acquirer-b").take(None)] == ["", ""]
    assert "300 s" in turn(state, clock).take(None)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_record_that_cannot_be_read_counts_as_a_message_sent_just_now(tmp_path: Path) -> None:
    assert turn(tmp_path).take(None) == ""
    file_of(tmp_path).chmod(0)
    assert record.load(tmp_path).doubt


def test_a_record_with_huge_answers_still_holds_the_limit(tmp_path: Path) -> None:
    big = turn(tmp_path)
    assert big.take(None) == ""
    big.answered(LastAnswer(outcome=Outcome.PASS, facts=AnswerFacts(text="x" * record.SIZE_LIMIT)))
    assert turn(tmp_path).take(None) != ""
    assert turn(tmp_path).last() is None


def test_messages_from_the_future_count_as_sent_just_now(tmp_path: Path) -> None:
    for boot_id, running_s in (("boot-0", 1e12), ("boot-1", 1e12), ("boot-0", 5.0)):
        clock = SetClock(20.0)
        clock.ahead = 1.7e9
        sent = Sent(at_s=4e9, boot_id=boot_id, running_s=running_s, by="daemon")
        known = GatewayMessages(target="gw.example:8583", sent=(sent,), answer=HostAnswer(outcome=Outcome.PASS, to=sent))
        record.save(tmp_path, Record(gateways={"acquirer-a": known}))
        assert turn(tmp_path, clock).last() is None
        assert "300 s" in turn(tmp_path, clock).take(None)
        clock.now += 300
        assert turn(tmp_path, clock).take(None) == "", "and is dated once"


def test_messages_from_long_ago_do_not_refuse(tmp_path: Path) -> None:
    sent = Sent(at_s=1e9, boot_id="boot-1", running_s=1e9, by="daemon")
    record.save(tmp_path, Record(gateways={"acquirer-a": GatewayMessages(target="gw.example:8583", sent=(sent,))}))
    assert turn(tmp_path, SetClock()).take(None) == ""


def test_a_missing_state_directory_is_made_by_root(tmp_path: Path) -> None:
    state = tmp_path / "not" / "there"
    if os.geteuid() == 0:
        assert turn(state).take(None) == ""
        assert state.is_dir()
    assert turn(state).take(None) != ""


def test_a_lock_that_another_program_holds_stops_the_message_and_says_so(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from agent.messages.record import locked\n"
        "with locked(Path(sys.argv[1])): print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdout.readline()
        assert "locked by another program" in turn(tmp_path).take(None)
        other.communicate()
    assert turn(tmp_path).take(None) == ""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A directory that ordinary users may enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="posdiag-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def takes(state: Path, times: int = 1, environment: Mapping[str, str] = os.environ) -> list[str]:
    """What an ordinary user's `--check` is told, one line a message."""
    script = (
        "import sys; from tests.support.send_limits import turn; from pathlib import Path\n"
        "for _ in range(int(sys.argv[2])): print(turn(Path(sys.argv[1]), by_check=True).take(None) or 'sent')"
    )
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    argv = [*user, sys.executable, "-c", script, str(state), str(times)]
    given = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    done = subprocess.run(argv, capture_output=True, text=True, env=given, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def a_fresh_place(folder: Path, number: int) -> dict[str, str]:
    """Whatever names a directory of the user's own, each time another one."""
    place = folder / f"place-{number}"
    place.mkdir()
    place.chmod(0o777)
    names = ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "TMPDIR", "TEMP", "TMP", "HOME")
    return dict.fromkeys(names, str(place))


def test_who_may_not_write_the_record_sends_nothing_wherever_the_environment_points(open_folder: Path) -> None:
    state = open_folder / "state"
    state.mkdir()
    state.chmod(0o555)
    for number in range(3):
        for said in takes(state, 2, a_fresh_place(open_folder, number)):
            assert said.startswith("the record of messages sent cannot be kept:")
            assert f"{state} may not be written by this user. Run it as root" in said
    assert list(state.iterdir()) == []
    [said] = takes(open_folder / "nowhere")
    assert "does not exist" in said


def test_who_may_write_the_record_has_the_same_one_wherever_the_environment_points(open_folder: Path) -> None:
    state = open_folder / "state"
    state.mkdir()
    if os.geteuid() == 0:
        os.chown(state, NOBODY, NOBODY)
    said = [takes(state, 1, a_fresh_place(open_folder, number))[0] for number in range(10)]
    assert said.count("sent") == 4, "one, and three more"


@as_root
def test_the_answer_on_record_stands_for_a_user_who_only_may_read_it(open_folder: Path) -> None:
    state = open_folder / "state"
    state.mkdir()
    first = turn(state)
    assert first.take(None) == ""
    first.answered(LastAnswer(outcome=Outcome.PASS, facts=AnswerFacts(response_code="00")))
    script = (
        "import sys; from tests.support.send_limits import turn; from pathlib import Path\n"
        "print(turn(Path(sys.argv[1]), by_check=True).last().facts.response_code)"
    )
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    assert subprocess.run([*user, sys.executable, "-c", script, str(state)], capture_output=True, text=True, check=False).stdout == "00\n"


@as_root
def test_a_refuge_that_somebody_else_planted_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "REFUGES", tmp_path)
    state = tmp_path / "state"
    file_of(state).mkdir(parents=True)  # in its place nothing can be written
    planted = record.refuge(str(state), make=True)
    for mode, owner in ((0o777, 0), (0o755, NOBODY)):
        planted.chmod(mode)
        os.chown(planted, owner, owner)
        with pytest.raises(NotKept, match="can be written by others"):
            record.refuge(str(state))
        assert turn(state).take(None).startswith("the record of messages sent cannot be kept:")
        assert list(planted.iterdir()) == []


@as_root
def test_what_was_sent_while_the_state_directory_was_full_counts_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "REFUGES", tmp_path)
    state, clock = tmp_path / "state", SetClock()
    file_of(state).mkdir(parents=True)  # in its place nothing can be written
    assert turn(state, clock).take(None) != "", "nor can it be told what was there"
    clock.now += 300
    first = turn(state, clock)
    assert first.take(None) == ""
    first.answered(LastAnswer(outcome=Outcome.PASS, facts=AnswerFacts(response_code="00")))
    file_of(state).rmdir()
    again = turn(state, clock)
    assert "300 s" in again.take(None)
    last = again.last()
    assert last is not None and last.facts == AnswerFacts(response_code="00")


def test_a_full_or_broken_state_directory_refuses_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(NotKept, match=r"cannot write .* directory"):
        record.save(tmp_path / "file" / "below", _spoil(tmp_path / "file"))


def _spoil(path: Path) -> Record:
    path.write_bytes(b"")
    return Record()


def test_a_redirect_that_repeats_the_merchant_s_number_is_recorded_without_it(tmp_path: Path) -> None:
    first = turn(tmp_path)
    assert first.take(None) == ""
    first.answered(LastAnswer(outcome=Outcome.FAIL, facts=AnswerFacts(location="http://h/m/898320154110001/")))
    assert b"8983201" not in file_of(tmp_path).read_bytes()
    last = turn(tmp_path).last()
    assert last is not None and last.facts == AnswerFacts(location="http://h/m/***********0001/")
