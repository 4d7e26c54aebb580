"""Characters that no page may hold as they are."""

from __future__ import annotations

import unicodedata

# what cannot be seen, moves a cursor, or turns the order of what stands beside it
PASSES = frozenset(
    chr(code) for code in range(0x3000) if unicodedata.category(chr(code)) in ("Cc", "Zl", "Zp") and chr(code) not in "\n\t"
) | frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
