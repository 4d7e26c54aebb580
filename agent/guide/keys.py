"""From what a terminal sends, or a line that somebody wrote, to what is asked for. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from agent.remedy.walk import Key

_ESC = "\x1b"
_LETTERS = {"n": Key.NEXT, "\r": Key.NEXT, "\n": Key.NEXT, "b": Key.BACK, "\x7f": Key.BACK, "\b": Key.BACK, "d": Key.DID, "y": Key.YES}
_LETTERS |= {"c": Key.CALL, "q": Key.QUIT, "\x04": Key.QUIT}
_ARROWS = {"C": Key.NEXT, "B": Key.NEXT, "D": Key.BACK, "A": Key.BACK}  # right, down; left, up
_WORDS = {
    Key.NEXT: ("", "n", "next", "下一步", "下", "继续", "没用", "没有用", "no", "否", "不是"),
    Key.BACK: ("b", "back", "上一步", "上", "返回"),
    Key.DID: ("d", "did", "done", "done it", "did it", "做完了", "做了", "完成"),
    Key.YES: ("y", "yes", "是", "是的", "好"),
    Key.CALL: ("c", "call", "打给谁", "电话", "打电话"),
    Key.QUIT: ("q", "quit", "leave", "exit", "bye", "离开", "退出", "结束"),
}
_BY_WORD = {word: key for key, words in _WORDS.items() for word in words}


class Keys:
    """Takes bytes as they come, also where a sequence is cut in two. What means nothing is passed over."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, data: bytes) -> Iterator[Key]:
        text = unicodedata.normalize("NFKC", self._rest + data.decode("utf-8", "ignore")).lower()
        raw, self._rest = self._rest + data.decode("utf-8", "ignore"), ""
        if _ESC not in raw:
            yield from (_LETTERS[char] for char in text if char in _LETTERS)
            return
        at = 0
        while at < len(raw):
            if raw[at] != _ESC:
                found = _LETTERS.get(unicodedata.normalize("NFKC", raw[at]).lower())
                at += 1
            else:
                end = _end_of(raw, at)
                if end is None:
                    self._rest = raw[at:]
                    return
                found, at = _ARROWS.get(raw[end - 1]) if end - at > 2 else None, end
            if found is not None:
                yield found


def _end_of(text: str, at: int) -> int | None:
    """Where the sequence that begins there ends; None where its end has not come yet. Before a plain letter ESC stands alone."""
    if at + 1 >= len(text):
        return None
    if text[at + 1] not in "[O":
        return at + 1
    for place in range(at + 2, min(len(text), at + 16)):
        if "@" <= text[place] <= "~":
            return place + 1
        if not " " <= text[place] <= "?":  # it was broken off
            return place
    return None if len(text) < at + 16 else at + 16


def asked_by(line: str) -> Key | None:
    """None for a line that cannot be understood."""
    return _BY_WORD.get(unicodedata.normalize("NFKC", line).strip().strip("。.！!").lower())
