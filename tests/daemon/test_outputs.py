"""The service with outputs that send, as a real process: what reaches a real nginx and mosquitto, and that nothing waits for them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.patience import until
from tests.support.servers.broker import MOSQUITTO, NAME, Broker
from tests.support.servers.collector import NGINX, Front, collector
from tests.support.staged import Stage, staged

CABLE, DNS = "outage operator.cable_unplugged", "outage network.dns_unreachable"
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)")
needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed (Debian: mosquitto)")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    folder = tmp_path / "stage"
    folder.mkdir()
    with staged(folder) as made:
        yield made


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    folder = tmp_path / "collector"
    folder.mkdir()
    with collector(folder) as found:
        yield found


def output(stage: Stage, **keys: object) -> None:
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in keys.items())
    with stage.config.open("a") as config:
        config.write(f"[[output]]\n{lines}\n")


def to(front: Front, **more: object) -> dict[str, object]:
    return {"kind": "https", "name": "fleet", "url": front.url, "ca_file": front.ca_file, "every_s": 10} | more


def got(front: Front) -> list[dict[str, Any]]:
    return [letter for post in front.behind.posts for letter in post.letters]


def once(stage: Stage, words: str) -> str:
    """One cycle; what was said."""
    stage.say(words)
    process = stage.start("--once")
    return process.communicate(timeout=120)[1]


def outbox(stage: Stage) -> list[dict[str, Any]]:
    path = stage.state_dir / "outbox-fleet.json"
    return list(json.loads(path.read_bytes())["letters"]) if path.exists() else []


@needs_nginx
def test_the_service_sends_by_itself_and_writes_a_file(stage: Stage, front: Front) -> None:
    output(stage, **to(front))
    output(stage, kind="file", path=str(stage.base / "posdiag.json"))
    stage.start()
    stage.until(lambda: len(front.behind.posts) == 1)
    stage.say(CABLE)
    stage.until(lambda: got(front)[-1]["state"] == 2)
    letter = got(front)[-1]
    assert (letter["id"], letter["cause"], letter["can_pay"]) == ("T-1", "operator.cable_unplugged", 0)
    assert letter["seconds_by_state"].keys() <= {"ok", "outage"}
    assert json.loads((stage.base / "posdiag.json").read_bytes())["id"] == "T-1"
    assert stage.end() == ""


@needs_nginx
def test_nothing_waits_for_a_collector_that_hangs(stage: Stage, front: Front) -> None:
    gate = threading.Event()
    began = threading.Event()

    def hangs() -> None:
        began.set()
        gate.wait(120)

    front.behind.before = hangs
    output(stage, **to(front))
    try:
        stage.start()
        stage.until(began.is_set)
        stage.until_examined(4)
        assert stage.status()["state"] == "ok"
        assert stage.end() == "" and stage.process is not None and stage.process.returncode == 0
    finally:
        gate.set()


@needs_nginx
def test_what_an_ended_service_could_not_send_comes_with_the_next(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "collector"
    folder.mkdir()
    with collector(folder) as front:
        output(stage, **to(front))
    said = once(stage, "ok")
    assert said.count("cannot send") == 1 and "127.0.0.1" in said
    once(stage, CABLE)
    once(stage, "ok")
    left = [letter["state"] for letter in outbox(stage)]
    assert left[-2:] == [2, 0] and front.behind.posts == []
    port = int(front.url.split(":")[2].split("/")[0])
    with collector(folder, port=port) as again:
        assert once(stage, DNS) == ""
        numbers = [letter["sequence"] for letter in got(again)]
        assert [letter["state"] for letter in got(again)][-3:] == [2, 0, 2] and numbers == sorted(numbers)
    assert outbox(stage) == []


@needs_nginx
def test_a_refused_token_is_said_once_and_shown_nowhere(stage: Stage, front: Front) -> None:
    front.behind.status = 401
    token = stage.base / "token"
    token.write_text("s3cr3t-t0ken\n")
    output(stage, **to(front, token_file=str(token)))
    said = once(stage, CABLE)
    assert said.count("does not accept this terminal's token") == 1
    everything = said + "".join(path.read_text("utf-8", "replace") for path in stage.base.rglob("*") if path.is_file() and path != token)
    assert "s3cr3t" not in everything
    front.behind.status = 202
    token.write_text("another\n")
    assert once(stage, "ok") == ""
    assert front.behind.posts[-1].headers["authorization"] == "Bearer another"
    assert [letter["state"] for letter in got(front)][-2:] == [2, 0]


@needs_mosquitto
def test_a_broker_hears_of_the_service_s_end(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder)
    keys = {"username": NAME, "password_file": str(broker.password_file), "ca_file": broker.ca_file, "every_s": 10}
    output(stage, kind="mqtt", url=broker.url, **keys)
    with broker.running(), broker.heard() as heard:
        stage.start()
        stage.until(lambda: heard.of("posdiag/T-1/status"))
        assert json.loads(heard.of("posdiag/T-1/status")[0])["state"] == 0
        assert stage.end() == ""
        until(lambda: heard.of("posdiag/T-1/online") == [b"1", b"0"])
