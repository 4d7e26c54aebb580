"""What an Android terminal reaches: what nc says is held against ping where it may be about the name alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from probes import android_path
from probes.edge.adb.shell import Phone
from probes.ground.deadline import Deadline
from probes.model import Outcome, Symptom
from probes.model.facts import Phase
from probes.settings import Gateway, GatewayProtocol
from tests.support.servers.adb import Said, adb_server

NAME, ADDRESS = "gw.pay.example", "192.0.2.7"
FOUND = Said(f"PING {NAME} ({ADDRESS}) 56(84) bytes of data.\n", status=1)
SILENT = Said(then="hang")
NO_PING = Said(err="/system/bin/sh: ping: not found\n", status=127)
UNKNOWN_HOST = Said(err=f"ping: unknown host {NAME}\n", status=2)
TIMEOUT = Said(err="nc: Timeout\n", status=1)
ENDED = Said(status=124)


@contextmanager
def phone(answer: Callable[[str], Said]) -> Iterator[Phone]:
    with adb_server(answer) as server:
        yield Phone(server.address, "X1")


@pytest.mark.parametrize(
    ("host", "nc", "ping", "outcome", "symptom", "phase"),
    [
        (NAME, TIMEOUT, FOUND, Outcome.FAIL, Symptom.TIMEOUT, Phase.TCP),
        (NAME, TIMEOUT, SILENT, Outcome.FAIL, Symptom.TIMEOUT, Phase.RESOLVE),
        (NAME, TIMEOUT, UNKNOWN_HOST, Outcome.FAIL, Symptom.TIMEOUT, Phase.RESOLVE),
        (NAME, TIMEOUT, NO_PING, Outcome.FAIL, Symptom.TIMEOUT, None),
        (ADDRESS, TIMEOUT, SILENT, Outcome.FAIL, Symptom.TIMEOUT, Phase.TCP),
        (NAME, ENDED, FOUND, Outcome.PASS, None, Phase.DONE),
        (NAME, ENDED, SILENT, Outcome.UNKNOWN, Symptom.UNSUPPORTED, None),
        (NAME, ENDED, UNKNOWN_HOST, Outcome.UNKNOWN, Symptom.UNSUPPORTED, None),
        (NAME, ENDED, NO_PING, Outcome.UNKNOWN, Symptom.UNSUPPORTED, None),
        (ADDRESS, ENDED, SILENT, Outcome.PASS, None, Phase.DONE),
    ],
)
def test_silence_is_of_the_host_where_its_name_was_found(
    host: str, nc: Said, ping: Said, outcome: Outcome, symptom: Symptom | None, phase: Phase | None
) -> None:
    settings = Gateway(name="acquirer-a", host=host, port=8583, protocol=GatewayProtocol.TLS)
    with phone(lambda command: ping if command.startswith("ping") else nc) as device:
        seen = android_path.gateway(device, settings, Deadline(9.0))
    assert (seen.outcome, seen.symptom, seen.facts.phase) == (outcome, symptom, phase)


@pytest.mark.parametrize(
    ("own", "public", "alive", "outcome", "symptom", "because"),
    [
        (SILENT, SILENT, True, Outcome.FAIL, Symptom.TIMEOUT, None),
        (SILENT, FOUND, True, Outcome.PASS, None, None),
        (SILENT, UNKNOWN_HOST, True, Outcome.FAIL, Symptom.NO_USABLE_ANSWER, None),
        (SILENT, SILENT, False, Outcome.UNKNOWN, Symptom.NOT_LOOKED, "the device did not answer: ping"),
        (NO_PING, NO_PING, True, Outcome.UNKNOWN, Symptom.UNSUPPORTED, "the device has no ping that finds names"),
    ],
)
def test_a_ping_that_says_nothing_is_no_ping_that_is_missing(
    own: Said, public: Said, alive: bool, outcome: Outcome, symptom: Symptom | None, because: str | None
) -> None:
    def answer(command: str) -> Said:
        if command.startswith("ping"):
            return own if command.endswith(NAME) else public
        return Said("1700000000\n") if alive else SILENT

    with phone(answer) as device:
        seen = android_path.names(device, (NAME, "other.pay.example", "www.one.example"), Deadline(9.0))
    assert (seen.outcome, seen.symptom, seen.because) == (outcome, symptom, because)
