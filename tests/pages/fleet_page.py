"""What every page of a fleet must keep to."""

from __future__ import annotations

import re

from tests.support.browser import complaints
from tests.support.shown_text import PASSES

MOST_BYTES = 1_000_000
_PLACE = re.compile(r"#fault-\d+|data:text/csv;charset=utf-8(;base64)?,[\w%,.:;!*()+/=~-]+")


def keeps_to_itself(page: bytes) -> None:
    """That it is valid and not large, loads nothing, runs nothing, leads to nothing but itself, and shows what cannot be seen."""
    text = page.decode()
    assert complaints(page) == ""
    assert len(page) < MOST_BYTES
    assert text.index("Content-Security-Policy") < text.index("<style>") and "default-src &#39;none&#39;" in text
    tags = re.findall(r"<[^>]*>", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))
    assert not [tag for tag in tags if re.search(r"<(script|link|iframe|object|img|base|form)\b|\s(on\w+|src|style)=", tag)]
    assert all(_PLACE.fullmatch(address) for tag in tags for address in re.findall(r'\shref="([^"]*)"', tag))
    assert not re.search(r"url\(|@import", text.split("<style>")[1].split("</style>")[0])
    assert not set(text) & set(PASSES)
