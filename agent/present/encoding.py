"""What the other end can show: the encoding people read in, and ASCII for what it lacks."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TextIO

OLD_CHINESE = frozenset({"gbk", "gb2312", "gb18030", "big5", "cp950", "cp936"})

# for each symbol, what takes its place, the best first
STAND_INS: dict[str, tuple[str, ...]] = {
    "✓": ("√", "[ok]"),
    "✗": ("×", "[X]"),
    "─": ("-",),
    "→": ("->",),
    "·": ("-",),
    "…": ("...",),
    "●": ("*",),
    "▲": ("!",),
    "–": ("-",),
    "—": ("-",),
    "“": ('"',),
    "”": ('"',),
    "‘": ("'",),
    "’": ("'",),
    "×": ("x",),
    "°": (" deg ",),
    "≥": (">=",),
    "≤": ("<=",),
    "µ": ("u",),
    "。": (".",),
    "、": (",",),
    "「": ('"',),
    "」": ('"',),
}


def encoding_of(stream: TextIO | None, environ: Mapping[str, str] = os.environ) -> str:
    """The codec name of the encoding that the reader of `stream` expects.

    Where the system has no such locale, Python falls back to UTF-8 by itself; the name of the locale then still tells what the terminal
    speaks, unless no console could speak that. An encoding that was asked of Python by name (PYTHONIOENCODING, PYTHONUTF8) is kept.
    """
    own = _codec(getattr(stream, "encoding", None) or "utf-8") or "utf-8"
    if not sys.flags.utf8_mode or environ.get("PYTHONUTF8") or environ.get("PYTHONIOENCODING"):
        return own
    kind = environ.get("LC_CTYPE", "")
    if kind.lower() in ("c.utf-8", "c.utf8", "utf-8"):  # set by Python itself on its way into this mode
        kind = ""
    name = environ.get("LC_ALL") or kind or environ.get("LANG") or ""
    if name in ("C", "POSIX"):
        return "ascii"
    _, dot, charset = name.partition("@")[0].partition(".")
    named = _codec(charset) if dot else None
    return named if named is not None and is_console(named) else own


def _codec(name: str) -> str | None:
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return None


_ASCII = "".join(map(chr, range(0x20, 0x7F))).translate({ord("\\"): None, ord("~"): None, ord("%"): None})  # these differ on some consoles
_BEYOND = "é终端日本한ا"


@lru_cache(maxsize=8)
def is_console(codec: str) -> bool:
    """Whether a console could speak it: what ASCII has stands as it is, and whatever else it has is no letters and no controls of that.

    Python has many codecs besides: of mainframes (cp037), of two or four bytes a character, of mail (utf-7, hz), of names (idna), and some
    that are no encodings of text at all (hex).
    """
    try:
        if _ASCII.encode(codec) != _ASCII.encode():
            return False
    except (UnicodeError, LookupError):
        return False
    for char in filter(lambda char: _can(char, codec), _BEYOND):
        data = char.encode(codec)
        if max(data) < 0x80 or min(data) < 0x20:
            return False
    return True


def shows_chinese(encoding: str) -> bool:
    return _can("终端", encoding)


def ambiguous_width(encoding: str) -> int:
    """Consoles of the old Chinese encodings draw √, × or ─ two columns wide."""
    return 2 if encoding in OLD_CHINESE else 1


def _can(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def stand_in(text: str, encoding: str) -> str:
    """The text with whatever the encoding cannot show replaced; never raises, not for lone surrogates either."""
    if _can(text, encoding):
        return text
    return "".join(char if _can(char, encoding) else _replacement(char, encoding) for char in text)


def _replacement(char: str, encoding: str) -> str:
    for candidate in STAND_INS.get(char, ()):
        if _can(candidate, encoding):
            return candidate
    folded = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    if folded and folded != char and _can(folded, encoding):
        return folded
    return char.encode("ascii", "backslashreplace").decode("ascii")
