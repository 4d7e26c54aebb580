"""What one exchange with a device brought; what it means is decided elsewhere (`probes/assess`)."""

from __future__ import annotations

from msgspec import Struct

from probes.model import Symptom
from probes.model.devices import ModemState, PrinterStatus
from probes.model.facts import ExchangeFacts


class DeviceAnswer(Struct, frozen=True, kw_only=True):
    """An answer of the protocol, unless `symptom` says what came in its place, or `because` why nothing was asked.

    `told`: what a printer or a modem said of itself; a device whose protocol has only yes and no tells nothing more.
    """

    symptom: Symptom | None = None
    because: str | None = None
    told: PrinterStatus | ModemState | None = None
    facts: ExchangeFacts = ExchangeFacts()


def answered(facts: ExchangeFacts) -> DeviceAnswer:
    return DeviceAnswer(facts=facts)


def told(state: PrinterStatus | ModemState) -> DeviceAnswer:
    return DeviceAnswer(told=state, facts=state.facts())


def failed(symptom: Symptom, facts: ExchangeFacts | None = None) -> DeviceAnswer:
    """No answer: what happened instead."""
    return DeviceAnswer(symptom=symptom, facts=facts or ExchangeFacts())


def not_asked(because: str) -> DeviceAnswer:
    return DeviceAnswer(because=because)
