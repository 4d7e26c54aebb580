"""The socket that is listened on, and its TLS: opened before anything else, so that what is wrong there is said and nothing is begun."""

from __future__ import annotations

import errno
import os
import resource
import socket
import ssl
from pathlib import Path

from agent.commands.failure import CommandFailed
from probes.ground.text import escape

BACKLOG = 4096
_SPARE = 200  # descriptors for everything but connections


def listening(listen: str) -> socket.socket:
    """Raises `CommandFailed`."""
    host, port = _parts(listen)
    try:
        (family, _, _, _, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return socket.create_server(
            address[:2],
            family=family,
            backlog=BACKLOG,
            dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6(),
        )
    except (socket.gaierror, UnicodeError):
        raise CommandFailed(f"没有“{escape(host)}”这个地址", f"“{escape(host)}” is no address") from None
    except OSError as error:
        raise _cannot_listen(escape(listen), error) from None


def _cannot_listen(shown: str, error: OSError) -> CommandFailed:
    if error.errno == errno.EADDRINUSE:
        return CommandFailed(
            f"{shown} 已经被别的程序占用。看是谁：ss -ltnp；或者换一个：--listen",
            f"{shown} is in use by another program. Which one: ss -ltnp; or take another: --listen",
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return CommandFailed(
            f"没有权限使用 {shown}：小于 1024 的端口要 CAP_NET_BIND_SERVICE，或者放在 nginx 后面",
            f"{shown} is not permitted: ports below 1024 need CAP_NET_BIND_SERVICE, or nginx in front",
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return CommandFailed(f"本机没有 {shown} 这个地址", f"this machine does not have the address of {shown}")
    reason = escape(error.strerror or type(error).__name__)
    return CommandFailed(f"无法在 {shown} 上接收：{reason}", f"cannot listen on {shown}: {reason}")


def _parts(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not host or not port.isdecimal() or len(port) > 5 or int(port) > 65535:
        raise CommandFailed(
            f"“{escape(listen, 60)}”不是地址加端口，例如 127.0.0.1:8420 或 [::1]:8420",
            f"“{escape(listen, 60)}” is no address with a port, such as 127.0.0.1:8420 or [::1]:8420",
        )
    return host, int(port)


def tls(cert_file: str, key_file: str) -> ssl.SSLContext | None:
    """None where there is none to be. Raises `CommandFailed`."""
    if not cert_file and not key_file:
        return None
    if not cert_file:
        raise CommandFailed("只有 --key，没有 --cert", "there is a --key and no --cert")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    load(context, cert_file, key_file)
    return context


def load(context: ssl.SSLContext, cert_file: str, key_file: str) -> None:
    """The certificate, again where it was renewed; connections that stand keep the old one. Raises `CommandFailed`."""
    for path in filter(None, (cert_file, key_file)):
        try:
            with Path(path).open("rb"):
                pass
        except OSError as error:
            shown, reason = escape(path), escape(os.strerror(error.errno or 0))
            raise CommandFailed(f"无法读取 {shown}：{reason}", f"cannot read {shown}: {reason}") from None
    try:
        context.load_cert_chain(cert_file, key_file or None, password=_no_password)
    except (ssl.SSLError, ValueError):
        shown = escape(cert_file) + (f" / {escape(key_file)}" if key_file else "")
        raise CommandFailed(
            f"{shown} 不能用：要 PEM 格式的证书和它的私钥，私钥不能有密码",
            f"{shown} cannot be used: a certificate in PEM form and its private key are needed, without a password",
        ) from None


def _no_password() -> str:
    """Else OpenSSL would ask for one at the terminal."""
    raise ValueError


def make_room(connections: int) -> int:
    """For as many connections as may be; how many there is room for."""
    wanted = connections + _SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < most:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
        except (OSError, ValueError):  # where a sandbox forbids it, what there is has to do
            pass
    return max(1, min(connections, soft - _SPARE))
