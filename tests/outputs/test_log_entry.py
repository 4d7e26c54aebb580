"""The log: one entry holds the verdict, the evidence and the steps, on a file that stays small."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.contract.document import Status
from agent.contract.times import local, parse
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State
from agent.outputs.change import Announced
from agent.outputs.log_entry import entry
from agent.outputs.log_file import KEPT, append
from agent.settings.load import Loaded
from agent.settings.model import Language, Settings
from agent.status.build import Moment, build
from agent.storage.atomic import StoreError
from agent.storage.identity import Identity
from probes.model import Check, Facts, Layer, Outcome, Symptom
from tests.support.checks import check
from tests.support.staged import diagnosis, examination

IDENTITY = Identity(terminal_id="T-1", machine_id="m", serial_number="s", boot_id="b")
MOMENT = Moment(now=1_790_000_000, started=1_789_999_000, sequence=1, next_write_s=10, next_check_s=5)
SEEN_AT = "2026-09-21T14:13:19.000Z"
HOSTILE = check(
    "dns:192.0.2.1", Outcome.FAIL, Symptom.TIMEOUT, observed_at=SEEN_AT, text="a\n2026-01-01 fake entry\x1b[31m\u202e", interface="eth0"
)
TRIED = check(
    "internet:192.0.2.7:53", Outcome.FAIL, Symptom.TIMEOUT, observed_at=SEEN_AT, address="192.0.2.7", port=53, phase="tcp", waited_ms=3000
)


def status(*checks: Check[Facts]) -> Status:
    found = examination(diagnosis(State.OUTAGE, Cause.CABLE_UNPLUGGED), checks=checks)
    return build(found, Loaded(Settings(), None, frozenset(), ""), identity=IDENTITY, moment=MOMENT)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.ZH, ("不能收款", "原因 operator.cable_unplugged eth0", "证据", "收银员：")),
        (Language.EN, ("cannot take payments", "cashier: ")),
    ],
)
def test_an_entry_has_verdict_evidence_and_numbered_steps(language: Language, words: tuple[str, ...]) -> None:
    text = entry(status(TRIED), Announced(State.OK, ()), language)
    for word in (*words, "[T-1]", "link:eth0 fail no_carrier", "address=192.0.2.7 port=53 phase=tcp", "\n  1. ", "\n  2. "):
        assert word in text
    assert text.endswith("\n")


def test_what_was_seen_is_said_in_short_with_the_names_of_the_document() -> None:
    certificate = {"subject": "gw", "issuer": "CA", "not_before": "2026-01-01T00:00:00Z", "not_after": "2026-02-01T00:00:00Z"}
    seen = (
        check("gateway:a", Outcome.FAIL, Symptom.CERT_EXPIRED, certificate=certificate, verify_code=10, host="h", port=443),
        check("serial:pad", Outcome.FAIL, Symptom.PORT_BUSY, port="/dev/ttyS0", holder={"name": "payapp", "pid": 812}),
        check("plugin:ups:a", Outcome.FAIL, Symptom.PLUGIN_FAILED, said={"zh": "坏了", "en": "broken\n"}, values={"charge_percent": 3}),
        check("weather:roof", Outcome.FAIL, layer=Layer("sky"), wind_ms=3.5, raining=True),
    )
    text = entry(status(*seen), None, Language.EN)
    begins, ends = (local(float(parse(certificate[name]) or 0)) for name in ("not_before", "not_after"))
    assert f"host=h port=443 verify_code=10 certificate=(gw, issued by CA, {begins} to {ends})" in text
    assert "port=/dev/ttyS0 holder=payapp (812)" in text
    assert "plugin:ups:a fail plugin_failed (broken\\x0a) charge_percent=3" in text
    assert "weather:roof fail wind_ms=3.5 raining=True" in text


def test_nothing_from_outside_makes_a_line_or_a_colour() -> None:
    text = entry(status(HOSTILE), None, Language.ZH)
    assert "fake entry" in text
    assert not any(line.startswith("2026-01-01") for line in text.splitlines())
    assert not any(char in text for char in "\x1b\u202e")
    assert sum(not line.startswith(" ") for line in text.splitlines()) == 1


def test_times_are_local_with_their_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert entry(status(HOSTILE), None, Language.EN).startswith("2026-09-21 22:13:20+08:00 ")
        assert "2026-09-21 22:13:19+08:00 dns:192.0.2.1" in entry(status(HOSTILE), None, Language.EN)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_file_is_rotated_and_old_ones_go(tmp_path: Path) -> None:
    path = tmp_path / "log" / "posdiag.log"
    for number in range(100):
        append(path, f"entry {number} " + "x" * 80 + "\n", limit=1000)
    names = sorted(each.name for each in path.parent.iterdir())
    assert names == ["posdiag.log", *(f"posdiag.log.{number}" for number in range(1, KEPT + 1))]
    assert all(each.stat().st_size <= 1000 for each in path.parent.iterdir())
    lines = [line for name in reversed(names) for line in (path.parent / name).read_text().splitlines()]
    assert [int(line.split()[1]) for line in lines] == list(range(100 - len(lines), 100)), "nothing lost but the oldest"


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "posdiag.log"
    victim.write_text("precious")
    path.symlink_to(victim)
    with pytest.raises(StoreError):
        append(path, "entry\n")
    assert victim.read_text() == "precious"
