"""Receivers of alerts: Debian's Alertmanager itself on loopback, with whom it would notify; and one that does as a test says."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from tests.support.patience import PATIENCE_S, until
from tests.support.servers.local import closed_port

PROGRAM = "prometheus-alertmanager"
_opener = build_opener(ProxyHandler({}))
_CONFIGURATION = """
route: { receiver: people, group_by: [fault], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: people
    webhook_configs: [ { url: "http://127.0.0.1:%d/", send_resolved: true } ]
"""


class Posts:
    """A server on loopback that keeps what is posted to it. `status`: what it answers; `headers`: besides; `hold`: it waits for this."""

    def __init__(self, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.status, self.headers, self.reply = status, headers or {}, b""
        self.got: list[Any] = []
        self.paths: list[str] = []
        self.hold = threading.Event()
        self.hold.set()
        posts = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                posts.paths.append(self.path)
                posts.got.append(body)
                posts.hold.wait(PATIENCE_S)
                self.send_response_only(posts.status)
                for name, value in ({"Date": self.date_time_string()} | posts.headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(posts.reply)))
                self.end_headers()
                self.wfile.write(posts.reply)

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def posts(status: int = 200, headers: dict[str, str] | None = None) -> Iterator[Posts]:
    made = Posts(status, headers)
    try:
        yield made
    finally:
        made.close()


class Real:
    """An Alertmanager that runs, and those it notifies."""

    def __init__(self, url: str, told: Posts) -> None:
        self.url, self._told = url, told

    def alerts(self) -> list[dict[str, Any]]:
        """Those that stand."""
        with _opener.open(f"{self.url}/api/v2/alerts", timeout=PATIENCE_S) as answer:
            found: list[dict[str, Any]] = json.loads(answer.read())
            return found

    def notified(self) -> list[tuple[str, str]]:
        """The fault and what was said of it, firing or resolved, in order."""
        return [(alert["labels"]["fault"], alert["status"]) for post in list(self._told.got) for alert in post["alerts"]]


@contextmanager
def alertmanager(folder: Path, port: int | None = None) -> Iterator[Real]:
    program = shutil.which(PROGRAM)
    assert program is not None, f"{PROGRAM} (Debian: {PROGRAM}) is needed"
    with posts() as told:
        folder.mkdir(exist_ok=True)
        (folder / "alertmanager.yml").write_text(_CONFIGURATION % told.port)
        url = f"http://127.0.0.1:{port or closed_port()}"
        argv = (f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/data", "--cluster.listen-address=")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([program, *argv, f"--web.listen-address={url.removeprefix('http://')}"], stderr=log, stdout=log)
        try:
            until(lambda: process.poll() is not None or _ready(url), (folder / "log").read_text)
            yield Real(url, told)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _ready(url: str) -> bool:
    try:
        with _opener.open(f"{url}/-/ready", timeout=1):
            return True
    except (URLError, OSError):
        return False
