"""`kind = "mqtt"`: each letter retained under `posdiag/ID/status`, QoS 1; under `posdiag/ID/online` 1 while the connection stands, and 0 as
the last will (MQTT 3.1.1). paho-mqtt speaks; the connection is dialled as all others here are.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from socket import socket
from typing import Any

import msgspec
from msgspec import Struct

from agent.contract.summary import SIZE_LIMIT
from agent.outputs.carrier import NotSent, To, TooLarge, not_reached, secret
from agent.outputs.dialled import Dialler
from agent.outputs.line import Line
from agent.settings.output_settings import OutputSettings
from probes.edge.failures import CannotTell, PeerFailed, loading
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.text import escape

CONNECT_S, ANSWER_S = 15.0, 15.0
CLOSE_S = 0.5
KEEP_ALIVE_S, METERED_KEEP_ALIVE_S = 60, 600  # a ping is some 250 bytes on the wire
_REFUSED = {
    "Unsupported protocol version": Bilingual("不支持 MQTT 3.1.1", "it does not speak MQTT 3.1.1"),
    "Client identifier not valid": Bilingual("不接受本机的客户端编号", "it does not accept this client id"),
    "Server unavailable": Bilingual("暂时不提供服务", "it is not available now"),
    "Bad user name or password": Bilingual("不认用户名或口令", "it does not accept the name or the password"),
    "Not authorized": Bilingual("不许本机连接", "it does not let this terminal in"),
}


class Mqtt:
    def __init__(self, output: OutputSettings, line: Line, clock: Clock) -> None:
        self._output, self._line = output, line
        self._dialler = Dialler(output, line, clock)
        self._client: Any = None
        self._gone = threading.Event()
        self._topic = ""

    @property
    def lost(self) -> bool:
        return self._client is not None and self._gone.is_set()

    def send(self, letters: Sequence[bytes], sender: To) -> None:
        """Raises `NotSent` with how many have arrived all the same, and `TooLarge`."""
        if self._client is None or self._gone.is_set():
            self.again(sender)
        done = 0
        try:
            for letter in letters:
                self._publish("status", letter, _whose(letter))
                done += 1
        except NotSent as trouble:
            if done == 0 and len(letters[0]) > SIZE_LIMIT and trouble.kind == "gone":
                raise TooLarge from None
            trouble.delivered = done
            raise
        finally:
            self._count()

    def again(self, sender: To) -> None:
        self._drop()
        self._topic = f"posdiag/{safe(sender.terminal)}"
        client, answer = self._made(sender)
        try:
            client.connect(self._dialler.host, self._dialler.port, METERED_KEEP_ALIVE_S if self._line.metered else KEEP_ALIVE_S)
        except (PeerFailed, CannotTell) as failure:
            self._dialler.failed()
            raise not_reached(self._dialler.host, failure) from None
        except OSError as error:
            raise self._trouble("gone", Bilingual("连接中断", error.strerror or "the connection broke")) from None
        finally:
            self._dialler.count()
        self._client = client
        client.loop_start()
        said = answer.wait(CONNECT_S, self._gone)
        if said != "":
            self._drop()
            unknown = Bilingual("没有应答", "it does not answer") if said is None else Bilingual(said, said)
            raise self._trouble(f"refused {said}", _REFUSED.get(said or "", unknown), lasting=said is not None)
        self._publish("online", b"1")

    def close(self) -> None:
        client = self._client
        if client is not None and not self._gone.is_set():
            with suppress(Exception):
                client.publish(f"{self._topic}/online", b"0", qos=1, retain=True).wait_for_publish(CLOSE_S)
        self._drop()

    def _publish(self, place: str, content: bytes, whose: str = "") -> None:
        """`whose`: the id of the terminal that it is about, where that may be one beside this machine. Raises `NotSent`."""
        topic = f"posdiag/{safe(whose)}" if whose else self._topic
        message = self._client.publish(f"{topic}/{place}", content, qos=1, retain=True)
        waited = 0.0
        while not self._gone.is_set() and waited < ANSWER_S:
            with suppress(RuntimeError, ValueError):
                message.wait_for_publish(0.5)
                if message.is_published():
                    return
            self._gone.wait(0.05)
            waited += 0.55
        if self._gone.is_set():
            raise self._trouble("gone", Bilingual("连接中断", "the connection broke"))
        self._drop()
        raise self._trouble("silent", Bilingual("没有确认收到", "it does not confirm"))

    def _trouble(self, kind: str, words: Bilingual, *, lasting: bool = False) -> NotSent:
        shown = escape(self._dialler.host)
        return NotSent(kind, Bilingual(f"{shown}：{escape(words.zh)}", f"{shown}: {escape(words.en)}"), lasting=lasting)

    def _made(self, sender: To) -> tuple[Any, _Answer]:
        """A client for one connection: what one leaves behind is sent by nobody but us."""
        try:
            with loading():
                from paho.mqtt.client import Client
                from paho.mqtt.enums import CallbackAPIVersion
        except CannotTell:
            text = Bilingual("没有安装 paho-mqtt（pip install posdiag[mqtt]）", "paho-mqtt is not installed (pip install posdiag[mqtt])")
            raise NotSent("paho", text, lasting=True) from None
        dialler, gone = self._dialler, threading.Event()

        class Dialled(Client):
            def _create_socket(self) -> socket:
                return dialler.dial(dialler.deadline(CONNECT_S))

        name = f"posdiag-{int(sender.place * 2**48):012x}"
        client = Dialled(CallbackAPIVersion.VERSION2, client_id=name, clean_session=True, reconnect_on_failure=False)
        answer = _Answer()
        client.on_connect = answer.on_connect
        client.on_disconnect = lambda *_: gone.set()
        client.will_set(f"{self._topic}/online", b"0", qos=1, retain=True)
        if self._output.username:
            client.username_pw_set(self._output.username, secret(self._output.password_file) if self._output.password_file else None)
        self._gone = gone
        return client, answer

    def _count(self) -> None:
        sock = self._client.socket() if self._client is not None else None
        if sock is not None and hasattr(sock, "tell"):
            sock.tell()
        self._dialler.count()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(Exception):
            client.disconnect()
            self._gone.wait(CLOSE_S)
        with suppress(Exception):
            client.loop_stop()
        self._dialler.count()


class _Answer:
    """To the request to connect."""

    def __init__(self) -> None:
        self._came = threading.Event()
        self._said = ""

    def on_connect(self, _client: Any, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._said = str(reason)
        self._came.set()

    def wait(self, patience_s: float, gone: threading.Event) -> str | None:
        """Empty: it was accepted; None: nothing came, or the connection is gone without a word."""
        waited = 0.0
        while not self._came.wait(0.1) and not gone.is_set() and waited < patience_s:
            waited += 0.1
        if not self._came.is_set():
            return None
        return "" if self._said == "Success" else self._said


class _Named(Struct):
    id: str = ""
    terminal: dict[str, Any] = {}


def _whose(letter: bytes) -> str:
    """The id in it; empty where it has none."""
    try:
        named = msgspec.json.decode(letter, type=_Named)
    except (msgspec.MsgspecError, ValueError):
        return ""
    return named.id or str(named.terminal.get("id", ""))


def safe(name: str) -> str:
    """As one level of a topic: what has a meaning there, or may not stand there, is written as in a URL (%2F)."""
    raw = name.encode("utf-8", "replace").decode()
    return "".join("".join(f"%{byte:02X}" for byte in each.encode()) if each in "+#/%" or not each.isprintable() else each for each in raw)
