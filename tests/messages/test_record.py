"""The record of messages as a file: what counts, what does not, and where it is kept."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.messages import record
from agent.messages.record import GatewayMessages, HostAnswer, NotKept, Record, Sent
from probes.edge.acquirer.send_permit import LastAnswer
from probes.model import Outcome
from probes.model.facts import AnswerFacts
from tests.support.send_limits import turn

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to other users")


def file_of(folder: Path) -> Path:
    return folder / record.FILE


def test_a_second_message_is_refused_also_by_a_new_process_and_a_new_boot(tmp_path: Path) -> None:
    assert turn(tmp_path).take(None) == ""
    assert "300 s" in turn(tmp_path).take(None)
    assert "300 s" in turn(tmp_path, boot_id="boot-2").take(None)


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


# Each makes of a good record one that must count as none.
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
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_record_that_others_could_have_made_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert turn(tmp_path).take(None) == ""
    assert record.load(tmp_path) != Record()
    SPOILED[name](file_of(tmp_path))
    assert record.load(tmp_path) == Record()
    # A directory cannot be replaced: then the record is kept outside the state directory.
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert turn(tmp_path).take(None) == ""
    assert "300 s" in turn(tmp_path).take(None)


@as_root
def test_a_record_of_another_user_counts_as_none(tmp_path: Path) -> None:
    assert turn(tmp_path).take(None) == ""
    os.chown(file_of(tmp_path), 4711, 4711)
    assert record.load(tmp_path) == Record()


def test_a_record_with_huge_answers_still_holds_the_limit(tmp_path: Path) -> None:
    big = turn(tmp_path)
    assert big.take(None) == ""
    big.answered(LastAnswer(outcome=Outcome.PASS, facts=AnswerFacts(text="x" * record.SIZE_LIMIT)))
    assert turn(tmp_path).take(None) != ""
    assert turn(tmp_path).last() is None


def test_messages_from_the_future_and_from_long_ago_do_not_refuse(tmp_path: Path) -> None:
    def of(at_s: float, boot_id: str) -> Record:
        sent = Sent(at_s=at_s, boot_id=boot_id, running_s=1e12, by="daemon")
        return Record(
            gateways={
                "acquirer-a": GatewayMessages(target="gw.example:8583", sent=(sent,), answer=HostAnswer(outcome=Outcome.PASS, to=sent))
            }
        )

    for known in (of(4e9, "boot-0"), of(4e9, "boot-1"), of(1e9, "boot-0")):
        record.save(tmp_path, known)
        assert turn(tmp_path).last() is None
        assert turn(tmp_path).take(None) == ""


def test_a_missing_state_directory_is_made_by_root_or_replaced_by_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    state = tmp_path / "not" / "there"
    assert turn(state).take(None) == ""
    assert state.is_dir() is (os.geteuid() == 0)
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


def takes(state: Path, runtime: Path, times: int = 1) -> list[str]:
    """What an ordinary user's `--check` is told, one line a message."""
    script = (
        "import sys; from tests.support.send_limits import turn; from pathlib import Path\n"
        "for _ in range(int(sys.argv[2])): print(turn(Path(sys.argv[1]), by_check=True).take(None) or 'sent')"
    )
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    environment = os.environ | {"XDG_RUNTIME_DIR": str(runtime), "PYTHONDONTWRITEBYTECODE": "1"}
    argv = [*user, sys.executable, "-c", script, str(state), str(times)]
    done = subprocess.run(argv, capture_output=True, text=True, env=environment, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def runtime_of_nobody(folder: Path) -> Path:
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(runtime, NOBODY, NOBODY)
    return runtime


def test_who_may_not_write_the_state_directory_keeps_a_record_of_his_own(open_folder: Path) -> None:
    state = open_folder / "state"
    state.mkdir()
    state.chmod(0o555)
    runtime = runtime_of_nobody(open_folder)
    assert takes(state, runtime, 4)[:4] == ["sent"] * 4
    assert "300 s" in takes(state, runtime)[0]
    assert list(state.iterdir()) == []


@as_root
def test_what_the_daemon_sent_counts_for_a_user_who_only_may_read_it(open_folder: Path) -> None:
    state, runtime = open_folder / "state", runtime_of_nobody(open_folder)
    state.mkdir()
    assert turn(state).take(None) == ""
    said = takes(state, runtime, 4)
    assert said[:3] == ["sent"] * 3
    assert "300 s" in said[3]


def test_where_nothing_can_be_kept_nothing_is_sent_and_the_reason_is_clear(open_folder: Path) -> None:
    state, runtime = open_folder / "state", open_folder / "runtime"
    for folder in (state, runtime):
        folder.mkdir()
        folder.chmod(0o555)
    [said] = takes(state, runtime)
    assert said.startswith("the record of messages sent cannot be kept:")
    assert str(runtime) in said


@as_root
def test_a_directory_that_somebody_else_planted_is_not_used(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, runtime = open_folder / "state", open_folder / "runtime"
    state.mkdir(mode=0o755)
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    mine = record.refuge(str(state))
    planted = mine.with_name(mine.name.replace(f"posdiag-{os.geteuid()}-", f"posdiag-{NOBODY}-"))
    planted.mkdir(mode=0o777)
    [said] = takes(state, runtime)
    assert "not this user's alone" in said


def test_what_was_sent_while_the_state_directory_was_full_counts_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, runtime = tmp_path / "state", tmp_path / "runtime"
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    file_of(state).mkdir(parents=True)  # in its place nothing can be written
    first = turn(state)
    assert first.take(None) == ""
    first.answered(LastAnswer(outcome=Outcome.PASS, facts=AnswerFacts(response_code="00")))
    file_of(state).rmdir()
    again = turn(state)
    assert "300 s" in again.take(None)
    last = again.last()
    assert last is not None and last.facts == AnswerFacts(response_code="00")
    assert not file_of(state).exists()


def test_a_full_or_broken_state_directory_refuses_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(NotKept, match=r"cannot write .* directory"):
        record.save(tmp_path / "file" / "below", _spoil(tmp_path / "file"))


def _spoil(path: Path) -> Record:
    path.write_bytes(b"")
    return Record()
