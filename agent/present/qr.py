"""The summary of a status as a QR code made of half blocks, for a telephone's camera."""

from __future__ import annotations

from agent.present.page import Page
from probes.ground.bilingual import Bilingual

_QUIET = 2  # modules around it; four are asked for, two are read by every telephone and fit a narrow screen
_HALVES = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}  # light is lit: most screens are dark
MISSING = Bilingual(
    "显示二维码需要 segno：pip install segno（或安装 posdiag[qr]）", "a QR code needs segno: pip install segno, or posdiag[qr]"
)
TOO_NARROW = Bilingual("屏幕太窄，放不下二维码", "The screen is too narrow for the QR code")


def fits(page: Page) -> bool:
    """Whether the page's encoding has the blocks."""
    try:
        "█▀▄".encode(page.encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def draw(contents: list[bytes], page: Page) -> list[str]:
    """The first of the contents that fits the width. `contents`: ever shorter."""
    try:
        import segno
    except ImportError:
        return page.wrap(page.words(MISSING))
    if not fits(page):
        return page.wrap(page.say("这个终端显示不了二维码用的方块字符", "This console cannot show the blocks of a QR code"))
    for content in contents:
        rows = [[bool(module) for module in row] for row in segno.make_qr(content, error="l").matrix_iter(border=_QUIET)]
        if len(rows[0]) <= page.width:
            lower = [*rows[1::2], *([[False] * len(rows[0])] if len(rows) % 2 else [])]
            return ["".join(_HALVES[pair] for pair in zip(*pairs, strict=True)) for pairs in zip(rows[::2], lower, strict=True)]
    return page.wrap(page.words(TOO_NARROW))
