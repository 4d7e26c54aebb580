"""`getprop`: `[name]: [value]`, one a line; a value with a line break goes on in the next."""

from __future__ import annotations

import re

from msgspec import Struct

_NAME = re.compile(r"^\[([^\]\n]{1,200})\]: \[", re.MULTILINE)


class Sim(Struct, frozen=True):
    """Of each slot, in the words of `gsm.sim.state`; `UNKNOWN` comes from odd radios although they are registered."""

    slots: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        return any(slot in ("READY", "LOADED") for slot in self.slots)

    @property
    def absent(self) -> bool:
        """No slot has a card; an empty one beside a card is no fault. A slot of an eSIM without a profile says NOT_READY, as an empty one
        may while it is switched off, and one of an odd radio UNKNOWN: beside an empty one that is no card either."""
        return "ABSENT" in self.slots and all(slot in _NO_CARD for slot in self.slots)

    @property
    def unreadable(self) -> bool:
        """There is a card, and it cannot be read: worn or dirty contacts, or one that is broken."""
        return not self.ready and "CARD_IO_ERROR" in self.slots

    @property
    def locked(self) -> str:
        """PIN_REQUIRED, PUK_REQUIRED or another lock, where no slot is ready."""
        if self.ready:
            return ""
        return next((slot for slot in self.slots if slot in _LOCKS), "")


_LOCKS = ("PIN_REQUIRED", "PUK_REQUIRED", "PERSO_LOCKED", "NETWORK_LOCKED", "PERM_DISABLED", "CARD_RESTRICTED")
_NO_CARD = ("ABSENT", "NOT_READY", "UNKNOWN")


def parse(text: str) -> dict[str, str]:
    """A value goes on to the next line that begins one."""
    text = text.replace("\r\n", "\n")
    begins = list(_NAME.finditer(text))
    ends = [found.start() for found in begins[1:]] + [len(text)] * bool(begins)
    return {found[1]: text[found.end() : end].rstrip().removesuffix("]") for found, end in zip(begins, ends, strict=True)}


def sim_of(properties: dict[str, str]) -> Sim | None:
    """None where there is no radio, or it does not say."""
    slots = tuple(slot.strip().upper() for slot in properties.get("gsm.sim.state", "").split(",") if slot.strip())
    return Sim(slots) if slots else None


def booted(properties: dict[str, str]) -> bool | None:
    said = properties.get("sys.boot_completed", properties.get("dev.bootcomplete", "")).strip()
    return said == "1" if properties else None
