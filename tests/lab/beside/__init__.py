"""Terminals and printers beside the machine that looks, rebuilt from public reports, and what the code said of each at first contact."""

from __future__ import annotations

from tests.lab.beside import adb_1, lan_1, printers_1, second
from tests.lab.beside.entry import Contact

BATCHES: dict[int, tuple[Contact, ...]] = {
    1: (*adb_1.CONTACTS, *lan_1.CONTACTS, *printers_1.CONTACTS),
    2: second.CONTACTS,
}
CONTACTS: tuple[Contact, ...] = tuple(contact for contacts in BATCHES.values() for contact in contacts)
