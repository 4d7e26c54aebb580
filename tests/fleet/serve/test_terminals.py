"""From a terminal's service to the collector's answer: both as real processes, and the collector away in between."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.fleet.serve.tokens import new
from tests.support.patience import until
from tests.support.served import Served, served, token_table
from tests.support.staged import Stage, staged

CABLE, DNS = "outage operator.cable_unplugged", "outage network.dns_unreachable"
OWN, OTHER = new(), new()
TOKENS = token_table("own", OWN, ("T-1",)) + token_table("other", OTHER, ("T-2",))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "served"
    folder.mkdir()
    with served(folder, tokens=TOKENS) as found:
        yield found


@pytest.fixture
def stage(tmp_path: Path, server: Served) -> Iterator[Stage]:
    folder = tmp_path / "stage"
    folder.mkdir()
    with staged(folder) as made:
        (folder / "token").write_text(OWN)
        keys = {"kind": "https", "name": "fleet", "url": f"http://127.0.0.1:{server.port}/v1/status", "token_file": str(folder / "token")}
        lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in (keys | {"every_s": 10, "document": "on_change"}).items())
        with made.config.open("a") as config:
            config.write(f"[[output]]\n{lines}\n")
        yield made


def once(stage: Stage, words: str) -> str:
    """One cycle; what was said."""
    stage.say(words)
    return stage.start("--once").communicate(timeout=120)[1]


def journal(server: Served) -> list[tuple[str, int]]:
    """What was acknowledged, in its order: state and sequence. What came as a summary may come again, whole, as a confirmed change."""
    found: dict[int, str] = {}
    for path in sorted((server.store / "journal").iterdir()):
        for line in path.read_bytes().splitlines():
            document = json.loads(line).get("document")
            if document is None:  # how far it was read
                continue
            state = document["state"]
            found[document["sequence"]] = {0: "ok", 2: "outage"}.get(state, state)
    return [(state, sequence) for sequence, state in found.items()]


def test_what_a_terminal_sends_is_what_the_fleet_knows(server: Served, stage: Stage) -> None:
    stage.start()
    answer = server.until_terminals(1)
    assert answer["totals"]["can_pay"] == 1 and answer["totals"]["silent"] == 0
    stage.say(CABLE)
    until(lambda: server.answer()["totals"]["cannot_pay"] == 1, server.said)
    assert server.answer()["single"] == {"operator.cable_unplugged": 1}
    assert stage.end() == ""


def test_a_collector_that_was_killed_gets_what_happened_meanwhile(server: Served, stage: Stage) -> None:
    assert once(stage, "ok") == ""
    server.stop(signal.SIGKILL)
    assert "cannot send" in once(stage, CABLE)
    for words in ("ok", DNS):
        once(stage, words)
    server.start()
    assert once(stage, "ok") == ""
    told = journal(server)
    numbers = [sequence for _, sequence in told]
    assert numbers == sorted(numbers)
    assert [state for state, _ in told][-4:] == ["outage", "ok", "outage", "ok"]
    assert not (stage.state_dir / "outbox-fleet.json").exists()
    until(lambda: server.answer()["totals"]["can_pay"] == 1, server.said)


@pytest.mark.parametrize(("token", "words"), [(OTHER, "HTTP 403"), ("guessed", "HTTP 401")], ids=["another one's", "nobody's"])
def test_a_token_that_is_not_its_own_is_said_and_nothing_is_lost(server: Served, stage: Stage, token: str, words: str) -> None:
    (stage.base / "token").write_text(token)
    assert words in once(stage, CABLE)
    (stage.base / "token").write_text(OWN)
    assert once(stage, "ok") == ""
    assert [state for state, _ in journal(server)][-2:] == ["outage", "ok"]
