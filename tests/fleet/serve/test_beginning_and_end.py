"""How `posdiag fleet serve` begins, what stands in its way, what it takes on while it runs, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from agent.fleet.serve.tokens import new
from tests.support.patience import PATIENCE_S, until
from tests.support.served import Served, free_port, served, summary, token_table
from tests.support.world.ca import Authority


def ends(server: Served, *more: str) -> str:
    """What it says where it cannot begin."""
    ended = subprocess.run(server.command(*more), capture_output=True, timeout=PATIENCE_S, cwd=Path(__file__).parents[3])
    said = ended.stderr.decode().replace("\n", "")  # in lines as wide as a terminal
    assert ended.returncode == 3, said
    assert "Traceback" not in said
    return said


def test_an_address_that_is_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "is in use by another program" in ends(Served(tmp_path, port=taken.getsockname()[1]))


@pytest.mark.parametrize(
    ("listen", "says"),
    [
        ("127.0.0.1", "no address with a port"),
        ("127.0.0.1:99999", "no address with a port"),
        ("192.0.2.1:8420", "does not have the address"),
        ("not/a/name:80", "is no address"),
        ("", "no address with a port"),
    ],
)
def test_an_address_that_is_none(tmp_path: Path, listen: str, says: str) -> None:
    assert says in ends(Served(tmp_path), "--listen", listen)


def test_settings_that_cannot_be_used_name_each_fault(tmp_path: Path) -> None:
    server = Served(tmp_path, settings="[serve]\nsync = 1\nevery_s = 0\n")
    said = ends(server)
    assert "serve.sync" in said and "serve.every_s" in said


def test_without_a_token_that_pushes_nothing_is_begun(tmp_path: Path) -> None:
    assert "posdiag fleet token" in ends(Served(tmp_path, tokens=token_table("page", new(), reads=True)))
    assert not (tmp_path / "store").exists()


def test_two_in_one_store(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        second = Served(tmp_path, port=free_port())
        second.store = first.store
        assert "another posdiag fleet serve works in" in ends(second)


def test_a_store_that_cannot_be(tmp_path: Path) -> None:
    server = Served(tmp_path)
    server.store.write_text("a file")
    assert str(server.store) in ends(server)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_orderly_end(tmp_path: Path, number: signal.Signals) -> None:
    with served(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port)) as half:
        server.push(summary("T-1"))
        body = json.dumps(summary("T-2")).encode()
        head = f"POST /v1/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token}\r\nContent-Length: {len(body)}\r\n\r\n"
        half.sendall(head.encode() + body[:10])
        until(lambda: "connections 2" in server.ask("GET", "/metrics").body.decode())
        assert server.process is not None
        server.process.send_signal(number)
        until(lambda: _refuses(server.port))
        half.sendall(body[10:])  # what was begun is answered
        assert b" 202 " in half.recv(4096)
        assert server.process.wait(PATIENCE_S) == 0
        assert "has ended in order" in server.said()
        assert "Traceback" not in server.said()


def _refuses(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port)):
            return False
    except ConnectionRefusedError:
        return True


def test_tokens_are_changed_while_it_runs(tmp_path: Path) -> None:
    old, fresh = new(), new()
    with served(tmp_path, tokens=token_table("north", old, ("*",))) as server:
        assert server.process is not None
        assert server.push(summary("T-1"), token=old).status == 202
        assert server.push(summary("T-1"), token=fresh).status == 401
        both = token_table("north", old, ("*",)) + token_table("north", fresh, ("*",))
        for text, statuses in ((both, [202, 202]), ("[[token]\n", [202, 202]), (token_table("north", fresh, ("*",)), [401, 202])):
            before = server.said()
            server.config.write_text(text, encoding="utf-8")
            server.process.send_signal(signal.SIGHUP)
            until(lambda: server.said() != before, server.said)  # noqa: B023 - called here and now
            assert [server.push(summary("T-1"), token=each).status for each in (old, fresh)] == statuses
        assert "the configuration stays as it was" in server.said()


def test_a_changed_file_is_seen_without_a_signal(tmp_path: Path) -> None:
    fresh = new()
    with served(tmp_path) as server:
        server.config.write_text(token_table("fresh", fresh, ("*",)), encoding="utf-8")
        until(lambda: server.push(summary("T-1"), token=fresh).status == 202, server.said)


def test_tls_and_its_certificate_renewed(tmp_path: Path) -> None:
    first, second = Authority(tmp_path, "One"), Authority(tmp_path, "Two")
    cert = tmp_path / "cert.pem"  # with its key

    def lay(authority: Authority) -> None:
        authority.leaf("localhost").write(cert)

    def greets(authority: Authority) -> bool:
        context = ssl.create_default_context(cafile=str(authority.root_file))
        try:
            with socket.create_connection(("127.0.0.1", server.port)) as raw, context.wrap_socket(raw, server_hostname="localhost") as safe:
                safe.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return b'"ok":true' in b"".join(iter(lambda: safe.recv(4096), b""))
        except ssl.SSLError:
            return False

    lay(first)
    with served(tmp_path, "--cert", str(cert)) as server:
        assert server.process is not None
        assert greets(first) and not greets(second)
        with socket.create_connection(("127.0.0.1", server.port)) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200" not in plain.recv(4096)
        lay(second)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: greets(second), server.said)


@pytest.mark.parametrize("content", [None, b"", b"nothing in PEM form"])
def test_a_certificate_that_cannot_be_used(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "cert.pem"
    if content is not None:
        path.write_bytes(content)
    assert str(path) in ends(Served(tmp_path), "--cert", str(path))
    assert "--key" in ends(Served(tmp_path), "--key", str(path))


def test_systemd_is_told(tmp_path: Path) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(address))
        told.settimeout(PATIENCE_S)
        server = Served(tmp_path).start(environment={"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "3000000"})
        heard = {told.recv(4096).decode()}
        while not {"READY=1", "WATCHDOG=1"} <= heard:
            heard.add(told.recv(4096).decode())
        assert server.stop() == 0
        while "STOPPING=1" not in heard:
            heard.add(told.recv(4096).decode())


def test_the_access_log_has_no_token_and_nothing_that_moves_a_cursor(tmp_path: Path) -> None:
    with served(tmp_path, settings="[serve]\naccess_log = true\nevery_s = 1\n") as server:
        server.push(summary("T-1"))
        server.ask("GET", f"/metrics?token={server.token}", headers={"Authorization": f"Bearer {server.token}"})
        server.push(summary("T-1"), token="posdiag_wrong")
        with socket.create_connection(("127.0.0.1", server.port)) as raw:
            raw.sendall(b"POST /v1/status?x=%1b[31m HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: \x80\x81evil\r\nContent-Length: 0\r\n\r\n")
            raw.recv(4096)
        until(lambda: server.said().count("/v1/status") >= 3, server.said)
        said = server.said()
    assert "all POST /v1/status 202" in said and "POST /v1/status 401" in said and "GET /metrics 200" in said
    assert server.token not in said and "posdiag_wrong" not in said and "token=" not in said
    assert "\x1b" not in said


def test_a_token_is_made_and_let_in(tmp_path: Path) -> None:
    command = Served(tmp_path).command()[:4]
    words = ("token", "north 北", "--ids", "N-*, X-1", "--lang", "en")
    made = subprocess.run([*command, *words], capture_output=True, check=True, cwd=Path(__file__).parents[3])
    lines = made.stdout.decode().splitlines()
    (token,) = [line.strip() for line in lines if line.strip().startswith("posdiag_")]
    table = "\n".join(lines[lines.index("[[token]]") :]) + "\n"
    assert token not in table
    with served(tmp_path, tokens=table) as server:
        assert server.push(summary("N-7"), token=token).status == 202
        assert server.push(summary("T-7"), token=token).status == 403
