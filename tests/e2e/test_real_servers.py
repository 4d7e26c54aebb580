"""nginx and OpenSSL's own server in the acquirer's place: what widespread software does, not what ours imagines."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_S, until
from tests.support.precedence import take_precedence
from tests.support.world import World, netns, plan
from tests.support.world.ca import Authority, Pair

pytestmark = pytest.mark.root
NGINX, OPENSSL = shutil.which("nginx"), shutil.which("openssl")
PORT = 8443
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


@contextmanager
def serving(w: World, *argv: str) -> Iterator[None]:
    """The command in the provider's namespace, until it listens, ended by its own process id."""
    process = subprocess.Popen(
        ["ip", "netns", "exec", w.net, *argv], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, process_group=0
    )
    take_precedence(process.pid)
    try:
        netns.call(w.net, lambda: wait_for(process))
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE_S)


def wait_for(process: subprocess.Popen[bytes]) -> None:
    def listens() -> bool:
        assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
        try:
            socket.create_connection((plan.GATEWAY_A.v4, PORT), PATIENCE_S).close()
        except OSError:
            return False
        return True

    until(listens, lambda: "the server does not listen")


def nginx(w: World, *lines: str, location: str = "return 200 ok;") -> list[str]:
    pem = w.authority.leaf(plan.GATEWAY_A.name).write(w.folder / "server.pem")
    site = [
        f"listen {plan.GATEWAY_A.v4}:{PORT} ssl;",
        f"ssl_certificate {pem};",
        f"ssl_certificate_key {pem};",
        *lines,
        f"location / {{ {location} }}",
    ]
    folder = w.folder
    config = folder / "nginx.conf"
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config.write_text(
        f"daemon off; master_process off; user root; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n server {{ {' '.join(site)} }} }}\n"
    )
    assert NGINX is not None
    return [NGINX, "-c", str(config), "-p", str(folder)]


def configured(w: World, protocol: str, client: Pair | None = None) -> None:
    gateway = w.config["gateway"][0]
    gateway.update(port=PORT, protocol=protocol)
    if client is not None:
        path = str(client.write(Path(w.folder) / "client.pem"))
        gateway.update(client_cert_file=path, client_key_file=path)


@needs_nginx
@pytest.mark.parametrize(
    ("location", "state", "cause"),
    [
        ("return 200 ok;", "ok", None),
        ("return 402;", "outage", "operator.account_suspended"),
        ("return 403;", "outage", "unknown.indeterminate"),
        ("return 404;", "outage", "operator.gateway_misconfigured"),
        ("add_header Retry-After 600 always; return 503 maintenance;", "outage", "system.gateway_error"),
        ("return 444;", "outage", "system.gateway_down"),
        ("return 301 https://elsewhere.example/;", "outage", "operator.gateway_misconfigured"),
    ],
)
def test_nginx_answers(location: str, state: str, cause: str | None) -> None:
    with World() as world:
        configured(world, "https")
        with serving(world, *nginx(world, location=location)):
            verdict = world.check()
    assert (verdict.state, verdict.cause) == (state, cause), verdict.explain()


@needs_nginx
@pytest.mark.parametrize("shown", ["none", "expired", "a stranger's", "good"])
def test_nginx_wants_a_client_certificate(shown: str) -> None:
    """nginx completes the handshake and says so in HTTP."""
    with World() as world:
        certificates = {
            "expired": world.authority.leaf("T-1001", days=-1),
            "a stranger's": Authority(world.folder, "Stranger").leaf("T-1001"),
            "good": world.authority.leaf("T-1001"),
        }
        configured(world, "https", certificates.get(shown))
        lines = ("ssl_verify_client on;", f"ssl_client_certificate {world.authority.root_file};", "ssl_verify_depth 3;")
        with serving(world, *nginx(world, *lines)):
            verdict = world.check()
    assert verdict.cause == (None if shown == "good" else "operator.client_certificate"), verdict.explain()


@needs_nginx
def test_plain_http_on_its_tls_port() -> None:
    with World() as world:
        configured(world, "http")
        world.config["gateway"][0].pop("ca_file")
        with serving(world, *nginx(world)):
            verdict = world.check()
    assert verdict.cause == "operator.gateway_misconfigured", verdict.explain()


@needs_openssl
@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ((), None),
        (("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), "system.tls_incompatible"),
        (("-tls1_2", "-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"), "system.tls_incompatible"),
        (("-Verify", "3", "-tls1_2"), "operator.client_certificate"),
        (("-Verify", "3", "-tls1_3"), "operator.client_certificate"),
    ],
    ids=["good", "TLS 1.1", "NULL cipher", "client certificate 1.2", "client certificate 1.3"],
)
def test_openssl_s_server(options: tuple[str, ...], cause: str | None) -> None:
    with World() as world:
        pair = world.authority.leaf(plan.GATEWAY_A.name)
        pem, chain = pair.write(world.folder / "server.pem"), world.folder / "chain.pem"
        chain.write_bytes(pem.read_bytes().split(b"-----END CERTIFICATE-----\n", 1)[1])
        configured(world, "tls")
        assert OPENSSL is not None
        address = f"{plan.GATEWAY_A.v4}:{PORT}"
        roots = ("-CAfile", str(world.authority.root_file))
        with serving(
            world, OPENSSL, "s_server", "-accept", address, "-cert", str(pem), "-cert_chain", str(chain), "-quiet", *roots, *options
        ):
            verdict = world.check()
    assert verdict.cause == cause, verdict.explain()
