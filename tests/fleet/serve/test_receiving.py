"""`POST /v1/status`, by the real process: what is taken, what is refused, and how that is said."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from agent.contract.encode import encode
from agent.fleet.serve.tokens import new
from tests.support.documents import broken_names
from tests.support.patience import until
from tests.support.served import Served, served, summary, token_table

ONE, NORTH, READER, FEW = new(), new(), new(), new()
TOKENS = (
    token_table("one", ONE, ("T-1",))
    + token_table("north", NORTH, ("N-*", "X-1"))
    + token_table("page", READER, reads=True)
    + token_table("few", FEW, ("F-1",))
)
SETTINGS = "[serve]\nevery_s = 1\nbody_kb = 64\nunpacked_kb = 256\nterminals = 40\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served"), settings=SETTINGS, tokens=TOKENS) as one:
        one.reads = {"Authorization": f"Bearer {READER}"}
        yield one


def refused(server: Served, status: int, *documents: dict[str, Any], token: str = ONE, **headers: str) -> str:
    answered = server.push(*documents, token=token, **headers)
    assert answered.status == status, answered.body
    assert ONE.encode() not in answered.body and NORTH.encode() not in answered.body
    said: str = answered.said["error"]
    assert len(said) < 120
    return said


def test_a_summary(server: Served) -> None:
    answered = server.push(summary("T-1"), token=ONE)
    assert (answered.status, answered.said) == (202, {"accepted": 1})


def test_a_whole_document(server: Served) -> None:
    status = broken_names()
    document = encode(replace(status, terminal=replace(status.terminal, id="N-5")))
    answered = server.ask("POST", "/v1/status", document, {"Authorization": f"Bearer {NORTH}"})
    assert (answered.status, answered.said) == (202, {"accepted": 1})


def test_lines_packed(server: Served) -> None:
    body = gzip.compress(b"\n".join(json.dumps(summary(f"N-{number}")).encode() for number in range(5)))
    answered = server.ask("POST", "/v1/status", body, {"Authorization": f"Bearer {NORTH}", "Content-Encoding": "gzip"})
    assert (answered.status, answered.said) == (202, {"accepted": 5})


def test_chunked(server: Served) -> None:
    body = json.dumps(summary("T-1")).encode()
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(f"POST /v1/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ONE}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        for part in (body[:10], body[10:]):
            raw.sendall(b"%x\r\n%b\r\n" % (len(part), part))
        raw.sendall(b"0\r\n\r\n")
        assert b" 202 " in raw.recv(4096)


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", "nonsense", ""])
def test_the_content_type_is_no_matter(server: Served, content_type: str) -> None:
    assert server.push(summary("T-1"), token=ONE, **{"Content-Type": content_type}).status == 202


@pytest.mark.parametrize("headers", [{"Authorization": ""}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer no"}])
def test_who_is_not_known(server: Served, headers: dict[str, str]) -> None:
    answered = server.ask("POST", "/v1/status", json.dumps(summary("T-1")).encode(), headers)
    assert answered.status == 401
    assert "bearer" in answered.headers["www-authenticate"].lower()


def test_a_terminal_writes_its_own_id_alone(server: Served) -> None:
    refused(server, 403, summary("T-2"))
    refused(server, 403, summary("t-1"))
    refused(server, 403, summary("T-1 "))
    refused(server, 403, summary("N-1"))
    refused(server, 403, summary("T-1"), token=NORTH)
    refused(server, 403, summary("T-1"), token=READER)
    assert server.push(summary("X-1"), token=NORTH).status == 202


def test_of_a_batch_what_may_be_written_is_and_the_rest_is_counted(server: Served) -> None:
    answered = server.push(summary("N-1"), summary("T-1"), {"schema": "another/1"}, summary("N-2"), token=NORTH)
    assert answered.status == 202
    assert answered.said == {"accepted": 2, "refused": {"id": 1, "foreign": 1}}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"[1, 2]",
        b"\xff\xfe\x00",
        b"{}",
        b'{"schema":"another/1","id":"T-1"}',
        json.dumps({**summary("T-1"), "generated_at": "yesterday"}).encode(),
        json.dumps({**summary("T-1"), "id": ""}).encode(),
        json.dumps({**summary("T-1"), "id": "x" * 500}).encode(),
        json.dumps({**summary("T-1"), "id": 7}).encode(),
        json.dumps({**summary("T-1"), "generated_at": 10**30}).encode(),
        b"[" * 20000,
        b'{"a":' * 5000,
        b'{"a":' * 5000 + b"\n{}",
        json.dumps({**summary("T-1"), "subject": "\ud800"}).encode(),  # half of a pair is no text
        b'{"schema":"posdiag.summary/1","id":"T-1"}',
    ],
)
def test_what_is_no_document(server: Served, body: bytes) -> None:
    answered = server.ask("POST", "/v1/status", body, {"Authorization": f"Bearer {ONE}"})
    assert answered.status == 400, answered.body
    assert answered.said["error"]


def test_a_later_version_is_taken(server: Served) -> None:
    assert server.push({**summary("T-1"), "schema": "posdiag.summary/2", "more": {"deep": [1]}}, token=ONE).status == 202


def test_too_large_in_each_way(server: Served) -> None:
    refused(server, 413, {**summary("T-1"), "note": "x" * 70_000})
    packed = gzip.compress(json.dumps({**summary("T-1"), "note": "x" * 10_000_000}).encode())
    head = {"Authorization": f"Bearer {ONE}", "Content-Encoding": "gzip"}
    assert server.ask("POST", "/v1/status", packed, head).status == 413
    large = gzip.compress(json.dumps({**summary("T-1"), "note": "x" * 200_000}).encode())  # unpacked as it may be, but one document
    assert server.ask("POST", "/v1/status", large, head).status == 413
    with socket.create_connection(("127.0.0.1", server.port)) as raw:  # told before it is sent
        raw.sendall(f"POST /v1/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ONE}\r\nContent-Length: 999999999\r\n\r\n".encode())
        assert b" 413 " in raw.recv(4096)


def test_too_often(server: Served) -> None:
    head = {"Authorization": f"Bearer {FEW}"}
    statuses = [server.ask("POST", "/v1/status", json.dumps(summary("F-1")).encode(), head) for _ in range(130)]
    assert [each.status for each in statuses[:120]] == [202] * 120
    late = [each for each in statuses if each.status != 202]
    assert late and {each.status for each in late} == {429}
    assert all(1 <= int(each.headers["retry-after"]) <= 5 for each in late)
    assert server.push(summary("T-1"), token=ONE).status == 202  # nobody else has less of it


def test_more_terminals_than_may_be(server: Served) -> None:
    answers = [server.push(summary(f"N-many-{number}"), token=NORTH) for number in range(50)]
    late = [each for each in answers if each.status != 202]
    assert late and {each.status for each in late} == {429}
    assert int(late[0].headers["retry-after"]) >= 3600
    assert server.push(summary("N-many-0"), token=NORTH).status == 202  # one that is known goes on


@pytest.mark.parametrize("name", ["Authorization", "Content-Encoding", "Content-Type"])
def test_a_header_that_is_there_twice(server: Served, name: str) -> None:
    body = json.dumps(summary("T-1")).encode()
    value = {"Authorization": f"Bearer {ONE}", "Content-Encoding": "identity", "Content-Type": "application/json"}[name]
    lines = ["POST /v1/status HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", f"{name}: {value}", f"{name}: {value}"]
    lines += [f"Authorization: Bearer {ONE}"] if name != "Authorization" else []
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        assert b" 400 " in raw.recv(4096)


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: -1",
        "Content-Length: 0x10",
        "Transfer-Encoding: chunked, identity",
        "no header at all",
    ],
)
def test_a_length_that_can_be_read_in_two_ways_is_none(server: Served, head: str) -> None:
    """As a proxy in front might read it in the other one."""
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(f"POST /v1/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ONE}\r\n{head}\r\n\r\n".encode())
        assert b" 400 " in raw.recv(4096)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/status", 405),
        ("PUT", "/v1/status", 405),
        ("HEAD", "/v1/status", 405),
        ("POST", "/", 405),
        ("POST", "/v1/status/", 404),
        ("GET", "/../../etc/passwd", 404),
        ("GET", "/%2e%2e/x", 404),
        ("OPTIONS", "/v1/status", 405),
        ("HEAD", "/healthz", 200),
    ],
)
def test_other_ways_and_methods(server: Served, method: str, path: str, status: int) -> None:
    answered = server.ask(method, path)
    assert answered.status == status
    if method == "HEAD":
        assert answered.body == b""
    elif status != 200:
        assert answered.said["error"]


def test_many_on_one_connection_answered_in_their_order(server: Served) -> None:
    good, bad = json.dumps(summary("T-1")).encode(), b"{"
    requests = b"".join(
        f"POST /v1/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ONE}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        for body in (good, bad, good)
    )
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(requests)
        found = b""
        while found.count(b"HTTP/1.1 ") < 3:
            part = raw.recv(4096)
            assert part
            found += part
    assert [found.split(b"HTTP/1.1 ")[number][:3] for number in (1, 2, 3)] == [b"202", b"400", b"202"]


def test_a_clock_that_is_wrong_makes_nobody_silent_and_is_counted(server: Served) -> None:
    server.push(summary("X-1", generated_at=4_000_000_000, valid_until=4_000_002_700, sequence=9), token=NORTH)
    server.push(summary("N-1", generated_at=1_000_000_000, valid_until=1_000_002_700, sequence=9), token=NORTH)
    until(lambda: server.answer()["totals"]["clock_ahead"] == 1, server.said)
    assert server.answer()["totals"]["silent"] == 0
