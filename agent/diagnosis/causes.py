"""The closed list of causes, each declared once: where it lies, who ends it, what it explains, and which check disproves it.

Adding one: a member here, a rule (`rules/`), a file of the catalogue, a scenario.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from msgspec import Struct

from agent.diagnosis.disproof import (
    Disproof,
    all_routers_answer,
    cable_has_signal,
    clock_agrees,
    gateway_heard,
    has_address,
    heard_from_beyond,
    name_found,
    passed,
)
from probes.ground.vocabulary import Open
from probes.model import Layer
from probes.model.facts import ConflictFacts, DefaultRouteFacts, HttpCheckFacts, LossFacts


class Category(StrEnum):
    """Where the fault is. `operator` is a person on site or the merchant, `system` a terminal's or a host's own part."""

    NETWORK = "network"
    SYSTEM = "system"
    OPERATOR = "operator"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    OUTAGE = "outage"
    DEGRADED = "degraded"
    NOTICE = "notice"


class Owner(Open):
    """Who can end the fault."""

    CASHIER = "cashier"
    TECHNICIAN = "technician"
    MERCHANT = "merchant"
    ISP = "isp"
    ACQUIRER = "acquirer"
    VENDOR = "vendor"


class Declared(Struct, frozen=True):
    """What is known of a cause in general. Other causes stand here by their codes (`suppress` gives each word its effect).

    `layer` orders it among others. `explains`: what follows from it wherever it is seen; `explains_silence`: only where that rests on
    silence; `explains_same`: only where all its evidence is evidence of this cause too. `outranks_silence`: whatever rests on silence
    follows from it. `nothing_leaves`: no packet leaves the terminal, so it explains every doubt about silence. `weighed_last`: after
    the others have taken what follows from them. `disproof`: how it is ruled out.
    """

    code: str
    layer: Layer
    owner: Owner
    explains: tuple[str, ...] = ()
    explains_silence: tuple[str, ...] = ()
    explains_same: tuple[str, ...] = ()
    outranks_silence: bool = False
    nothing_leaves: bool = False
    weighed_last: bool = False
    disproof: Disproof | None = None


_NAMES_LOST = ("network.dns_unreachable", "network.dns_failing")
_PATH_SILENT = ("network.router_unreachable", "network.internet_down", "network.gateway_blocked", *_NAMES_LOST)
_ELSEWHERE = Layer.foreign(""), Owner.foreign("")


class Cause(Open):
    """Equal to its code. One of a later version has no layer and no owner that are known here."""

    declared: Declared

    def __new__(cls, declared: Declared) -> Cause:
        member = str.__new__(cls, declared.code)
        member._value_ = declared.code
        member.declared = declared
        return member

    @classmethod
    def foreign(cls, value: str) -> Self:
        made = super().foreign(value)
        made.declared = Declared(value, *_ELSEWHERE)
        return made

    @classmethod
    def of(cls, code: str) -> Cause:
        """The cause with this code. Raises KeyError for any other text."""
        return _BY_CODE[code]

    @property
    def layer(self) -> Layer:
        return self.declared.layer

    @property
    def owner(self) -> Owner:
        return self.declared.owner

    @property
    def category(self) -> Category:
        prefix = self.value.split(".", 1)[0]
        return next((category for category in Category if category.value == prefix), Category.UNKNOWN)

    # what a person on site or the merchant did or has to do
    CABLE_UNPLUGGED = Declared(
        "operator.cable_unplugged", Layer.LINK, Owner.CASHIER, nothing_leaves=True, disproof=Disproof(2, cable_has_signal)
    )
    INTERFACE_DISABLED = Declared("operator.interface_disabled", Layer.LINK, Owner.TECHNICIAN, nothing_leaves=True)
    RADIO_OFF = Declared("operator.radio_off", Layer.LINK, Owner.CASHIER, nothing_leaves=True)
    WIFI_NOT_JOINED = Declared("operator.wifi_not_joined", Layer.LINK, Owner.CASHIER, nothing_leaves=True)
    WIFI_PASSWORD = Declared("operator.wifi_password", Layer.LINK, Owner.CASHIER, nothing_leaves=True)
    SIM_MISSING = Declared("operator.sim_missing", Layer.LINK, Owner.CASHIER, nothing_leaves=True)
    SIM_LOCKED = Declared("operator.sim_locked", Layer.LINK, Owner.TECHNICIAN, nothing_leaves=True)
    DATA_PLAN_STOPPED = Declared("operator.data_plan_stopped", Layer.LINK, Owner.MERCHANT, explains_same=_PATH_SILENT, nothing_leaves=True)
    APN_MISCONFIGURED = Declared(
        "operator.apn_misconfigured", Layer.LINK, Owner.TECHNICIAN, explains_same=_PATH_SILENT, nothing_leaves=True
    )
    NETWORK_MISCONFIGURED = Declared(
        "operator.network_misconfigured",
        Layer.ADDRESS,
        Owner.TECHNICIAN,
        explains=("network.internet_down", "network.router_unreachable", *_NAMES_LOST),
        disproof=Disproof(5, passed(DefaultRouteFacts)),
    )
    PROXY_MISCONFIGURED = Declared("operator.proxy_misconfigured", Layer.INTERNET, Owner.TECHNICIAN)
    GATEWAY_MISCONFIGURED = Declared("operator.gateway_misconfigured", Layer.GATEWAY, Owner.TECHNICIAN)
    CLIENT_CERTIFICATE = Declared("operator.client_certificate", Layer.GATEWAY, Owner.TECHNICIAN)
    ACCOUNT_SUSPENDED = Declared("operator.account_suspended", Layer.GATEWAY, Owner.MERCHANT)
    TERMINAL_NOT_REGISTERED = Declared("operator.terminal_not_registered", Layer.GATEWAY, Owner.MERCHANT)
    SIGN_IN_REQUIRED = Declared("operator.sign_in_required", Layer.GATEWAY, Owner.CASHIER)
    PAPER_OUT = Declared("operator.paper_out", Layer.SERIAL, Owner.CASHIER)
    PAPER_LOW = Declared("operator.paper_low", Layer.SERIAL, Owner.CASHIER)
    COVER_OPEN = Declared("operator.cover_open", Layer.SERIAL, Owner.CASHIER)
    CHARGER_UNPLUGGED = Declared("operator.charger_unplugged", Layer.SYSTEM, Owner.CASHIER)
    DEVICE_UNPLUGGED = Declared("operator.device_unplugged", Layer.SERIAL, Owner.CASHIER)
    POWER_OFF = Declared("operator.power_off", Layer.SERIAL, Owner.CASHIER)
    SERIAL_MISCONFIGURED = Declared("operator.serial_misconfigured", Layer.SERIAL, Owner.TECHNICIAN)
    DATE_DUE = Declared("operator.date_due", Layer.SYSTEM, Owner.MERCHANT)
    DATE_PASSED = Declared("operator.date_passed", Layer.SYSTEM, Owner.MERCHANT)
    TERMINAL_OFF = Declared("operator.terminal_off", Layer.SYSTEM, Owner.CASHIER, nothing_leaves=True)
    DEBUGGING_NOT_ALLOWED = Declared("operator.debugging_not_allowed", Layer.SYSTEM, Owner.TECHNICIAN)
    DEBUGGING_OPEN = Declared("operator.debugging_open", Layer.SYSTEM, Owner.TECHNICIAN)
    # the path outside the terminal
    DHCP_FAILED = Declared("network.dhcp_failed", Layer.ADDRESS, Owner.TECHNICIAN, nothing_leaves=True, disproof=Disproof(3, has_address))
    ADDRESS_CONFLICT = Declared(
        "network.address_conflict",
        Layer.ADDRESS,
        Owner.TECHNICIAN,
        explains=(*_PATH_SILENT, "network.unstable", "network.slow"),
        explains_silence=("system.gateway_down",),
        outranks_silence=True,
        disproof=Disproof(4, passed(ConflictFacts)),
    )
    LINK_ERRORS = Declared("network.link_errors", Layer.LINK, Owner.TECHNICIAN)
    ROUTER_UNREACHABLE = Declared(
        "network.router_unreachable",
        Layer.ROUTER,
        Owner.CASHIER,
        explains=("network.internet_down", "network.gateway_blocked", *_NAMES_LOST),
        disproof=Disproof(6, all_routers_answer),
    )
    TUNNEL_DOWN = Declared(
        "network.tunnel_down",
        Layer.ROUTER,
        Owner.TECHNICIAN,
        explains=(
            "network.internet_down",
            "network.router_unreachable",
            "network.gateway_blocked",
            "operator.interface_disabled",
            "operator.proxy_misconfigured",
            *_NAMES_LOST,
        ),
    )
    DNS_UNREACHABLE = Declared("network.dns_unreachable", Layer.DNS, Owner.TECHNICIAN, disproof=Disproof(7, name_found))
    DNS_FAILING = Declared("network.dns_failing", Layer.DNS, Owner.TECHNICIAN)
    DNS_SLOW = Declared("network.dns_slow", Layer.DNS, Owner.TECHNICIAN)
    INTERNET_DOWN = Declared(
        "network.internet_down",
        Layer.INTERNET,
        Owner.ISP,
        explains=(*_NAMES_LOST, "network.gateway_blocked", "operator.proxy_misconfigured"),
        disproof=Disproof(8, heard_from_beyond),
    )
    CAPTIVE_PORTAL = Declared(
        "network.captive_portal",
        Layer.INTERNET,
        Owner.CASHIER,
        explains=(
            "network.tls_intercepted",
            "operator.gateway_misconfigured",
            "network.gateway_blocked",
            "system.gateway_down",
            "network.internet_down",
            "system.gateway_protocol_error",
            *_NAMES_LOST,
        ),
        weighed_last=True,
        disproof=Disproof(9, passed(HttpCheckFacts)),
    )
    GATEWAY_BLOCKED = Declared(
        "network.gateway_blocked", Layer.GATEWAY, Owner.TECHNICIAN, disproof=Disproof(11, gateway_heard, itself=True)
    )
    TLS_INTERCEPTED = Declared("network.tls_intercepted", Layer.GATEWAY, Owner.TECHNICIAN)
    MTU_BLACKHOLE = Declared("network.mtu_blackhole", Layer.INTERNET, Owner.TECHNICIAN, explains_silence=("system.gateway_down",))
    UNSTABLE = Declared(
        "network.unstable",
        Layer.LINK,
        Owner.TECHNICIAN,
        explains=("network.mtu_blackhole",),
        outranks_silence=True,
        weighed_last=True,
        disproof=Disproof(10, passed(LossFacts)),
    )
    SLOW = Declared("network.slow", Layer.INTERNET, Owner.TECHNICIAN, outranks_silence=True)
    WEAK_SIGNAL = Declared("network.weak_signal", Layer.LINK, Owner.CASHIER)
    NOT_REGISTERED = Declared("network.not_registered", Layer.LINK, Owner.CASHIER)
    # hardware or software of the terminal, or of the host it talks to
    CLOCK_WRONG = Declared("system.clock_wrong", Layer.SYSTEM, Owner.TECHNICIAN, disproof=Disproof(1, clock_agrees))
    DISK_FULL = Declared("system.disk_full", Layer.SYSTEM, Owner.TECHNICIAN)
    DISK_READ_ONLY = Declared("system.disk_read_only", Layer.SYSTEM, Owner.VENDOR)
    MEMORY_EXHAUSTED = Declared("system.memory_exhausted", Layer.SYSTEM, Owner.TECHNICIAN)
    CPU_OVERLOADED = Declared("system.cpu_overloaded", Layer.SYSTEM, Owner.TECHNICIAN)
    OVERHEATING = Declared("system.overheating", Layer.SYSTEM, Owner.CASHIER)
    BATTERY_LOW = Declared("system.battery_low", Layer.SYSTEM, Owner.CASHIER)
    LOCAL_FIREWALL = Declared("system.local_firewall", Layer.SYSTEM, Owner.TECHNICIAN, outranks_silence=True)
    SOCKETS_EXHAUSTED = Declared("system.sockets_exhausted", Layer.SYSTEM, Owner.TECHNICIAN)
    TERMINAL_PORT_CLOSED = Declared("system.terminal_port_closed", Layer.APP, Owner.CASHIER)
    PAYMENT_APP_DOWN = Declared("system.payment_app_down", Layer.APP, Owner.CASHIER)
    GATEWAY_DOWN = Declared("system.gateway_down", Layer.GATEWAY, Owner.ACQUIRER)
    GATEWAY_ERROR = Declared("system.gateway_error", Layer.GATEWAY, Owner.ACQUIRER)
    GATEWAY_PROTOCOL_ERROR = Declared("system.gateway_protocol_error", Layer.GATEWAY, Owner.ACQUIRER)
    GATEWAY_CERTIFICATE_EXPIRED = Declared("system.gateway_certificate_expired", Layer.GATEWAY, Owner.ACQUIRER)
    GATEWAY_CERTIFICATE_EXPIRING = Declared("system.gateway_certificate_expiring", Layer.GATEWAY, Owner.ACQUIRER)
    TRUST_STORE_OUTDATED = Declared("system.trust_store_outdated", Layer.GATEWAY, Owner.TECHNICIAN)
    TLS_INCOMPATIBLE = Declared("system.tls_incompatible", Layer.GATEWAY, Owner.VENDOR)
    PORT_BUSY = Declared("system.port_busy", Layer.SERIAL, Owner.TECHNICIAN)
    PORT_PERMISSION = Declared("system.port_permission", Layer.SERIAL, Owner.TECHNICIAN)
    PORT_RENUMBERED = Declared("system.port_renumbered", Layer.SERIAL, Owner.TECHNICIAN)
    PORT_DRIVER_MISSING = Declared("system.port_driver_missing", Layer.SERIAL, Owner.TECHNICIAN)
    DEVICE_NOT_RESPONDING = Declared("system.device_not_responding", Layer.SERIAL, Owner.CASHIER)
    PRINTER_FAULT = Declared("system.printer_fault", Layer.SERIAL, Owner.VENDOR)
    # cannot be told apart
    INDETERMINATE = Declared("unknown.indeterminate", Layer.GATEWAY, Owner.TECHNICIAN)


_BY_CODE = {cause.value: cause for cause in Cause}
