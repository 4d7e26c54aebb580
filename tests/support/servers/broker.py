"""A real mosquitto with TLS and passwords on loopback, and a subscriber that hears all of it."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_S
from tests.support.servers.certificates import for_address
from tests.support.servers.programs import free_port, serving
from tests.support.world.ca import Authority

MOSQUITTO, PASSWD = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin"), shutil.which("mosquitto_passwd")
NAME, PASSWORD = "shop", "a pass word"


class Broker:
    """It can be stopped and started again, with what it kept."""

    def __init__(self, folder: Path, *lines: str, tls: bool = True) -> None:
        self.folder, self.port, self.tls = folder, free_port(), tls
        authority = Authority(folder, "Broker")
        self.ca_file = str(authority.root_file)
        pem = for_address(authority, "127.0.0.1").write(folder / "broker.pem")
        passwords = folder / "passwords"
        assert PASSWD is not None
        subprocess.run([PASSWD, "-b", "-c", str(passwords), NAME, PASSWORD], check=True, capture_output=True)
        passwords.chmod(0o644)
        own = [f"certfile {pem}", f"keyfile {pem}"] if tls else []
        self._config = folder / "mosquitto.conf"
        config = [f"listener {self.port} 127.0.0.1", *own, "allow_anonymous false", f"password_file {passwords}", "user root", *lines]
        self._config.write_text("\n".join([*config, "persistence true", f"persistence_location {folder}/", "autosave_interval 1", ""]))
        self.password_file = folder / "password"
        self.password_file.write_text(f"{PASSWORD}\n")

    @property
    def url(self) -> str:
        return f"mqtt{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        assert MOSQUITTO is not None
        with serving([MOSQUITTO, "-c", str(self._config)], self.port) as process:
            yield process

    @contextmanager
    def heard(self) -> Iterator[Heard]:
        """From now on, what is retained first."""
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        heard = Heard()
        client = Client(CallbackAPIVersion.VERSION2, client_id="subscriber")
        client.username_pw_set(NAME, PASSWORD)
        if self.tls:
            client.tls_set_context(ssl.create_default_context(cafile=self.ca_file))
        client.on_connect = lambda *_: client.subscribe("posdiag/#", qos=1) and None
        client.on_subscribe = lambda *_: heard.ready.set()
        client.on_message = lambda _client, _data, message: heard.take(message)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        try:
            assert heard.ready.wait(PATIENCE_S)
            yield heard
        finally:
            client.disconnect()
            client.loop_stop()


class Heard:
    """`messages`: topic, payload, whether it was retained."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.messages: list[tuple[str, bytes, bool]] = []

    def take(self, message: Any) -> None:
        self.messages.append((message.topic, bytes(message.payload), bool(message.retain)))

    def of(self, topic: str) -> list[bytes]:
        return [payload for name, payload, _ in self.messages if name == topic]
