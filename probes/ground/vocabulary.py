"""Vocabularies that grow: words of a later version are taken as they are."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Open(StrEnum):
    """A closed list for whoever writes, an open one for whoever reads (`posdiag.status/1` may gain words).

    A word that is not on the list becomes a member of its own beside it: equal to its text, written as it came, and `known` is false.
    Nothing of it is kept, so documents from outside make nothing grow.
    """

    @property
    def known(self) -> bool:
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        return cls.foreign(value)

    @classmethod
    def foreign(cls, value: str) -> Self:
        """The member that stands for a word of a later version."""
        made = str.__new__(cls, value)
        made._value_ = value
        made._name_ = f"?{value}"
        return made
