"""A collector as fleets have one: nginx with TLS in front, and behind it a program that keeps what comes."""

from __future__ import annotations

import gzip
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec

from tests.support.servers.certificates import for_address
from tests.support.servers.programs import free_port, serving
from tests.support.world.ca import Authority

NGINX = shutil.which("nginx")


class Post(msgspec.Struct, frozen=True):
    """`letters`: the lines of its body, decoded; `size`: bytes on the wire."""

    headers: dict[str, str]
    letters: list[dict[str, Any]]
    size: int
    reused: bool


class Behind:
    """`status`, `head`: its answer; `before`: called with each request before it is answered."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.status, self.head = 202, dict[str, str]()
        self.before: Callable[[], object] = lambda: None
        behind = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                behind.before()
                headers = {name.lower(): value for name, value in self.headers.items()}
                plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
                letters = [msgspec.json.decode(line) for line in plain.splitlines()]
                behind.posts.append(Post(headers, letters, len(body), headers.get("x-reused") == "r"))
                self.send_response(behind.status)
                for name, value in {**behind.head, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]


class Front:
    def __init__(self, url: str, ca_file: str, behind: Behind) -> None:
        self.url, self.ca_file, self.behind = url, ca_file, behind


@contextmanager
def collector(folder: Path, *lines: str, location: str = "", port: int = 0) -> Iterator[Front]:
    """`lines` of the server, and a `location` instead of the program behind it. `port`: of one that was there before, and goes on."""
    assert NGINX is not None
    behind, pem, trusted = Behind(), folder / "server.pem", folder / "acquirer-root.pem"
    if not port:
        authority, port = Authority(folder), free_port()
        for_address(authority, "127.0.0.1").write(pem)
    passed = f"proxy_pass http://127.0.0.1:{behind.port}; proxy_set_header X-Reused $ssl_session_reused; proxy_pass_header Retry-After;"
    site = [
        f"listen 127.0.0.1:{port} ssl;",
        f"ssl_certificate {pem};",
        f"ssl_certificate_key {pem};",
        "ssl_session_timeout 1d; ssl_session_cache shared:fleet:1m;",
        *lines,
        f"location / {{ {location or passed} }}",
    ]
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n server {{ {' '.join(site)} }} }}\n"
    )
    thread = threading.Thread(target=behind.server.serve_forever, name="behind", daemon=True)
    thread.start()
    try:
        with serving([NGINX, "-c", str(config), "-p", str(folder)], port):
            yield Front(f"https://127.0.0.1:{port}/v1/status", str(trusted), behind)
    finally:
        behind.server.shutdown()
        behind.server.server_close()
        thread.join()
