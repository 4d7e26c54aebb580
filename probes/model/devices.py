"""What devices tell of themselves, before anybody has decided what it means."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from probes.model.facts.devices import ExchangeFacts


class Paper(StrEnum):
    ADEQUATE = "adequate"
    LOW = "low"
    OUT = "out"
    UNKNOWN = "unknown"  # the printer did not say


class PrinterError(StrEnum):
    CUTTER = "cutter"
    UNRECOVERABLE = "unrecoverable"
    RECOVERABLE = "recoverable"  # a hot head: it passes


class PrinterStatus(Struct, frozen=True, kw_only=True):
    """The status of a receipt printer. `online` is None where it did not say. `stopped`: it waits for recovery from an error.
    `feed_key`: somebody holds it down. `status`: the bytes as they came, by the number of their question."""

    online: bool | None
    cover_open: bool
    feed_key: bool
    stopped: bool
    paper: Paper
    errors: tuple[PrinterError, ...]
    status: dict[str, str]

    def facts(self) -> ExchangeFacts:
        return ExchangeFacts(status=self.status, paper=self.paper.value, errors=tuple(e.value for e in self.errors), online=self.online)


EMERGENCY = "emergency"  # registered, for calls for help alone
UNREADABLE = "unreadable"  # a SIM of which the modem refuses to speak, and does not say why


class Asked(StrEnum):
    """Who was asked about a modem."""

    AT = "at"
    MODEM_MANAGER = "modemmanager"


class ModemState(Struct, frozen=True, kw_only=True):
    """A modem, from the SIM card outwards; None where it did not say.

    `sim`: ready, or what is wrong with it, or unreadable. `radio`: on or off. `registration`: home, roaming, searching, denied, idle,
    emergency or unknown. `state`: ModemManager's word; `settling`: it is not done with the modem; `unusable`: why it cannot use it at all.
    `data_context`: one is active; `data_address`: what the network gave there; `apn`: empty where none is set; `refusal`: the network's
    words when it last refused data.
    """

    asked: Asked
    state: str | None = None
    settling: bool = False
    unusable: str | None = None
    sim: str | None = None
    radio: str | None = None
    signal_dbm: int | None = None
    registration: str | None = None
    attached: bool | None = None
    operator: str | None = None
    data_context: bool | None = None
    data_address: str | None = None
    apn: str | None = None
    refusal: str | None = None

    def facts(self) -> ExchangeFacts:
        return ExchangeFacts(
            asked=self.asked.value,
            state=self.state,
            sim=self.sim,
            radio=self.radio,
            signal_dbm=self.signal_dbm,
            registration=self.registration,
            attached=self.attached,
            operator=self.operator,
            data_context=self.data_context,
            data_address=self.data_address,
            apn=self.apn,
            refusal=self.refusal,
        )
