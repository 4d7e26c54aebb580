"""The closed list of causes. Adding one: a member here, a rule beside this file, a catalogue entry, a scenario."""

from __future__ import annotations

from enum import StrEnum

from probes.model import Layer


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


class Owner(StrEnum):
    """Who can end the fault."""

    CASHIER = "cashier"
    TECHNICIAN = "technician"
    MERCHANT = "merchant"
    ISP = "isp"
    ACQUIRER = "acquirer"
    VENDOR = "vendor"


class Cause(StrEnum):
    """Code, the layer that orders it among others, and who owns it."""

    layer: Layer
    owner: Owner

    def __new__(cls, code: str, layer: Layer, owner: Owner) -> Cause:
        member = str.__new__(cls, code)
        member._value_ = code
        member.layer = layer
        member.owner = owner
        return member

    @classmethod
    def of(cls, code: str) -> Cause:
        """The cause with this code. Raises KeyError for any other text."""
        return _BY_CODE[code]

    @property
    def category(self) -> Category:
        return Category(self.value.split(".", 1)[0])

    # what a person on site or the merchant did or has to do
    CABLE_UNPLUGGED = ("operator.cable_unplugged", Layer.LINK, Owner.CASHIER)
    INTERFACE_DISABLED = ("operator.interface_disabled", Layer.LINK, Owner.TECHNICIAN)
    RADIO_OFF = ("operator.radio_off", Layer.LINK, Owner.CASHIER)
    WIFI_NOT_JOINED = ("operator.wifi_not_joined", Layer.LINK, Owner.CASHIER)
    WIFI_PASSWORD = ("operator.wifi_password", Layer.LINK, Owner.CASHIER)
    SIM_MISSING = ("operator.sim_missing", Layer.LINK, Owner.CASHIER)
    SIM_LOCKED = ("operator.sim_locked", Layer.LINK, Owner.TECHNICIAN)
    DATA_PLAN_STOPPED = ("operator.data_plan_stopped", Layer.LINK, Owner.MERCHANT)
    NETWORK_MISCONFIGURED = ("operator.network_misconfigured", Layer.ADDRESS, Owner.TECHNICIAN)
    PROXY_MISCONFIGURED = ("operator.proxy_misconfigured", Layer.INTERNET, Owner.TECHNICIAN)
    GATEWAY_MISCONFIGURED = ("operator.gateway_misconfigured", Layer.GATEWAY, Owner.TECHNICIAN)
    CLIENT_CERTIFICATE = ("operator.client_certificate", Layer.GATEWAY, Owner.TECHNICIAN)
    ACCOUNT_SUSPENDED = ("operator.account_suspended", Layer.GATEWAY, Owner.MERCHANT)
    TERMINAL_NOT_REGISTERED = ("operator.terminal_not_registered", Layer.GATEWAY, Owner.MERCHANT)
    SIGN_IN_REQUIRED = ("operator.sign_in_required", Layer.GATEWAY, Owner.CASHIER)
    PAPER_OUT = ("operator.paper_out", Layer.SERIAL, Owner.CASHIER)
    PAPER_LOW = ("operator.paper_low", Layer.SERIAL, Owner.CASHIER)
    COVER_OPEN = ("operator.cover_open", Layer.SERIAL, Owner.CASHIER)
    CHARGER_UNPLUGGED = ("operator.charger_unplugged", Layer.SYSTEM, Owner.CASHIER)
    DEVICE_UNPLUGGED = ("operator.device_unplugged", Layer.SERIAL, Owner.CASHIER)
    POWER_OFF = ("operator.power_off", Layer.SERIAL, Owner.CASHIER)
    SERIAL_MISCONFIGURED = ("operator.serial_misconfigured", Layer.SERIAL, Owner.TECHNICIAN)
    # the path outside the terminal
    DHCP_FAILED = ("network.dhcp_failed", Layer.ADDRESS, Owner.TECHNICIAN)
    ADDRESS_CONFLICT = ("network.address_conflict", Layer.ADDRESS, Owner.TECHNICIAN)
    LINK_ERRORS = ("network.link_errors", Layer.LINK, Owner.TECHNICIAN)
    ROUTER_UNREACHABLE = ("network.router_unreachable", Layer.ROUTER, Owner.CASHIER)
    DNS_UNREACHABLE = ("network.dns_unreachable", Layer.DNS, Owner.TECHNICIAN)
    DNS_FAILING = ("network.dns_failing", Layer.DNS, Owner.TECHNICIAN)
    INTERNET_DOWN = ("network.internet_down", Layer.INTERNET, Owner.ISP)
    CAPTIVE_PORTAL = ("network.captive_portal", Layer.INTERNET, Owner.CASHIER)
    GATEWAY_BLOCKED = ("network.gateway_blocked", Layer.GATEWAY, Owner.TECHNICIAN)
    TLS_INTERCEPTED = ("network.tls_intercepted", Layer.GATEWAY, Owner.TECHNICIAN)
    MTU_BLACKHOLE = ("network.mtu_blackhole", Layer.INTERNET, Owner.TECHNICIAN)
    UNSTABLE = ("network.unstable", Layer.LINK, Owner.TECHNICIAN)
    SLOW = ("network.slow", Layer.INTERNET, Owner.TECHNICIAN)
    WEAK_SIGNAL = ("network.weak_signal", Layer.LINK, Owner.CASHIER)
    NOT_REGISTERED = ("network.not_registered", Layer.LINK, Owner.CASHIER)
    # hardware or software of the terminal, or of the host it talks to
    CLOCK_WRONG = ("system.clock_wrong", Layer.SYSTEM, Owner.TECHNICIAN)
    DISK_FULL = ("system.disk_full", Layer.SYSTEM, Owner.TECHNICIAN)
    DISK_READ_ONLY = ("system.disk_read_only", Layer.SYSTEM, Owner.VENDOR)
    MEMORY_EXHAUSTED = ("system.memory_exhausted", Layer.SYSTEM, Owner.TECHNICIAN)
    CPU_OVERLOADED = ("system.cpu_overloaded", Layer.SYSTEM, Owner.TECHNICIAN)
    OVERHEATING = ("system.overheating", Layer.SYSTEM, Owner.CASHIER)
    BATTERY_LOW = ("system.battery_low", Layer.SYSTEM, Owner.CASHIER)
    PAYMENT_APP_DOWN = ("system.payment_app_down", Layer.APP, Owner.CASHIER)
    GATEWAY_DOWN = ("system.gateway_down", Layer.GATEWAY, Owner.ACQUIRER)
    GATEWAY_ERROR = ("system.gateway_error", Layer.GATEWAY, Owner.ACQUIRER)
    GATEWAY_PROTOCOL_ERROR = ("system.gateway_protocol_error", Layer.GATEWAY, Owner.ACQUIRER)
    GATEWAY_CERTIFICATE_EXPIRED = ("system.gateway_certificate_expired", Layer.GATEWAY, Owner.ACQUIRER)
    GATEWAY_CERTIFICATE_EXPIRING = ("system.gateway_certificate_expiring", Layer.GATEWAY, Owner.ACQUIRER)
    TLS_INCOMPATIBLE = ("system.tls_incompatible", Layer.GATEWAY, Owner.VENDOR)
    PORT_BUSY = ("system.port_busy", Layer.SERIAL, Owner.TECHNICIAN)
    PORT_PERMISSION = ("system.port_permission", Layer.SERIAL, Owner.TECHNICIAN)
    PORT_RENUMBERED = ("system.port_renumbered", Layer.SERIAL, Owner.TECHNICIAN)
    DEVICE_NOT_RESPONDING = ("system.device_not_responding", Layer.SERIAL, Owner.CASHIER)
    PRINTER_FAULT = ("system.printer_fault", Layer.SERIAL, Owner.VENDOR)
    # cannot be told apart
    INDETERMINATE = ("unknown.indeterminate", Layer.GATEWAY, Owner.TECHNICIAN)


_BY_CODE = {cause.value: cause for cause in Cause}
