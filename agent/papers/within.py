"""The shop's own texts as a sheet of paper has room for them: masked first, then cut, so that no cut hides a number from the mask."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from agent.present.layout import shorten
from agent.settings.model import Contact, Settings, Support

_STORE, _NAME, _PHONE, _LABEL = 48, 36, 48, 32  # columns


def within(settings: Settings, mask: Callable[[str], str]) -> Settings:
    terminal, support = settings.terminal, settings.support

    def cut(text: str, columns: int) -> str:
        return shorten(mask(text), columns)

    def contact(known: Contact) -> Contact:
        return Contact(name=cut(known.name, _NAME), phone=cut(known.phone, _PHONE))

    return replace(
        settings,
        terminal=replace(
            terminal, id=cut(terminal.id, _NAME), store=cut(terminal.store, _STORE), serial_number=cut(terminal.serial_number, _NAME)
        ),
        support=Support(
            provider=contact(support.provider),
            acquirer=contact(support.acquirer),
            technician=contact(support.technician),
            isp=contact(support.isp),
        ),
        serial=[replace(device, label=cut(device.label, _LABEL)) for device in settings.serial],
    )
