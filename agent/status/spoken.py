"""A person's word made fit to be kept: on one line, nothing in it that hides, and no number that nobody may keep."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from msgspec.structs import replace

from agent.contract.word import NAME, TEXT, TEXTS, Word
from agent.settings.mask import masks_of
from agent.settings.model import Settings
from agent.status.private import masker
from probes.ground.masking import mask_numbers
from probes.ground.personal import mask_personal, plain_digits
from probes.ground.text import is_safe

_SPACE = re.compile(r"\s+")
_BETWEEN = r"[\s\-‐-―_.]{0,2}"


def on_one_line(text: str) -> str:
    """Without what cannot be seen, reorders or overdraws; letters of every script stay, but for those that stand from right to left, which
    are written as people read them elsewhere: by their number."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    text = "".join(" " if each.isspace() else each for each in text if each.isspace() or unicodedata.category(each)[0] != "C")
    return _SPACE.sub(" ", "".join(each for each in text if is_safe(each))).strip()


def fit(settings: Settings | None) -> Callable[[Word], Word]:
    """`settings`: none where they may not be read; then every long number but that of a ticket is masked."""
    support = settings.support if settings is not None else None
    contacts = [getattr(support, name).phone for name in support.__struct_fields__] if support is not None else []
    own = own_numbers(settings) if settings is not None else None

    def masked(name: str, text: str) -> str:
        text = plain_digits(on_one_line(text))
        text = own(text) if own is not None else text
        text = mask_personal(text, contacts)
        return text if settings is not None or name == "ticket" else mask_numbers(text)

    def spoken(word: Word) -> Word:
        found = {name: masked(name, getattr(word, name))[: TEXT if name == "text" else NAME] for name in TEXTS}
        return replace(word, **found)

    return spoken


def own_numbers(settings: Settings) -> Callable[[str], str]:
    """The numbers of merchant and terminal, also as people space them, and the secrets of the configuration."""
    mask = masker(settings)
    spaced = [(re.compile(_BETWEEN.join(map(re.escape, number)), re.IGNORECASE), shown) for number, shown in masks_of(settings).items()]

    def masked(text: str) -> str:
        for number, shown in spaced:
            text = number.sub(shown, text)
        return mask(text)

    return masked
