"""From the bytes of a request to the documents in it: unpacked no further than is allowed; one JSON document, a list of them, or one a
line."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import msgspec

_GZIP = 31  # window bits of zlib with gzip's own header, and nothing else
ENCODINGS = (b"", b"identity", b"gzip", b"x-gzip")


class Refused(Exception):
    """Answered with `status` and a short reason."""

    def __init__(self, status: int, why: str, *, retry_after_s: float | None = None, kind: str = "") -> None:
        self.status, self.why, self.retry_after_s = status, why, retry_after_s
        self.kind = kind or str(status)
        super().__init__(why)


def unpacked(body: bytes, encoding: bytes, limit: int) -> bytes:
    """Raises `Refused`."""
    if encoding not in ENCODINGS:
        raise Refused(415, "content-encoding: gzip or none", kind="encoding")
    return _gunzipped(body, limit) if encoding.endswith(b"gzip") else body


def _gunzipped(body: bytes, limit: int) -> bytes:
    """All members; never more than `limit` is unpacked, however much was packed."""
    parts: list[bytes] = []
    size, rest = 0, body
    while rest:
        one = zlib.decompressobj(_GZIP)
        try:
            part = one.decompress(rest, limit - size + 1)
        except zlib.error:
            raise Refused(400, "not gzip, or damaged", kind="gzip") from None
        size += len(part)
        if size > limit:
            raise Refused(413, f"unpacked more than {limit} bytes", kind="size")
        if not one.eof:
            raise Refused(400, "gzip that is cut off", kind="gzip")
        parts.append(part)
        rest = one.unused_data
    return b"".join(parts)


def documents(body: bytes, content_type: bytes) -> Iterator[bytes]:
    """Each in one piece, not yet looked into. One that is spread over lines is one; lines are several. Raises `Refused` for none."""
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        raise Refused(400, "nothing was sent", kind="empty")
    if body.startswith(b"["):
        return _listed(body)
    if b"\n" not in body or (b"ndjson" not in content_type and b"jsonl" not in content_type and _whole(body)):
        return iter((body,))
    return (line for line in map(bytes.strip, body.split(b"\n")) if line)


def _whole(body: bytes) -> bool:
    """Whether the first line alone is no document, so that the lines are one together."""
    try:
        msgspec.json.decode(body.partition(b"\n")[0], type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return True
    return False


def _listed(body: bytes) -> Iterator[bytes]:
    try:
        found = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        raise Refused(400, "not JSON", kind="json") from None
    return map(bytes, found)


def one_line(document: bytes) -> bytes:
    """As it may stand in a line. In JSON, a line break is a space between two things or is not there at all."""
    return document.replace(b"\n", b" ").replace(b"\r", b" ")
