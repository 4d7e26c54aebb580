"""One sentence in the two languages that posdiag speaks."""

from __future__ import annotations

from msgspec import Struct


class Bilingual(Struct, frozen=True):
    """The same sentence in Chinese and in English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


def same(text: str) -> Bilingual:
    """What reads alike in both."""
    return Bilingual(text, text)
