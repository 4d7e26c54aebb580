"""The output `https` against a real nginx with TLS: what is sent, what its answers mean, and what is said of them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.outputs.carrier import NotSent, NotTaken, To, TooLarge
from agent.outputs.https import LONGEST_WAIT_S, Https, packed, retry_after_s
from agent.outputs.line import Line
from agent.settings.output_settings import OutputSettings
from probes.edge.http.http_client import Response
from tests.support.clocks import LaterClock
from tests.support.servers.collector import NGINX, Front, collector
from tests.support.world.ca import Authority

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)")
SENDER = To(terminal="T-1", place=0.25)
LETTERS = [msgspec.json.encode({"n": number, "text": "x" * 400}) for number in range(3)]
Make = Callable[..., Https]


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    with collector(tmp_path) as found:
        yield found


@pytest.fixture
def line() -> Line:
    made = Line()
    made.told("lo", lambda cost: True, metered=False)
    return made


def https(front: Front, line: Line, clock: LaterClock | None = None, **more: Any) -> Https:
    table = {"kind": "https", "url": front.url, "ca_file": front.ca_file} | more
    return Https(msgspec.convert(table, OutputSettings), "", line, clock or LaterClock())


def refused(carrier: Https) -> NotSent:
    with pytest.raises(NotSent) as raised:
        carrier.send(LETTERS[:1], SENDER)
    return raised.value


def test_one_letter_is_json_and_several_are_lines(front: Front, line: Line) -> None:
    carrier = https(front, line)
    carrier.send(LETTERS[:1], SENDER)
    carrier.send(LETTERS, SENDER)
    one, several = front.behind.posts
    assert (one.headers["content-type"], several.headers["content-type"]) == ("application/json", "application/x-ndjson")
    assert [each["n"] for each in several.letters] == [0, 1, 2]
    assert several.headers["content-encoding"] == "gzip" and several.size < sum(map(len, LETTERS)) / 4
    assert "authorization" not in one.headers


def test_what_is_small_is_not_made_larger() -> None:
    assert packed([b"{}"]) == (b"{}\n", packed([b"{}"])[1]) and "Content-Encoding" not in packed([b"{}"])[1]


def test_a_token_is_read_anew_each_time(front: Front, line: Line, tmp_path: Path) -> None:
    token = tmp_path / "token"
    carrier = https(front, line, token_file=str(token))
    assert str(token) in refused(carrier).text.en
    for held in ("first", "second"):
        token.write_text(held + "\n")
        carrier.send(LETTERS[:1], SENDER)
    assert [each.headers["authorization"] for each in front.behind.posts] == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize("held", [b"", b"\n", "密码".encode(), b"a\x00b", b"a\x1bb"])
def test_what_is_no_token_is_not_sent_and_not_shown(front: Front, line: Line, tmp_path: Path, held: bytes) -> None:
    (tmp_path / "token").write_bytes(held)
    trouble = refused(https(front, line, token_file=str(tmp_path / "token")))
    assert str(tmp_path / "token") in trouble.text.zh and front.behind.posts == []
    assert "密码" not in trouble.text.zh and "\x1b" not in trouble.text.en


def test_a_name_and_a_password(front: Front, line: Line, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("pass word\n")
    https(front, line, username="shop", password_file=str(tmp_path / "password")).send(LETTERS[:1], SENDER)
    assert front.behind.posts[0].headers["authorization"] == "Basic c2hvcDpwYXNzIHdvcmQ="


@pytest.mark.parametrize(
    ("status", "words"), [(401, "token or password"), (403, "under its id"), (404, "is the url right"), (500, "fault of its own")]
)
def test_what_it_refuses_is_said_and_tried_again(front: Front, line: Line, status: int, words: str) -> None:
    front.behind.status = status
    trouble = refused(https(front, line))
    assert trouble.kind == f"HTTP {status}" and words in trouble.text.en and "127.0.0.1" in trouble.text.zh


@pytest.mark.parametrize(("status", "asked"), [(429, "90"), (503, "90")])
def test_how_long_it_asks_to_wait(front: Front, line: Line, status: int, asked: str) -> None:
    front.behind.status, front.behind.head = status, {"Retry-After": asked}
    assert refused(https(front, line)).after_s == 90


def test_a_time_to_come_back_is_by_the_other_side_s_clock(front: Front, line: Line) -> None:
    """Ours is two days behind."""
    front.behind.status, front.behind.head = 429, {"Retry-After": formatdate(LaterClock().wall() + 600, usegmt=True)}
    clock = LaterClock()
    clock.ahead = -2 * 86400.0
    assert 580 <= (refused(https(front, line, clock)).after_s or 0) <= 602


@pytest.mark.parametrize(
    ("told", "seconds"), [("", None), ("soon", None), ("-5", None), ("9" * 9, LONGEST_WAIT_S), ("Thu, 01 Jan 1970 00:00:00 GMT", 0)]
)
def test_what_it_may_ask_for(told: str, seconds: float | None) -> None:
    answer = Response(status=429, headers={"retry-after": told}, body=b"", took_ms=1.0)
    assert retry_after_s(answer, 1_780_000_000.0) == seconds


def test_too_large_for_the_server(tmp_path: Path, line: Line) -> None:
    with collector(tmp_path, "client_max_body_size 300;") as front:
        large = [bytes(str([number * 7919 % 1009 for number in range(2000)]), "ascii")]
        with pytest.raises(TooLarge):
            https(front, line).send(large, SENDER)


def test_what_is_no_good_to_it_is_told_apart(front: Front, line: Line) -> None:
    front.behind.status = 422
    with pytest.raises(NotTaken):
        https(front, line).send(LETTERS[:1], SENDER)


# nginx closes without a word, once it has read the letters: what it had not, the kernel would answer with a reset
UNREAD, LEAVES = "proxy_pass http://unix:/nowhere; error_page 502 = @leaves;", ("location @leaves { return 444; }",)


def test_cut_off_in_the_middle(tmp_path: Path, line: Line) -> None:
    with collector(tmp_path, *LEAVES, location=UNREAD) as front:
        assert refused(https(front, line)).kind == "closed"


def test_one_that_takes_it_and_never_answers(line: Line, front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.outputs.https.ANSWER_S", 0.5)
    gate = threading.Event()
    front.behind.before = lambda: gate.wait(60)
    try:
        assert refused(https(front, line)).kind == "silent"
    finally:
        gate.set()


def test_nobody_there(front: Front, line: Line) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    trouble = refused(https(front, line, url=f"https://127.0.0.1:{port}/"))
    assert trouble.kind == "refused" and not trouble.lasting


def test_a_stranger_gets_nothing(front: Front, line: Line, tmp_path: Path) -> None:
    """Neither the letter nor the token."""
    (tmp_path / "other").mkdir()
    (tmp_path / "token").write_text("secret")
    other = Authority(tmp_path / "other").root_file
    trouble = refused(https(front, line, ca_file=str(other), token_file=str(tmp_path / "token")))
    assert trouble.kind == "cert_untrusted" and front.behind.posts == []


def test_a_certificate_of_our_own(tmp_path: Path, line: Line) -> None:
    folder = tmp_path / "clients"
    folder.mkdir()
    clients = Authority(folder)
    mine = clients.leaf("terminal").write(tmp_path / "mine.pem")
    with collector(tmp_path, f"ssl_client_certificate {clients.root_file}; ssl_verify_client on; ssl_verify_depth 2;") as front:
        with pytest.raises(NotTaken):  # nginx has an answer of its own for whoever shows none: 400
            https(front, line).send(LETTERS[:1], SENDER)
        https(front, line, client_cert_file=str(mine)).send(LETTERS[:1], SENDER)
        assert len(front.behind.posts) == 1


def test_the_next_handshake_is_a_short_one(front: Front, line: Line) -> None:
    clock = LaterClock()
    carrier, costs = https(front, line, clock), []
    for _ in range(3):
        carrier.send(LETTERS[:1], SENDER)
        costs.append(sum(line.drain().values()))
        clock.by_s += 900
    assert [each.reused for each in front.behind.posts] == [False, True, True]
    assert max(costs[1:]) < costs[0] - 500, "bytes on the wire, as the kernel counts them"
    clock.by_s += 86_400
    carrier.send(LETTERS[:1], SENDER)
    assert not front.behind.posts[-1].reused, "once a day it shows its certificate"


def test_it_goes_through_the_configured_proxy_alone(front: Front, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/nothing")
    https(front, line).send(LETTERS[:1], SENDER)
    table = {"kind": "https", "url": front.url, "ca_file": front.ca_file}
    proxied = Https(msgspec.convert(table, OutputSettings), "http://127.0.0.1:1", line, LaterClock())
    assert refused(proxied).kind == "refused"
    assert len(front.behind.posts) == 1
