"""ClickHouse, asked by its HTTP interface: the query is the body, values are parameters, and who asks stands in headers, never in a URL."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
import requests

from agent.fleet.engines.query import EngineFailed, Value
from probes.ground.text import escape

VIEW = "terminals_now"  # of config/fleet/clickhouse.sql
PASSWORD, PASSWORD_FILE = "CLICKHOUSE_PASSWORD", "CLICKHOUSE_PASSWORD_FILE"
CONNECT_S, ANSWER_S = 10, 300
_SHOWN = 300  # characters of what the engine says
_MOST = 256 << 20  # bytes of an answer: counts are small, whatever the fleet
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\0": "\\0"}  # a parameter is read as TSV


class ClickHouse:
    """`url`: https://user@host:port/database, as it stands behind `clickhouse+`."""

    source = VIEW

    def __init__(self, url: str, environment: Mapping[str, str] = os.environ) -> None:
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
            raise EngineFailed(
                "ClickHouse 的地址要写成 clickhouse+https://用户@主机:8443/数据库",
                "the address of a ClickHouse is written clickhouse+https://USER@HOST:8443/DATABASE",
            )
        if parts.password is not None:
            raise EngineFailed(
                f"地址里不能有密码，它会出现在进程列表和记录里：请放进环境变量 {PASSWORD}，或把文件名放进 {PASSWORD_FILE}",
                f"no password in an address, where lists of processes and logs show it: put it into the environment as {PASSWORD}, "
                f"or its file's name as {PASSWORD_FILE}",
            )
        self._host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self._address = f"{parts.scheme}://{self._host}{f':{port}' if port else ''}/"
        self._database = unquote(parts.path.strip("/")) or "default"
        self._session = requests.Session()
        self._session.trust_env = False  # no .netrc, no proxy that nobody asked for
        password = _password(environment)
        if password and parts.scheme == "http" and not _is_here(parts.hostname):
            raise EngineFailed(
                f"密码不会经 http 发给 {escape(self._host)}：谁都能读到。请用 clickhouse+https",
                f"the password is not sent to {escape(self._host)} by http, where anybody could read it: use clickhouse+https",
            )
        if parts.username:
            self._session.headers["X-ClickHouse-User"] = unquote(parts.username)
        if password:
            self._session.headers["X-ClickHouse-Key"] = password

    def close(self) -> None:
        self._session.close()

    def rows(self, sql: str, values: Mapping[str, Value]) -> list[Sequence[Any]]:
        given = {f"param_{name}": _written(value) for name, value in values.items()}
        content = self._asked(f"{sql} FORMAT JSONCompact", {"database": self._database, **given})
        try:
            return msgspec.json.decode(content, type=_Answer).data
        except msgspec.MsgspecError:  # an error in the middle of an answer that had begun stands in its text
            raise self._failed(content.decode(errors="replace")[-_SHOWN:]) from None

    def parameter(self, name: str, value: Value) -> str:
        return f"{{{name}:{'String' if isinstance(value, str) else 'Int64'}}}"

    def distinct(self, columns: Sequence[str], condition: str) -> str:
        return f"uniqExactIf({', '.join(columns)}, {condition})"

    def keys(self, labels: str) -> str:
        return f"arrayJoin(mapKeys({labels}))"

    def _asked(self, sql: str, given: dict[str, str]) -> bytes:
        try:
            with self._session.post(
                self._address, params=given, data=sql.encode(), timeout=(CONNECT_S, ANSWER_S), stream=True, allow_redirects=False
            ) as answer:
                content = answer.raw.read(_MOST + 1, decode_content=True) or b""
                if answer.status_code != requests.codes.ok:
                    raise self._refused(answer.status_code, content.decode(errors="replace"))
        except (requests.RequestException, OSError) as error:
            raise self._failed(_reason(error)) from None
        if len(content) > _MOST:
            raise self._failed(f"> {_MOST >> 20} MiB")
        return content

    def _refused(self, status: int, said: str) -> EngineFailed:
        host, shown = escape(self._host), escape(said.partition("\n")[0], _SHOWN)
        if status in (401, 403) or "AUTHENTICATION_FAILED" in said or "ACCESS_DENIED" in said:
            return EngineFailed(
                f"ClickHouse {host} 不认这个用户或密码（密码来自 {PASSWORD} 或 {PASSWORD_FILE}）：{shown}",
                f"ClickHouse at {host} does not know this user or password (it comes from {PASSWORD} or {PASSWORD_FILE}): {shown}",
            )
        if "UNKNOWN_TABLE" in said or "UNKNOWN_DATABASE" in said:
            return EngineFailed(
                f"ClickHouse {host} 的数据库 {escape(self._database)} 里没有 {VIEW}：请先执行 config/fleet/clickhouse.sql（{shown}）",
                f"the database {escape(self._database)} at ClickHouse {host} has no {VIEW}: "
                f"run config/fleet/clickhouse.sql there first ({shown})",
            )
        return EngineFailed(f"ClickHouse {host} 拒绝（{status}）：{shown}", f"ClickHouse at {host} refuses ({status}): {shown}")

    def _failed(self, said: str) -> EngineFailed:
        host, shown = escape(self._host), escape(said, _SHOWN)
        return EngineFailed(f"无法询问 ClickHouse {host}：{shown}", f"ClickHouse at {host} cannot be asked: {shown}")


class _Answer(msgspec.Struct):
    data: list[Sequence[Any]]


def _password(environment: Mapping[str, str]) -> str:
    named = environment.get(PASSWORD_FILE)
    if not named:
        return environment.get(PASSWORD, "")
    try:
        return Path(named).read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        shown = escape(named)
        raise EngineFailed(
            f"无法读取密码文件 {shown}：{_reason(error)}", f"the file of the password {shown} cannot be read: {_reason(error)}"
        ) from None


def _written(value: Value) -> str:
    return "".join(_ESCAPES.get(character, character) for character in value) if isinstance(value, str) else str(value)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: Exception) -> str:
    """Without the address asked, which holds the values."""
    if isinstance(error, requests.Timeout):
        return "timed out"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not valid, or it does not speak TLS"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror and not isinstance(cause, requests.RequestException):
            return cause.strerror
        inner = cause.args[0] if cause.args and isinstance(cause.args[0], BaseException) else None
        cause = getattr(inner, "reason", None) or inner or cause.__cause__ or cause.__context__
    return type(error).__name__
