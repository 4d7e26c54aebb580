"""`python -m tests.support.clickhouse_by_chdb --database DIR`: ClickHouse's own engine (chdb) behind its HTTP interface.

The engine is ClickHouse's; the interface is ours, as far as it is used here: queries as bodies, `param_NAME`, `database`, users by headers,
exceptions with their status. The user is `reader`, the password that of the environment. Prints the port when it listens, and ends with its
standard input.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.documented import ROOT

USER = "reader"
SCHEMA = ROOT / "config/fleet/clickhouse.sql"


class Serving(ThreadingHTTPServer):
    """The engine takes one query at a time."""

    def __init__(self, database: Path) -> None:
        from chdb import session  # type: ignore[import-not-found, unused-ignore]

        super().__init__(("127.0.0.1", 0), _Handler)
        self.engine: Any = session.Session(str(database))
        self.one_at_a_time = threading.Lock()
        for statement in statements(SCHEMA.read_text()):
            self.engine.query(statement)
        self.engine.query("SYSTEM STOP TTL MERGES")  # the days of the tests are not today's


class _Handler(BaseHTTPRequestHandler):
    server: Serving
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        given = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query, keep_blank_values=True).items()}
        if (self.headers["X-ClickHouse-User"], self.headers["X-ClickHouse-Key"]) != (USER, os.environ["CLICKHOUSE_PASSWORD"]):
            self._say(403, b"Code: 516. DB::Exception: reader: Authentication failed. (AUTHENTICATION_FAILED)")
            return
        values = {name.removeprefix("param_"): value for name, value in given.items() if name.startswith("param_")}
        try:
            with self.server.one_at_a_time:
                self.server.engine.query(f"USE `{given.get('database', 'default')}`")
                answer = self.server.engine.query(content.decode(), params=values)
        except Exception as error:
            said = str(error)
            self._say(404 if "UNKNOWN_TABLE" in said or "UNKNOWN_DATABASE" in said else 500, said.encode())
        else:
            self._say(200, answer.bytes() or b"")

    def _say(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        return


def statements(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return [each.strip() for each in "\n".join(lines).split(";\n") if each.strip()]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", type=Path, required=True)
    serving = Serving(parser.parse_args().database)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    print(serving.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
