"""The configured HTTP proxy: where it is, and a tunnel through it (RFC 9110 section 9.3.6)."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from msgspec import Struct

from probes.edge.failures import PeerFailed, failure_of
from probes.edge.net.tcp import Connection
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.model.facts import RemoteFacts

_ANSWER_S = 3.5


class Proxy(Struct, frozen=True, kw_only=True):
    host: str
    port: int
    authorization: str = ""  # secret: never in a fact

    @property
    def url(self) -> str:
        """Without the login, which goes into a header of its own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def parse(url: str) -> Proxy | None:
    """None for an empty address. Raises ValueError for one that cannot be used."""
    if not url:
        return None
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError("no host in the proxy's address")
    authorization = ""
    if parts.username is not None:
        import base64  # hardly anybody's proxy asks for a name

        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(login.encode()).decode()
    return Proxy(host=parts.hostname, port=parts.port or 8080, authorization=authorization)


def tunnel(connection: Connection, proxy: Proxy, host: str, port: int, deadline: Deadline) -> None:
    """Asks for a tunnel. Raises `PeerFailed`: proxy_auth for 407, proxy_failed with `http_status` for any other answer; `CannotTell`."""
    deadline = deadline.within(_ANSWER_S)
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.authorization:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    sock = connection.sock
    data = b""
    try:
        sock.settimeout(max(0.05, deadline.remaining()))
        sock.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
        while b"\r\n\r\n" not in data and len(data) < 16384 and not deadline.passed():
            sock.settimeout(max(0.05, deadline.remaining()))
            part = sock.recv(1)  # byte by byte, so that nothing of the tunnelled stream is swallowed
            if not part:
                raise PeerFailed(Symptom.PROXY_FAILED)
            data += part
    except TimeoutError as error:
        raise PeerFailed(Symptom.PROXY_TIMEOUT) from error
    except OSError as error:
        raise failure_of(error) from error
    if b"\r\n\r\n" not in data:
        raise PeerFailed(Symptom.PROXY_TIMEOUT if deadline.passed() else Symptom.PROXY_FAILED)
    words = data.split(b"\r\n", 1)[0].split()
    status = int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") and len(words[1]) == 3 and words[1].isdigit() else 0
    if status == 407:
        raise PeerFailed(Symptom.PROXY_AUTH, RemoteFacts(http_status=407))
    if not 200 <= status < 300:
        raise PeerFailed(Symptom.PROXY_FAILED, RemoteFacts(http_status=status))
