"""What the types alone cannot say about `[[output]]`: which keys belong to which kind, and that no secret goes over a plain connection."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from agent.settings.files import CERTIFICATE, PRIVATE_KEY, WITH_KEY, pem_fault, secret_fault
from agent.settings.hosts import url_fault
from agent.settings.output_settings import OutputKind
from agent.settings.problem import NOTHING, found
from agent.settings.walk import Fault, Table
from probes.ground.bilingual import Bilingual

_SCHEMES = {OutputKind.HTTPS: ("https", "http"), OutputKind.MQTT: ("mqtts", "mqtt")}
_TLS = ("ca_file", "client_cert_file", "client_key_file")
_OF_KIND = {
    OutputKind.HTTPS: ("url", "document", "every_s", "token_file", "username", "password_file", *_TLS),
    OutputKind.MQTT: ("url", "document", "every_s", "username", "password_file", *_TLS),
    OutputKind.FILE: ("path", "format"),
}
_KEYS = dict.fromkeys(key for keys in _OF_KIND.values() for key in keys)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def output(table: Table) -> Iterator[Fault]:
    kind = table.get("kind")
    if kind is None:
        return
    kind = OutputKind(kind)
    for key in _KEYS:
        if key in table.given and key not in _OF_KIND[kind]:
            zh, en = f'不写这个键：kind = "{kind}" 用不到它', f'no such key, as it has no effect with kind = "{kind}"'
            yield key, Bilingual(zh, en), Bilingual("写了", "one")
    if kind is OutputKind.FILE:
        if table.get("path") == "":
            yield "path", Bilingual("绝对路径（以 / 开头）", "an absolute path"), NOTHING
        return
    yield from _address(table, kind)
    yield from _login(table, kind)


def _address(table: Table, kind: OutputKind) -> Iterator[Fault]:
    url = table.get("url")
    if url is None:
        return
    secure, plain = _SCHEMES[kind]
    wanted = Bilingual(f"以 {secure}:// 开头的网址", f"an {secure}:// address")
    if not url:
        yield "url", wanted, NOTHING
        return
    scheme = url.partition("://")[0] if "://" in url else ""
    if scheme not in (secure, plain):
        yield "url", wanted, found(url)
    elif fault := url_fault(url):
        yield "url", fault, found(url)
    elif "@" in urlsplit(url).netloc:
        without = Bilingual(
            "不含用户名和密码的网址（另有 username 和 password_file）", "an address without a login (username and password_file)"
        )
        yield "url", without, found(url)
    elif kind is OutputKind.MQTT and (urlsplit(url).path.strip("/") or urlsplit(url).query):
        yield "url", Bilingual(f"{secure}://主机:端口，后面没有别的", f"{secure}://host:port and nothing behind it"), found(url)
    elif scheme == plain:
        yield from _plain(table, url, secure, kind)
    else:
        yield from _files(table)


def _plain(table: Table, url: str, secure: str, kind: OutputKind) -> Iterator[Fault]:
    for key in _TLS:
        if table.get(key):
            yield key, Bilingual("不写文件，因为这个连接不加密", "no file, as this connection is not encrypted"), found(table.get(key))
    secret = kind is OutputKind.HTTPS or table.get("password_file")
    if secret and urlsplit(url).hostname not in _LOOPBACK:
        zh, en = f"以 {secure}:// 开头的网址（不加密的只能到本机）", f"an {secure}:// address (a plain one leads to this machine alone)"
        yield "url", Bilingual(zh, en), found(url)


def _files(table: Table) -> Iterator[Fault]:
    for key, sort in (("ca_file", CERTIFICATE), ("client_cert_file", CERTIFICATE), ("client_key_file", PRIVATE_KEY)):
        path = table.get(key)
        if path and (fault := pem_fault(path, sort)):
            yield key, *fault
    certificate, private_key = table.get("client_cert_file"), table.get("client_key_file")
    if private_key and certificate == "":
        yield "client_cert_file", Bilingual("文件，因为写了 client_key_file", "a file, as client_key_file is given"), NOTHING
    if certificate and private_key == "" and not pem_fault(certificate, CERTIFICATE) and pem_fault(certificate, PRIVATE_KEY):
        yield "client_key_file", WITH_KEY, NOTHING


def _login(table: Table, kind: OutputKind) -> Iterator[Fault]:
    username, password = table.get("username"), table.get("password_file")
    token = table.get("token_file") if kind is OutputKind.HTTPS else ""
    if token and username:
        yield "username", Bilingual("不写，因为有 token_file", "no such key, as token_file is given"), found(username)
    if password and username == "":
        yield "username", Bilingual("用户名，因为写了 password_file", "a name, as password_file is given"), NOTHING
    if username and password == "" and kind is OutputKind.HTTPS:
        yield "password_file", Bilingual("文件，因为写了 username", "a file, as username is given"), NOTHING
    for key, path in (("token_file", token), ("password_file", password)):
        if path and (fault := secret_fault(path)):
            yield key, *fault
