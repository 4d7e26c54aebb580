"""One line that says what is being examined, on a terminal, for as long as it takes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import TextIO

from agent.present.page import Page, columns_of, is_terminal
from agent.present.words import subject_of

INTERVAL_S = 0.1  # between two changes of the line
ERASE = "\r\x1b[K"


def terminal_among(*streams: TextIO | None, environ: Mapping[str, str] = os.environ) -> TextIO | None:
    """The first stream on which a line can be rewritten."""
    if environ.get("TERM", "") in ("", "dumb"):
        return None
    return next((stream for stream in streams if is_terminal(stream)), None)


class LiveLine:
    """While it is entered, shows the latest check and the seconds gone; leaves an empty line. Without a stream it is silent."""

    def __init__(self, stream: TextIO | None, page: Page) -> None:
        self._stream, self._page = stream, page
        self._latest = ""
        self._shown = ""
        self._began = time.monotonic()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def __call__(self, check_id: str) -> None:
        """Called from any thread; never blocks on the terminal."""
        self._latest = check_id

    def __enter__(self) -> LiveLine:
        if self._stream is not None:
            self._thread = threading.Thread(target=self._follow, name="live-line", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join(timeout=2 * INTERVAL_S)
            if self._shown:
                self._put(ERASE)

    def wipe(self) -> None:
        """For a signal's handler: past the stream's buffer, which may be in use at this very moment."""
        self._done.set()
        if self._stream is not None and self._shown:
            with suppress(OSError, ValueError):
                os.write(self._stream.fileno(), ERASE.encode())

    def _follow(self) -> None:
        while not self._done.is_set():
            text = self._text()
            if text != self._shown:
                if not self._put(ERASE + text):
                    return
                self._shown = text
            self._done.wait(INTERVAL_S)

    def _text(self) -> str:
        seconds = int(time.monotonic() - self._began)
        words = self._page.say("正在检查", "Examining")
        if self._latest:
            words += " " + subject_of(self._latest, self._page)
        since = self._page.say(f" · {seconds} 秒", f" · {seconds} s") if seconds else ""
        room = columns_of(self._stream) - 1 - self._page.measure(since)
        return self._page.shorten(words, room) + since

    def _put(self, text: str) -> bool:
        """False where the terminal has gone: then there is nothing more to show."""
        try:
            assert self._stream is not None
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            return False
        return True
