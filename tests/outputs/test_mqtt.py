"""The output `mqtt` against a real mosquitto with TLS and passwords."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.outputs.carrier import NotSent, To, TooLarge
from agent.outputs.line import Line
from agent.outputs.mqtt import Mqtt, safe
from agent.settings.output_settings import OutputSettings
from tests.support.clocks import LaterClock
from tests.support.patience import until
from tests.support.servers.broker import MOSQUITTO, NAME, Broker

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed (Debian: mosquitto)")
SENDER = To(terminal="T-1", place=0.25)
STATUS, ONLINE = "posdiag/T-1/status", "posdiag/T-1/online"


@pytest.fixture
def line() -> Line:
    made = Line()
    made.told("lo", lambda cost: True, metered=False)
    return made


@pytest.fixture
def made(line: Line) -> Iterator[Callable[..., Mqtt]]:
    """Closed at the end, so that no thread is left behind."""
    every: list[Mqtt] = []

    def make(broker: Broker, **more: Any) -> Mqtt:
        table = {"kind": "mqtt", "url": broker.url, "username": NAME, "password_file": str(broker.password_file)}
        table |= {"ca_file": broker.ca_file} if broker.tls else {}
        every.append(Mqtt(msgspec.convert(table | more, OutputSettings), line, LaterClock()))
        return every[-1]

    yield make
    for each in every:
        each.close()


def refused(carrier: Mqtt) -> NotSent:
    with pytest.raises(NotSent) as raised:
        carrier.send([b"{}"], SENDER)
    return raised.value


@pytest.mark.parametrize("tls", [True, False])
def test_letters_come_in_their_order_and_the_last_one_stays(tmp_path: Path, made: Callable[..., Mqtt], line: Line, *, tls: bool) -> None:
    broker = Broker(tmp_path, tls=tls)
    with broker.running():
        carrier = made(broker)
        with broker.heard() as heard:
            carrier.send([b"1", b"2", b"3"], SENDER)
            carrier.send([b"4"], SENDER)
            until(lambda: len(heard.of(STATUS)) == 4)
            assert heard.of(STATUS) == [b"1", b"2", b"3", b"4"] and heard.of(ONLINE) == [b"1"]
        with broker.heard() as late:
            until(lambda: len(late.messages) == 2)
            assert {(topic, payload, kept) for topic, payload, kept in late.messages} == {(STATUS, b"4", True), (ONLINE, b"1", True)}
    assert sum(line.drain().values()) > 1000, "bytes on the wire are counted"


def test_an_orderly_end_is_told(tmp_path: Path, made: Callable[..., Mqtt]) -> None:
    broker = Broker(tmp_path)
    with broker.running(), broker.heard() as heard:
        carrier = made(broker)
        carrier.send([b"1"], SENDER)
        carrier.close()
        until(lambda: heard.of(ONLINE) == [b"1", b"0"])
        assert not carrier.lost


def test_the_last_will_tells_of_any_other_end(tmp_path: Path, made: Callable[..., Mqtt]) -> None:
    broker = Broker(tmp_path)
    with broker.running(), broker.heard() as heard:
        carrier = made(broker)
        carrier.send([b"1"], SENDER)
        carrier._client.socket().shutdown(2)
        until(lambda: heard.of(ONLINE) == [b"1", b"0"])
        until(lambda: carrier.lost)
        carrier.again(SENDER)
        until(lambda: heard.of(ONLINE) == [b"1", b"0", b"1"])
        assert not carrier.lost


def test_a_broker_that_starts_anew_has_what_it_had(tmp_path: Path, made: Callable[..., Mqtt]) -> None:
    broker, stack = Broker(tmp_path), ExitStack()
    with stack:
        stack.enter_context(broker.running())
        carrier = made(broker)
        carrier.send([b"1", b"2"], SENDER)
        stack.close()
        until(lambda: carrier.lost)
        assert refused(carrier).kind == "refused"
        with broker.running():
            carrier.send([b"3"], SENDER)
            with broker.heard() as late:
                until(lambda: late.of(STATUS) == [b"3"])


def test_a_wrong_password_is_said_and_not_shown(tmp_path: Path, made: Callable[..., Mqtt]) -> None:
    broker = Broker(tmp_path)
    (tmp_path / "wrong").write_text("hunter2hunter2\n")
    with broker.running():
        trouble = refused(made(broker, password_file=str(tmp_path / "wrong")))
        assert trouble.lasting and "hunter2" not in trouble.text.en + trouble.text.zh
        assert "127.0.0.1" in trouble.text.en and ("password" in trouble.text.en or "let this terminal in" in trouble.text.en)
        missing = refused(made(broker, password_file=str(tmp_path / "missing")))
        assert "missing" in missing.text.en


def test_a_stranger_hears_nothing(tmp_path: Path, made: Callable[..., Mqtt]) -> None:
    broker = Broker(tmp_path)
    (tmp_path / "other").mkdir()
    other = Broker(tmp_path / "other")
    with broker.running():
        assert refused(made(broker, ca_file=other.ca_file)).kind == "cert_untrusted"


def test_a_document_that_it_does_not_take_is_too_large(tmp_path: Path, made: Callable[..., Mqtt]) -> None:
    broker = Broker(tmp_path, "max_packet_size 3000")
    with broker.running():
        carrier = made(broker)
        carrier.send([b"x" * 900], SENDER)
        with pytest.raises(TooLarge):
            carrier.send([b"x" * 9000], SENDER)
        carrier.send([b"y" * 900], SENDER)


@pytest.mark.parametrize(
    ("name", "topic"),
    [("T-1", "T-1"), ("南门店 7", "南门店 7"), ("a/b", "a%2Fb"), ("+", "%2B"), ("#", "%23"), ("50%", "50%25"), ("a\nb\x00", "a%0Ab%00")],
)
def test_ids_are_one_level_of_a_topic(name: str, topic: str) -> None:
    assert safe(name) == topic and not set("+#/\x00") & set(safe(name))


def test_an_id_of_topic_characters_reaches_no_other_topic(tmp_path: Path, made: Callable[..., Mqtt]) -> None:
    broker = Broker(tmp_path)
    with broker.running(), broker.heard() as heard:
        made(broker).send([b"1"], To(terminal="../#/+", place=0.5))
        until(lambda: heard.of("posdiag/..%2F%23%2F%2B/status") == [b"1"])


def test_a_terminal_beside_this_machine_has_a_topic_of_its_own(tmp_path: Path, made: Callable[..., Mqtt]) -> None:
    broker = Broker(tmp_path)
    letters = [b'{"id":"T-1001"}', b'{"id":"shop-17/till-2"}', b'{"terminal":{"id":"shop-17/till-2"},"more":1}']
    with broker.running():
        carrier = made(broker)
        with broker.heard() as heard:
            carrier.send(letters, SENDER)
            until(lambda: len(heard.of("posdiag/shop-17%2Ftill-2/status")) == 2)
            assert heard.of("posdiag/shop-17%2Ftill-2/status") == letters[1:]
