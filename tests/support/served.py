"""`posdiag fleet serve` as a real process, on a port of its own on loopback, with a token that pushes for every terminal."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent.fleet.serve.tokens import new, written
from tests.support.patience import PATIENCE_S, until

ROOT = Path(__file__).resolve().parents[2]
READY = "receives on "


def token_table(name: str, token: str, ids: tuple[str, ...] = (), *, reads: bool = False) -> str:
    lines = ["[[token]]", f"name = {json.dumps(name)}", f'hash = "{written(token)}"']
    lines += [f"ids = {json.dumps(list(ids))}"] if ids else []
    lines += ["reads = true"] if reads else []
    return "\n".join(lines) + "\n"


def summary(name: str, **more: Any) -> dict[str, Any]:
    now = int(time.time())
    known = {"schema": "posdiag.summary/1", "id": name, "version": "1", "config_hash": "c", "sequence": 1, "generated_at": now}
    return {**known, "valid_until": now + 2700, "state": 0, "can_pay": 1, "since": now - 60, **more}


class Answered:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.body = response.status, response.read()
        self.headers = {name.lower(): value for name, value in response.getheaders()}

    @property
    def said(self) -> Any:
        return json.loads(self.body)


class Served:
    def __init__(self, folder: Path, *, settings: str = "", tokens: str | None = None, port: int | None = None) -> None:
        self.folder, self.store, self.config = folder, folder / "store", folder / "fleet.toml"
        self.token = new()
        self.reads: dict[str, str] = {}  # what it takes to read the page
        self.port = port or free_port()
        text = token_table("all", self.token, ("*",)) if tokens is None else tokens
        self.config.write_text(f"{settings}\n{text}", encoding="utf-8")
        self.errors = folder / "errors"
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *more: str) -> list[str]:
        at = ("--listen", f"127.0.0.1:{self.port}", "--store", str(self.store), "--config", str(self.config))
        return [sys.executable, "-m", "agent", "fleet", "serve", *at, "--lang", "en", *more]

    def start(self, *more: str, environment: Mapping[str, str] | None = None, prefix: tuple[str, ...] = ()) -> Served:
        self.errors.write_bytes(b"")
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                [*prefix, *self.command(*more)], cwd=ROOT, stderr=errors, env={**os.environ, **(environment or {})}
            )
        until(lambda: READY in self.said() or self.process is None or self.process.poll() is not None, self.said)
        return self

    def said(self) -> str:
        return self.errors.read_text(encoding="utf-8", errors="replace")

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, dict(headers or {}))
            return Answered(connection.getresponse())
        finally:
            connection.close()

    def push(self, *documents: Mapping[str, Any], token: str | None = None, **headers: str) -> Answered:
        body = "\n".join(json.dumps(each) for each in documents).encode()
        return self.ask("POST", "/v1/status", body, {"Authorization": f"Bearer {token or self.token}", **headers})

    def answer(self) -> dict[str, Any]:
        """The newest; the first is waited for."""
        until(lambda: self.ask("GET", "/fleet.json", headers=self.reads).status == 200, self.said)
        found: dict[str, Any] = self.ask("GET", "/fleet.json", headers=self.reads).said
        return found

    def until_terminals(self, count: int) -> dict[str, Any]:
        """The answer, as soon as it counts so many."""
        until(lambda: self.answer()["totals"]["terminals"] == count, self.said)
        return self.answer()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def served(folder: Path, *more: str, settings: str = "[serve]\nevery_s = 1", tokens: str | None = None) -> Iterator[Served]:
    one = Served(folder, settings=settings, tokens=tokens)
    try:
        yield one.start(*more)
    finally:
        if one.process is not None and one.process.poll() is None:
            one.stop()
