"""The status for programs: one line for Nagios, an exposition that Prometheus takes, a table, a summary of at most 1 KB."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import msgspec
import pytest

from agent.contract import summary
from agent.contract.summary import ClosedIncident, Summary
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, State
from agent.present import formats
from agent.present.headline import headline
from agent.settings.model import Language
from agent.status.summary import summarise
from probes.ground.bilingual import Bilingual
from tests.support.documents import HEALTHY, broken_names, cause, check, status

HOSTILE = '\x1b[2J|a\tb\nc"\\\u202e{}'
SAMPLE = re.compile(r'[a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*"(,|(?=\})))*\})? -?[0-9.e+]+')


def hostile() -> Any:
    checks = (check(f"internet:{HOSTILE}", "fail", "redirected", text=HOSTILE), *HEALTHY)
    entry = cause(Cause.CAPTIVE_PORTAL, evidence=(checks[0].id,), summary=Bilingual(HOSTILE, HOSTILE))
    return status(CanPay.NO, State.OUTAGE, checks, (entry,))


@pytest.mark.parametrize(
    ("document", "stale", "begins"),
    [
        (status(CanPay.YES, State.OK), False, "POSDIAG OK - ok: can take payments | can_pay=1;;;-1;1 "),
        (broken_names(), False, "POSDIAG CRITICAL - outage: cannot take payments - network.dns_unreachable"),
        (status(CanPay.YES, State.OK), True, "POSDIAG UNKNOWN - stale: ok"),
        (hostile(), False, "POSDIAG CRITICAL - "),
    ],
)
def test_nagios_gets_one_line_with_performance_data(document: Any, stale: bool, begins: str) -> None:
    line = formats.nagios(document, stale=stale)
    assert line.startswith(begins) and line.count("|") == 1 and "\n" not in line and "\x1b" not in line
    data = line.partition(" | ")[2]
    assert all(re.fullmatch(r"[a-z_]+=-?\d+s?(;[^;]*){0,4}", each) for each in data.split(" "))


OLD: dict[str, Any] = {"depth": "tls", "app_answer_age_s": 39.0, "app_answered_at": "2026-01-31T07:59:21.000Z"}


def doubt() -> Any:
    entry = cause(Cause.INDETERMINATE, evidence=("gateway:acquirer-a",), candidates=(Cause.GATEWAY_DOWN, Cause.GATEWAY_BLOCKED))
    return status(CanPay.UNKNOWN, State.UNKNOWN, HEALTHY, (entry,))


def many() -> Any:
    """Gateways of all sorts, and names that differ in nothing but what is written out."""
    names = [
        "acquirer-a",
        "收单 甲",
        "a\tb",
        'quote"d',
        "back\\slash",
        '{x="1"}',
        "",
        "\u202eright",
        "名" * 200,
        *(f"gw-{n}" for n in range(60)),
    ]
    checks = [check(f"gateway:{name}", "pass" if n % 2 else "fail", None if n % 2 else "timeout", **OLD) for n, name in enumerate(names)]
    return status(CanPay.YES, State.DEGRADED, (*HEALTHY, *checks))


DOCUMENTS = {
    "healthy": status(CanPay.YES, State.OK),
    "outage": broken_names(),
    "doubt": doubt(),
    "many gateways": many(),
    "hostile names": hostile(),
    "nothing at all": status(CanPay.UNKNOWN, State.UNKNOWN, ()),
}


@pytest.mark.parametrize("stale", [False, True])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_promtool_finds_nothing_in_it(name: str, stale: bool) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool here (Debian's package prometheus)")
    text = formats.prometheus(DOCUMENTS[name], stale=stale)
    done = subprocess.run([promtool, "check", "metrics"], input=text.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("document", list(DOCUMENTS.values()))
def test_prometheus_takes_it(document: Any) -> None:
    text = formats.prometheus(document, stale=False)
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in samples if not SAMPLE.fullmatch(line)] == []
    assert len(samples) == len({line.rpartition(" ")[0] for line in samples})


def test_an_answer_that_was_not_asked_for_now_has_its_age_in_every_form() -> None:
    document = status(CanPay.YES, State.OK, (*HEALTHY[:4], check("gateway:a", **OLD)))
    assert "ok: can take payments (answer of 39 s ago)" in formats.nagios(document, stale=False)
    assert "(answer of 49 s ago)" in (line := formats.nagios(document, stale=False, read_s=10.0)) and line.endswith(" answer_age=49s")
    assert "（39 秒前的应答）" in headline(document, Language.ZH)
    assert msgspec.json.decode(summary.encode(summarise(document)))["answer_age_s"] == 39
    assert 'posdiag_answer_timestamp_seconds{id="gateway:a"} 1769846361\n' in formats.prometheus(document, stale=False)
    assert formats.tsv(document).splitlines()[-1].endswith("\t2026-01-31T07:59:21.000Z")
    asked = status(CanPay.YES, State.OK, (*HEALTHY[:4], check("gateway:a", depth="app")))
    assert "ago" not in formats.nagios(asked, stale=False) + headline(asked, Language.EN)
    assert "answer_age" not in formats.nagios(asked, stale=False) + summary.encode(summarise(asked)).decode()
    assert "ago" not in formats.nagios(document, stale=True)


def test_what_is_stale_is_unknown() -> None:
    text = formats.prometheus(status(CanPay.YES, State.OK), stale=True)
    assert "\nposdiag_state 3\n" in text and "\nposdiag_can_pay -1\n" in text


def test_a_table_has_as_many_columns_in_each_line() -> None:
    lines = formats.tsv(hostile()).splitlines()
    assert len(lines) == 1 + len(HEALTHY) + 1
    assert {line.count("\t") for line in lines} == {8} and not any(map(set("\x1b\u202e").intersection, lines))


def test_the_summary_says_what_the_document_says() -> None:
    line = summary.encode(summarise(broken_names()))
    made = msgspec.json.decode(line)
    assert line.startswith(b'{"schema":"posdiag.summary/1"') and line.count(b"\n") == 1 and len(line) <= 1025
    assert (made["state"], made["can_pay"], made["cause"], made["id"]) == (2, 0, "network.dns_unreachable", "T-1001")
    assert made["attributes"] == {"store": "南门店", "resolver": "192.168.1.1", "uplink": "ethernet"}
    assert made["causes"] == ["network.dns_unreachable", "system.disk_full", "operator.paper_low"]
    assert msgspec.json.decode(line, type=Summary) == summarise(broken_names())


def big(**more: Any) -> Summary:
    return msgspec.structs.replace(summarise(broken_names()), **more)


def test_what_does_not_fit_is_left_out_in_order() -> None:
    closed = tuple(ClosedIncident(cause="network.internet_down", subject="x" * 20, began=n, seconds=2) for n in range(20))
    labels, causes = {f"label-{n}": "v" * 20 for n in range(10)}, tuple(f"system.cause_{n}" for n in range(20))
    first = msgspec.json.decode(summary.encode(big(closed=closed)), type=Summary)
    assert (first.closed, first.truncated) == (closed[-5:], True), "the oldest of them first"
    second = msgspec.json.decode(summary.encode(big(closed=closed, labels=labels, causes=causes)), type=Summary)
    assert (second.closed, second.causes, second.labels) == ((), causes[:12], labels)
    third = msgspec.json.decode(summary.encode(big(labels={f"{n}": "v" * 50 for n in range(20)}, causes=causes)), type=Summary)
    assert (third.causes, third.labels) == (causes[:12], {})
    endless = dict.fromkeys(("id", "version", "config_hash", "cause", "subject", "serial_number"), "\x01" * 3000)
    for worst in (big(**endless), big(id="终" * 500, subject="端" * 500, attributes={"host": "h" * 3000}), big(labels={"a": "b" * 5000})):
        assert len(summary.encode(worst)) <= 1025 and msgspec.json.decode(summary.encode(worst), type=Summary).truncated
