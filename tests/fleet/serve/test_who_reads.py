"""The page, `fleet.json` and `/metrics`: to whom they are shown, and what hostile terminals do to them."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from agent.fleet.serve.tokens import new
from tests.support.patience import until
from tests.support.served import served, summary, token_table

SHOWN = ("/", "/fleet.json", "/metrics")
HOSTILE = "\"}\n\n\x1b[31m<script>alert(1)</script>\u202e=cmd|' \\"


def test_without_a_token_that_reads_this_machine_does_and_nobody_through_a_proxy(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        server.push(summary("T-1"))
        server.until_terminals(1)
        for path in SHOWN:
            assert server.ask("GET", path).status == 200
            for header in ({"X-Forwarded-For": "203.0.113.5"}, {"Forwarded": "for=203.0.113.5"}):
                answered = server.ask("GET", path, headers=header)
                assert (answered.status, b"T-1" in answered.body) == (403, False)
        assert server.ask("GET", "/healthz", headers={"X-Forwarded-For": "203.0.113.5"}).said == {"ok": True}


def test_the_metrics_are_those_that_the_rules_ask_for(tmp_path: Path) -> None:
    rules = (Path(__file__).resolve().parents[3] / "config/fleet/prometheus-rules.yml").read_text(encoding="utf-8")
    with served(tmp_path) as server:
        server.push(summary("T-1"))
        server.until_terminals(1)
        until(lambda: b"posdiag_fleet_up 1" in server.ask("GET", "/metrics").body, server.said)
        shown = server.ask("GET", "/metrics").body.decode()
    assert {name for name in re.findall(r"posdiag_fleet_[a-z_]+", rules) if name not in shown} == set()
    names = [line.split("{")[0].split(" ")[0] for line in shown.splitlines() if line and not line.startswith("#")]
    assert len(set(re.findall(r"^# TYPE (\S+)", shown, re.MULTILINE))) == len(re.findall(r"^# TYPE", shown, re.MULTILINE))
    assert names


def test_whoever_stands_in_front_may_be_left_to_decide(tmp_path: Path) -> None:
    with served(tmp_path, settings='[serve]\nevery_s = 1\nread = "anyone"\n') as server:
        assert server.ask("GET", "/metrics", headers={"X-Forwarded-For": "203.0.113.5"}).status == 200


def test_a_token_that_reads_is_needed_where_there_is_one(tmp_path: Path) -> None:
    pushes, reads = new(), new()
    tokens = token_table("terminals", pushes, ("*",)) + token_table("office", reads, reads=True)
    with served(tmp_path, tokens=tokens) as server:
        server.push(summary("T-1"), token=pushes)
        basic = base64.b64encode(f"anybody:{reads}".encode()).decode()
        right = ({"Authorization": f"Bearer {reads}"}, {"Authorization": f"Basic {basic}"})
        until(lambda: server.ask("GET", "/", headers=right[0]).status == 200, server.said)
        for path in SHOWN:
            assert [server.ask("GET", path, headers=header).status for header in right] == [200, 200]
            assert server.ask("GET", path, headers={"Authorization": f"Bearer {pushes}"}).status == 403
            nobody = server.ask("GET", path)
            assert nobody.status == 401
            assert nobody.headers["www-authenticate"].startswith("Basic")  # so that a browser asks
            assert server.ask("GET", path, headers={"Authorization": "Basic ???"}).status == 401
            assert server.ask("GET", path, headers={**right[0], "X-Forwarded-For": "203.0.113.5"}).status == 200


def test_the_page_is_in_the_language_that_the_browser_asks_for(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        until(lambda: server.ask("GET", "/").status == 200, server.said)
        pages = {
            "zh": (server.ask("GET", "/", headers={"Accept-Language": "zh-CN,en;q=0.5"}), server.ask("GET", "/?lang=zh")),
            "en": (server.ask("GET", "/", headers={"Accept-Language": "de"}), server.ask("GET", "/?lang=en"), server.ask("GET", "/")),
        }
        for language, answers in pages.items():
            assert {f'lang="{language}' in each.body.decode().replace("zh-Hans", "zh") for each in answers} == {True}
        assert len({each.body for each in pages["zh"]}) == len({each.body for each in pages["en"]}) == 1


def test_what_has_not_changed_is_not_sent_again_and_what_is_sent_is_packed(tmp_path: Path) -> None:
    with served(tmp_path, settings="[serve]\nevery_s = 600\n") as server:
        until(lambda: server.ask("GET", "/").status == 200, server.said)
        whole = server.ask("GET", "/")
        packed = server.ask("GET", "/", headers={"Accept-Encoding": "gzip, br"})
        again = server.ask("GET", "/", headers={"If-None-Match": whole.headers["etag"]})
        assert packed.headers["content-encoding"] == "gzip" and len(packed.body) < len(whole.body)
        assert (again.status, again.body) == (304, b"")
        assert "default-src 'none'" in whole.headers["content-security-policy"]
        head = server.ask("HEAD", "/")
        assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(whole.body)))


@pytest.mark.parametrize("label", [HOSTILE, "x" * 60_000, "\u0000", "名字"])
def test_hostile_labels(tmp_path: Path, label: str) -> None:
    """In the values, in their names, in ids and subjects: of many terminals with one fault, so that they are named."""
    with served(tmp_path) as server:
        attributes = {"host": label, "isp": label, "region": label, "store": label, "model": label, label[:100]: label}
        cause = "system.gateway_down"
        one = {"attributes": attributes, "labels": {label[:100]: label, "ok": label}, "cause": cause, "causes": [cause], "subject": label}
        bad = [summary(f"{label[:20]}-{number}", state=2, can_pay=0, **one) for number in range(30)]
        good = [summary(f"G-{number}", attributes={"host": "good", "isp": "good", "region": "good"}) for number in range(60)]
        for documents in (bad[:1], bad[1:15], bad[15:], good):  # one is too long for one body
            server.push(*documents)
        until(lambda: server.answer()["totals"]["terminals"] >= 60, server.said)
        until(lambda: b"G-" in server.ask("GET", "/").body or server.ask("GET", "/").status == 200, server.said)
        for language in ("zh", "en"):
            page = server.ask("GET", f"/?lang={language}").body.decode()
            assert "<script" not in page and "\x1b" not in page and "\u202e" not in page
        metrics = server.ask("GET", "/metrics").body.decode()
        assert "\x1b" not in metrics and "\u202e" not in metrics
        assert [line for line in metrics.splitlines() if line and not line.startswith(("#", "posdiag_fleet_"))] == []
        assert server.answer()["totals"]["terminals"] >= 60
        assert "\x1b" not in server.said()
