"""Behind a real nginx, by the lines of the manual: TLS there, and nobody reads the page for being let through."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.fleet.serve.tokens import new
from tests.support.documented import text
from tests.support.patience import PATIENCE_S, until
from tests.support.served import Served, served, summary, token_table
from tests.support.servers.certificates import for_address
from tests.support.servers.collector import NGINX
from tests.support.servers.programs import free_port, serving
from tests.support.world.ca import Authority

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)")


@contextmanager
def in_front(folder: Path, server: Served) -> Iterator[http.client.HTTPSConnection]:
    """nginx as the manual has it, with this test's names in their places; a connection to it that is kept open."""
    assert NGINX is not None
    found = re.search(r"```nginx\n(.*?)```", text("docs/fleet.md"), re.DOTALL)
    assert found is not None
    authority, port, pem = Authority(folder), free_port(), folder / "nginx.pem"
    for_address(authority, "127.0.0.1").write(pem)
    site = found[1].replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("127.0.0.1:8420", f"127.0.0.1:{server.port}")
    site = re.sub(r"/etc/nginx/collector\.(pem|key)", str(pem), site)
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n{site}\n}}\n"
    )
    context = ssl.create_default_context(cafile=str(authority.root_file))
    with serving([NGINX, "-c", str(config), "-p", str(folder)], port):
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE_S, context=context)
        yield connection
        connection.close()


def asked(connection: http.client.HTTPSConnection, method: str, path: str, body: bytes = b"", /, **headers: str) -> tuple[int, bytes]:
    connection.request(method, path, body or None, headers)
    response = connection.getresponse()
    return response.status, response.read()


def test_pushed_and_read(tmp_path: Path) -> None:
    pushes, reads = new(), new()
    settings = "[serve]\nevery_s = 1\naccess_log = true\n"
    with served(tmp_path, settings=settings, tokens=token_table("all", pushes, ("*",))) as server, in_front(tmp_path, server) as front:
        lines = b"\n".join(json.dumps(summary(f"T-{number}")).encode() for number in range(2000))
        packed = {"Authorization": f"Bearer {pushes}", "Content-Encoding": "gzip"}
        assert asked(front, "POST", "/v1/status", gzip.compress(lines), **packed) == (202, b'{"accepted":2000}')
        assert asked(front, "POST", "/v1/status", json.dumps(summary("T-1")).encode(), Authorization=f"Bearer {pushes}")[0] == 202
        assert asked(front, "POST", "/v1/status", lines, Authorization="Bearer no")[0] == 401
        assert asked(front, "GET", "/")[0] == 403
        assert asked(front, "GET", "/healthz")[0] == 200
        server.config.write_text(server.config.read_text() + token_table("office", reads, reads=True))
        server.reads = {"Authorization": f"Bearer {reads}"}
        until(lambda: asked(front, "GET", "/", **server.reads)[0] == 200, server.said)
        server.until_terminals(2000)
        assert b"<html" in asked(front, "GET", "/", **server.reads)[1]
        assert asked(front, "GET", "/")[0] == 401
        assert "X-Forwarded-For" not in server.said()
