"""The head of an HTTP answer: http.client takes the end of the connection for the end of the headers."""

from __future__ import annotations

from http.client import HTTPException, HTTPResponse
from typing import Any


class HeadCutOff(HTTPException):
    """The connection ended within the status line or the headers."""


class WholeHead(HTTPResponse):
    """A response whose headers end with their empty line, or else `HeadCutOff`."""

    def begin(self) -> None:
        stream: Any = self.fp
        lines: Any = _Lines(stream)
        self.fp = lines
        try:
            super().begin()
        finally:
            self.fp = stream
        if lines.ended:
            raise HeadCutOff


class _Lines:
    """A stream of lines that knows whether it ended within one, or before the next."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.ended = False

    def readline(self, limit: int = -1) -> bytes:
        line = bytes(self._stream.readline(limit))
        self.ended = not line.endswith(b"\n")
        return line

    def close(self) -> None:
        self._stream.close()
