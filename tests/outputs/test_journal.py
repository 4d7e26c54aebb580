"""Confirmed changes in the journal: with fields over its own socket, as marked lines where it takes none, and without a wait."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.outputs import native_journal
from agent.present import logfmt
from tests.support.patience import PATIENCE_S
from tests.support.staged import staged

CABLE = "outage operator.cable_unplugged"
LOGFMT = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"=\\]+))(?: |$)')


@contextmanager
def journald(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(str(path))
        made.settimeout(PATIENCE_S)
        yield made


def fields_of(datagram: bytes) -> dict[str, str]:
    """As journald reads it: NAME=value, or NAME, the length in eight bytes, the value."""
    found: dict[str, str] = {}
    while datagram:
        name, line_break, rest = datagram.partition(b"\n")
        if b"=" in name:
            name, _, value = name.partition(b"=")
        else:
            length = int.from_bytes(rest[:8], "little")
            value, line_break, rest = rest[8 : 8 + length], rest[8 + length : 9 + length], rest[9 + length :]
        assert line_break == b"\n"
        found[name.decode()] = value.decode()
        datagram = rest
    return found


def read_logfmt(line: str) -> list[tuple[str, str]]:
    """Whatever a line has besides pairs is a fault."""
    found, at = [], 0
    while at < len(line):
        pair = LOGFMT.match(line, at)
        assert pair, line[at:]
        found.append((pair[1], re.sub(r"\\(.)", r"\1", pair[2]) if pair[3] is None else pair[3]))
        at = pair.end()
    return found


def stderr_of(folder: Path) -> tuple[dict[str, str], Path]:
    """What standard error leads to is said to be the journal."""
    path = folder / "stderr"
    path.touch()
    seen = path.stat()
    return {"JOURNAL_STREAM": f"{seen.st_dev}:{seen.st_ino}", "STDERR_TO": str(path)}, path


@pytest.mark.parametrize(("language", "words"), [("en", "outage: cannot take payments"), ("zh", "中断：不能收款")])
def test_a_change_is_an_entry_with_fields_and_no_line_besides(tmp_path: Path, language: str, words: str) -> None:
    with journald(tmp_path / "socket") as reader, staged(tmp_path) as stage:
        stage.config.write_text(stage.config.read_text().replace('"en"', f'"{language}"'))
        environment, stderr = stderr_of(tmp_path)
        stage.start(f"--journal={tmp_path / 'socket'}", env=environment)
        first = fields_of(reader.recv(65536))
        stage.say(CABLE)
        second = fields_of(reader.recv(65536))
        stage.end()
        entry = [line for line in (stage.log_dir / "posdiag.log").read_text().splitlines() if "state=outage" in line]
    assert (first["POSDIAG_STATE"], first["POSDIAG_CAN_PAY"], first["PRIORITY"]) == ("ok", "yes", "6")
    assert "POSDIAG_CAUSE" not in first and stderr.read_text() == ""
    message, incident = second.pop("MESSAGE"), second.pop("POSDIAG_INCIDENT")
    assert second == {
        "PRIORITY": "3",
        "SYSLOG_IDENTIFIER": "posdiag",
        "POSDIAG_STATE": "outage",
        "POSDIAG_CAN_PAY": "no",
        "POSDIAG_CAUSE": "operator.cable_unplugged",
        "POSDIAG_SUBJECT": "eth0",
    }
    head = f"state=outage can_pay=no cause=operator.cable_unplugged subject=eth0 incident={incident} msg="
    assert message.startswith(f'{head}"{words} - operator.cable_unplugged eth0: ')
    assert len(entry) == 1 and f'[T-1] {head}"{words}' in entry[0], "the same head in the log"


def test_a_journal_that_takes_nothing_gets_lines_and_holds_up_nobody(tmp_path: Path) -> None:
    with journald(tmp_path / "socket") as reader, staged(tmp_path) as stage:
        filled = 0
        while native_journal.send([("MESSAGE", "x")], str(tmp_path / "socket")):
            filled += 1
        assert filled, "it took some, and then no more"
        environment, stderr = stderr_of(tmp_path)
        stage.start(f"--journal={tmp_path / 'socket'}", env=environment)
        stage.until(lambda: stderr.read_text().startswith("<6>state=ok can_pay=yes msg="))
        stage.end()
        assert [reader.recv(100) for _ in range(filled)] == [b"MESSAGE=x\n"] * filled


def test_an_entry_too_long_for_a_datagram_and_a_missing_socket_are_no_exception(tmp_path: Path) -> None:
    assert not native_journal.send([("MESSAGE", "x")], str(tmp_path / "nothing"))
    assert not native_journal.send([("MESSAGE", "x")], "x" * 200)
    with journald(tmp_path / "socket"):
        assert not native_journal.send([("MESSAGE", "x" * 10_000_000)], str(tmp_path / "socket"))


def test_nothing_stays_open(tmp_path: Path) -> None:
    with journald(tmp_path / "socket") as reader:
        before = os.listdir("/proc/self/fd")
        for _ in range(50):
            assert native_journal.send([("MESSAGE", "x")], str(tmp_path / "socket")) and reader.recv(100)
            native_journal.send([("MESSAGE", "x")], str(tmp_path / "nothing"))
        assert len(os.listdir("/proc/self/fd")) == len(before)


def test_a_value_of_several_lines_goes_by_its_length() -> None:
    sent = native_journal.encoded([("A", "1"), ("B", "two\nA=3"), ("C", ""), ("D", "四")])
    assert sent == b"A=1\nB\n\x07\0\0\0\0\0\0\0two\nA=3\nC=\nD=\xe5\x9b\x9b\n"
    assert fields_of(sent) == {"A": "1", "B": "two\nA=3", "C": "", "D": "四"}


@given(st.dictionaries(st.from_regex(r"[A-Z_]{1,9}", fullmatch=True), st.text(st.characters(exclude_categories=["Cs"]))))
def test_the_journal_reads_every_value_as_it_was(values: dict[str, str]) -> None:
    assert fields_of(native_journal.encoded(values.items())) == values


@given(st.lists(st.tuples(st.sampled_from(["state", "subject"]), st.text(max_size=100))))
def test_no_value_makes_another_pair_or_another_line(values: list[tuple[str, str]]) -> None:
    line = logfmt.pairs(values)
    assert "\n" not in line
    assert [key for key, _ in read_logfmt(line)] == [key for key, _ in values]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("eth0", "eth0"),
        ("", '""'),
        ("till 2", '"till 2"'),
        ("a=b", '"a=b"'),
        ('say "x"', '"say \\"x\\""'),
        ("C:\\certs", '"C:\\\\certs"'),
        ("two\nlines", '"two\\\\x0alines"'),
        ("全角\u3000空格", '"全角\u3000空格"'),
        ("打印机", "打印机"),
    ],
)
def test_values_are_quoted_where_logfmt_wants_it(value: str, written: str) -> None:
    assert logfmt.pairs([("subject", value)]) == f"subject={written}"
    assert read_logfmt(f"subject={written}")[0][1] == value.replace("\n", "\\x0a")
