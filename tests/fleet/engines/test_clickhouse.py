"""How ClickHouse is asked: over HTTP, against a server of the test that notes what comes and answers as ClickHouse does.

Its answers are those of ClickHouse 26.9. What its SQL makes of the queries, `make test-fleet` shows with the engine itself.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.fleet.engines.clickhouse import ClickHouse
from agent.fleet.engines.counter import SqlCounter
from agent.fleet.engines.query import EngineFailed, Query
from agent.fleet.engines.source import engine_of

PASSWORD = "not-to-be-seen-anywhere"
UNKNOWN_TABLE = (
    "Code: 60. DB::Exception: Unknown table expression identifier 'terminals_now' in scope SELECT 1. (UNKNOWN_TABLE) (version 26.9.2.1)"
)
REFUSED = (
    "Code: 516. DB::Exception: reader: Authentication failed: password is incorrect, or there is no user with such name. "
    "(AUTHENTICATION_FAILED)"
)


class Server(ThreadingHTTPServer):
    answer: tuple[int, bytes, dict[str, str]] = (200, b'{"meta": [], "data": [[1, "2"]], "rows": 1}', {})
    asked: list[tuple[str, str, Any]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, body, self.headers))
        status, content, headers = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as serving:
        serving.asked = []
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def engine(server: Server, environment: dict[str, str] | None = None) -> ClickHouse:
    return ClickHouse(f"http://reader@127.0.0.1:{server.server_port}/fleet%20one", environment or {})


def test_values_are_parameters_and_who_asks_stands_in_headers(server: Server) -> None:
    asked = Query(engine(server, {"CLICKHOUSE_PASSWORD": PASSWORD}))
    hostile = "a'b\\N\t\n中"
    rows = asked.rows(f"SELECT {asked.bind(hostile)}, {asked.bind(7)}, {asked.bind(hostile)}")

    ((path, body, headers),) = server.asked
    assert rows == [[1, "2"]]
    assert body == "SELECT {p0:String}, {p1:Int64}, {p0:String} FORMAT JSONCompact"
    assert parse_qs(urlsplit(path).query) == {"database": ["fleet one"], "param_p0": ["a'b\\\\N\\t\\n中"], "param_p1": ["7"]}
    assert (headers["X-ClickHouse-User"], headers["X-ClickHouse-Key"]) == ("reader", PASSWORD)
    assert PASSWORD not in path + body


def test_a_password_comes_from_a_file(server: Server, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD + "\n")
    engine(server, {"CLICKHOUSE_PASSWORD_FILE": str(tmp_path / "password")}).rows("SELECT 1", {})

    assert server.asked[0][2]["X-ClickHouse-Key"] == PASSWORD
    with pytest.raises(EngineFailed, match="cannot be read"):
        engine(server, {"CLICKHOUSE_PASSWORD_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize(
    "url", [f"https://reader:{PASSWORD}@127.0.0.1/x", f"http://reader:{PASSWORD}@127.0.0.1:1/x", f"https://:{PASSWORD}@h/"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(EngineFailed) as failed:
        ClickHouse(url, {})
    assert PASSWORD not in failed.value.text.zh + failed.value.text.en


def test_a_password_is_not_sent_where_anybody_could_read_it() -> None:
    with pytest.raises(EngineFailed, match=r"clickhouse\+https"):
        ClickHouse("http://reader@192.0.2.1:8123/x", {"CLICKHOUSE_PASSWORD": PASSWORD})


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((404, UNKNOWN_TABLE.encode(), {}), "clickhouse.sql"),
        ((403, REFUSED.encode(), {"X-ClickHouse-Exception-Code": "516"}), "user or password"),
        ((500, b"Code: 241. DB::Exception: (total) memory limit exceeded\x1b[31m (MEMORY_LIMIT_EXCEEDED)", {}), "refuses (500)"),
        ((200, b'{"meta": [], "data": [[1,Code: 241. DB::Exception: memory limit exceeded', {}), "memory limit"),
        ((502, b"<html>Bad Gateway</html>", {}), "refuses (502)"),
        ((301, b"", {"Location": "http://192.0.2.1/"}), "refuses (301)"),
        ((200, b'{"data": 3}', {}), "cannot be asked"),
    ],
)
def test_what_goes_wrong_is_said(server: Server, answer: tuple[int, bytes, dict[str, str]], words: str) -> None:
    server.answer = answer
    with pytest.raises(EngineFailed) as failed:
        engine(server, {"CLICKHOUSE_PASSWORD": PASSWORD}).rows("SELECT 1", {"p0": "a value of a terminal"})

    text = failed.value.text
    assert words in text.en
    for said in (text.zh, text.en):
        assert "\x1b" not in said and PASSWORD not in said and "a value of a terminal" not in said


def test_nobody_there_is_said_without_what_was_asked() -> None:
    with socket.socket() as bound:  # it does not listen, so its port refuses
        bound.bind(("127.0.0.1", 0))
        asked = ClickHouse(f"http://reader@127.0.0.1:{bound.getsockname()[1]}/x", {})
        with pytest.raises(EngineFailed) as failed:
            asked.rows("SELECT 1", {"p0": "a value of a terminal"})

    assert "Connection refused" in failed.value.text.en and "a value" not in failed.value.text.en


@pytest.mark.parametrize(
    "named", ["clickhouse+ftp://h/x", "clickhouse+https://", "clickhouse+https://h:99999/x", "postgres://h/x", "x", ""]
)
def test_what_is_no_engine_is_said(named: str) -> None:
    with pytest.raises(EngineFailed):
        engine_of(named)


def test_numbers_of_64_bits_may_be_texts(server: Server) -> None:
    """As a server writes them where `output_format_json_quote_64bit_integers` is set."""
    server.answer = 200, json.dumps({"data": [["5", "2", "1", "1", "0", "1"]]}).encode(), {}

    assert SqlCounter(engine(server), 0).totals() == (5, 2, 1, 1, 0, 1)
