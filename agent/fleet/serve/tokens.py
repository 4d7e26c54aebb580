"""Who may push what, and who may read: tokens, of which only the SHA-256 is known here.

A token is 256 random bits. There is nothing to guess or to try through, so that one round of SHA-256 keeps it as well as a slow function
for passwords would.
"""

from __future__ import annotations

import fnmatch
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

from msgspec import Struct

PREFIX = "posdiag_"  # by which whoever finds one, or a tool that looks for secrets, knows it
HASH = "sha256:"
_RANDOM_BYTES = 32
_INDEX_BYTES = 4
LONGEST_TOKEN = 512  # characters of what is looked up at all
_WILD = re.compile(r"[*?\[]")


class Holder(Struct, frozen=True, kw_only=True):
    """Whose a token is. `ids`: what it may write, patterns (`*`, `?`, `[…]`) or ids. `reads`: it opens the page."""

    name: str
    digest: bytes
    ids: tuple[str, ...] = ()
    reads: bool = False

    @property
    def single(self) -> bool:
        """It is one terminal's own."""
        return len(self.ids) == 1 and not _WILD.search(self.ids[0])


class Writer:
    """A holder, ready to be asked."""

    __slots__ = ("_exact", "_pattern", "holder", "single")

    def __init__(self, holder: Holder) -> None:
        self.holder, self.single = holder, holder.single
        self._exact = holder.ids if self.single else frozenset(each for each in holder.ids if not _WILD.search(each))
        wild = () if self.single else [fnmatch.translate(each) for each in holder.ids if _WILD.search(each)]
        self._pattern = re.compile("|".join(wild)) if wild else None

    def may_write(self, name: str) -> bool:
        """Whoever may write for a machine may for those beside it (`shop-17/till-2`)."""
        machine, slash, _ = name.rpartition("/")
        return name in self._exact or (bool(slash) and machine in self._exact) or bool(self._pattern and self._pattern.match(name))


class Tokens:
    """Found by the first bytes of the digest, then compared whole in constant time: how long a look-up takes tells of the digest of what
    was sent, which its sender knows, and of no token."""

    def __init__(self, holders: Iterable[Holder]) -> None:
        self._found: dict[bytes, list[Writer]] = {}
        self.readers = self.writers = False  # whether there are any
        self.count = 0
        for holder in holders:
            self._found.setdefault(holder.digest[:_INDEX_BYTES], []).append(Writer(holder))
            self.readers = self.readers or holder.reads
            self.writers = self.writers or bool(holder.ids)
            self.count += 1

    def of(self, token: bytes) -> Writer | None:
        if not token or len(token) > LONGEST_TOKEN:
            return None
        digest = hashlib.sha256(token).digest()
        found = None
        for writer in self._found.get(digest[:_INDEX_BYTES], ()):
            if hmac.compare_digest(writer.holder.digest, digest):
                found = writer
        return found


def new() -> str:
    return PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)


def written(token: str) -> str:
    """As the configuration has it."""
    return HASH + hashlib.sha256(token.encode()).hexdigest()


def digest_of(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix(HASH))


def bearer(header: bytes) -> bytes:
    """The token of an `Authorization` header; empty where there is none."""
    scheme, _, token = header.partition(b" ")
    return token.strip() if scheme.lower() == b"bearer" else b""
