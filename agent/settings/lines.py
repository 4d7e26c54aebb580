"""In which line of a TOML file a key stands. tomllib keeps no places, so the headers and the beginnings of lines are read again."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_LAST_INDEX = re.compile(r"\[\d+\]$")


class Lines:
    """Of one file whose syntax is right. Texts of several lines that look like keys may mislead it by a line; nothing depends on it."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self._of: dict[str, int] = {}
        counts: dict[str, int] = {}
        table = ""
        for number, line in enumerate(self.lines, 1):
            if header := _HEADER.match(line):
                table = _numbered([part.strip("\"'") for part in _PART.findall(header[2])], counts, again=header[1] == "[[")
                self._of.setdefault(table, number)
            elif key := _KEY.match(line):
                dotted = ".".join(part.strip("\"'") for part in _PART.findall(key[1]))
                self._of.setdefault(f"{table}.{dotted}" if table else dotted, number)

    def of(self, key: str) -> int:
        """Of the key, or of the nearest table or list around it; 0 where nothing of it stands there."""
        key = key.replace('"', "")
        while key:
            if key in self._of:
                return self._of[key]
            index = _LAST_INDEX.search(key)
            key = key[: index.start()] if index else key.rpartition(".")[0]
        return 0

    def text(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


def _numbered(parts: list[str], counts: dict[str, int], *, again: bool) -> str:
    """`gateway.http` as `gateway[1].http`: each list of tables by the number of its last one so far."""
    key = ""
    for place, part in enumerate(parts):
        key = f"{key}.{part}" if key else part
        if place == len(parts) - 1 and again:
            counts[key] = counts.get(key, -1) + 1
        if key in counts:
            key = f"{key}[{counts[key]}]"
    return key
