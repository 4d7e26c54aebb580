"""Reading back: whatever stands in the file, the reader says in words why it must not be believed."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.contract.document import SIZE_LIMIT
from agent.contract.encode import encode
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State
from agent.examination.result import Examination
from agent.settings.load import Loaded
from agent.settings.model import Settings
from agent.status.build import Moment, build
from agent.storage.atomic import write
from agent.storage.identity import Identity
from agent.storage.status_file import Flaw, StatusReading, read
from tests.support.staged import diagnosis, examination

NOW = 1_790_000_000.0
BOOT = "6f1c2a7e-0000-4000-8000-000000000001"


def document(verdict: Examination | None = None, boot_id: str = BOOT) -> bytes:
    identity = Identity(terminal_id="T-1", machine_id="0" * 32, serial_number="", boot_id=boot_id)
    moment = Moment(now=NOW, started=NOW - 60, sequence=7, next_write_s=60, next_check_s=60)
    loaded = Loaded(Settings(), None, frozenset(), "0" * 16)
    return encode(build(verdict or examination(diagnosis(State.OK)), loaded, identity=identity, moment=moment))


def reading(path: Path, content: bytes, now: float = NOW + 1, boot_id: str = BOOT) -> StatusReading:
    write(path, content)
    return read(path, now=now, boot_id=boot_id)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "status.json"


def test_a_current_document(path: Path) -> None:
    found = reading(path, document())
    assert (found.flaw, found.text, found.stale, found.exit_status) == (None, None, False, 0)
    assert found.status is not None
    assert found.status.sequence == 7


@pytest.mark.parametrize(("state", "code"), [(State.OK, 0), (State.DEGRADED, 1), (State.OUTAGE, 2), (State.UNKNOWN, 3)])
def test_exit_status_is_that_of_check(path: Path, state: State, code: int) -> None:
    assert reading(path, document(examination(diagnosis(state)))).exit_status == code


@pytest.mark.parametrize(
    ("now", "boot_id", "flaw"),
    [
        (NOW + 179, BOOT, None),
        (NOW + 181, BOOT, Flaw.EXPIRED),
        (NOW + 86400 * 365, BOOT, Flaw.EXPIRED),
        (NOW - 86400, BOOT, Flaw.FUTURE),
        (NOW - 1, BOOT, None),
        (NOW + 1, "another", Flaw.OTHER_BOOT),
        (NOW + 1, "", None),
    ],
)
def test_what_is_stale(path: Path, now: float, boot_id: str, flaw: Flaw | None) -> None:
    found = reading(path, document(), now, boot_id)
    assert found.flaw is flaw
    assert found.status is not None
    assert found.stale is (flaw is not None)
    assert found.exit_status == (3 if flaw else 0)
    assert (found.text is not None) is (flaw is not None)


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", Flaw.BROKEN),
        (b"\x00" * 4096, Flaw.BROKEN),
        (document()[:-300], Flaw.BROKEN),
        (b"[" * 60000, Flaw.SCHEMA),
        (b'{"schema":"posdiag.status/1","checks":' + b"[" * 60000, Flaw.BROKEN),
        (b'{"schema":"posdiag.status/1","checks":' + b"[" * 30000 + b"]" * 30000 + b"}", Flaw.BROKEN),
        (b"\xff\xfe", Flaw.BROKEN),
        (b"[]", Flaw.SCHEMA),
        (b"{}", Flaw.SCHEMA),
        (b'{"schema":"posdiag.status/2\\u001b[2J"}', Flaw.SCHEMA),
        (b'{"schema":"posdiag.status/1"}', Flaw.SCHEMA),
        (document().replace(b'"generated_at":"2', b'"generated_at":"x'), Flaw.SCHEMA),
        (b" " * SIZE_LIMIT + document(), Flaw.TOO_LARGE),
    ],
)
def test_what_is_no_status_document(path: Path, content: bytes, flaw: Flaw) -> None:
    found = reading(path, content)
    assert found.flaw is flaw
    assert (found.status, found.exit_status) == (None, 3)
    assert found.text is not None
    assert str(path) in found.text.en
    assert "\x1b" not in found.text.en + found.text.zh


def test_keys_of_a_later_version_are_no_fault(path: Path) -> None:
    found = reading(path, document().replace(b'{"schema"', b'{"weather":{"rain":true},"schema"', 1))
    assert found.flaw is None


def test_missing_unreadable_and_a_pipe(path: Path) -> None:
    assert read(path, now=NOW, boot_id=BOOT).flaw is Flaw.MISSING
    os.mkfifo(path)
    assert read(path, now=NOW, boot_id=BOOT).flaw is Flaw.UNREADABLE
    path.unlink()
    path.mkdir()
    assert read(path, now=NOW, boot_id=BOOT).flaw is Flaw.UNREADABLE
    assert read(Path("a\0b"), now=NOW, boot_id=BOOT).flaw is Flaw.UNREADABLE


@given(st.binary(max_size=300) | st.integers(0, len(document())).map(lambda end: document()[:end]))
def test_nothing_in_the_file_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(content)
    found = read(path, now=NOW + 1, boot_id=BOOT)
    assert (found.status is None) == (found.flaw is not None)


def test_the_document_says_what_the_contract_says(path: Path) -> None:
    plain = msgspec.json.decode(document(examination(diagnosis(State.OUTAGE, Cause.CABLE_UNPLUGGED))))
    assert plain["generated_at"] == "2026-09-21T14:13:20.000Z"
    assert plain["valid_until"] == "2026-09-21T14:16:20.000Z"
    assert (plain["can_pay"], plain["state"], plain["category"], plain["cause"]) == ("no", "outage", "operator", "operator.cable_unplugged")
    assert plain["causes"][0]["evidence"] == ["link:eth0"]
    assert plain["causes"][0]["owner"] == "cashier"
    assert (plain["pending"], plain["incident"], plain["sequence"]) == (None, None, 7)
