"""What kind of fault each cause is when many have it at once: which attributes can explain it is said by the kind (`attributes.CELLS`)."""

from __future__ import annotations

from agent.diagnosis.causes import Cause
from agent.fleet.model.attributes import Family

# What only ever happens to one terminal: somebody there used the paper up, or opened the lid. All else can have one reason in many shops:
# a version that breaks a driver, a configuration sent to all, a day that passes for a whole chain, a switch that ends a shop's every cable.
SINGLE = (Cause.PAPER_OUT, Cause.PAPER_LOW, Cause.COVER_OPEN)

FAMILY_OF: dict[Cause, Family] = {
    **dict.fromkeys(
        (
            Cause.GATEWAY_DOWN,
            Cause.GATEWAY_ERROR,
            Cause.GATEWAY_PROTOCOL_ERROR,
            Cause.GATEWAY_CERTIFICATE_EXPIRED,
            Cause.GATEWAY_CERTIFICATE_EXPIRING,
            Cause.GATEWAY_BLOCKED,
            Cause.SIGN_IN_REQUIRED,  # a host that lost its sessions asks everybody for one
            Cause.INDETERMINATE,  # something on the way to the host or the host itself, and it could not be told which
        ),
        Family.GATEWAY,
    ),
    **dict.fromkeys(
        (
            Cause.INTERNET_DOWN,
            Cause.CAPTIVE_PORTAL,
            Cause.TLS_INTERCEPTED,  # by whoever carries the line, or by a shop's own box
            Cause.MTU_BLACKHOLE,
            Cause.UNSTABLE,
            Cause.SLOW,
            Cause.WEAK_SIGNAL,
            Cause.NOT_REGISTERED,
            Cause.DATA_PLAN_STOPPED,
            Cause.APN_MISCONFIGURED,
            Cause.TUNNEL_DOWN,
            Cause.ROUTER_UNREACHABLE,
            Cause.ADDRESS_CONFLICT,
            Cause.DHCP_FAILED,
            Cause.LINK_ERRORS,
            Cause.CABLE_UNPLUGGED,  # a shop's switch without power
            Cause.WIFI_NOT_JOINED,
        ),
        Family.INTERNET,
    ),
    **dict.fromkeys((Cause.DNS_UNREACHABLE, Cause.DNS_FAILING, Cause.DNS_SLOW), Family.NAMES),
    **dict.fromkeys(
        (
            Cause.CLOCK_WRONG,
            Cause.DISK_FULL,
            Cause.DISK_READ_ONLY,
            Cause.MEMORY_EXHAUSTED,
            Cause.CPU_OVERLOADED,
            Cause.OVERHEATING,
            Cause.BATTERY_LOW,
            Cause.CHARGER_UNPLUGGED,  # also what a terminal says whose firmware no longer charges
            Cause.LOCAL_FIREWALL,
            Cause.SOCKETS_EXHAUSTED,
            Cause.PAYMENT_APP_DOWN,
            Cause.TERMINAL_PORT_CLOSED,
            Cause.PORT_BUSY,
            Cause.PORT_PERMISSION,
            Cause.PORT_RENUMBERED,
            Cause.PORT_DRIVER_MISSING,
            Cause.DEVICE_NOT_RESPONDING,
            Cause.DEVICE_UNPLUGGED,
            Cause.POWER_OFF,
            Cause.TERMINAL_OFF,  # a shop without power, or a firmware that does not start
            Cause.SERIAL_MISCONFIGURED,
            Cause.PRINTER_FAULT,
            Cause.INTERFACE_DISABLED,
            Cause.RADIO_OFF,
            Cause.SIM_MISSING,
            Cause.SIM_LOCKED,
        ),
        Family.DEVICE,
    ),
    **dict.fromkeys(
        (
            Cause.GATEWAY_MISCONFIGURED,
            Cause.NETWORK_MISCONFIGURED,
            Cause.PROXY_MISCONFIGURED,
            Cause.CLIENT_CERTIFICATE,
            Cause.TRUST_STORE_OUTDATED,
            Cause.TLS_INCOMPATIBLE,
            Cause.ACCOUNT_SUSPENDED,
            Cause.TERMINAL_NOT_REGISTERED,
            Cause.WIFI_PASSWORD,
            Cause.DATE_DUE,
            Cause.DATE_PASSED,
            Cause.DEBUGGING_NOT_ALLOWED,
            Cause.DEBUGGING_OPEN,
        ),
        Family.CONFIGURATION,
    ),
}
# a cause of a later version, by the part before its dot
_BY_CATEGORY = {"network": Family.INTERNET, "system": Family.DEVICE, "operator": Family.CONFIGURATION, "unknown": Family.GATEWAY}


def family_of(code: str) -> Family | None:
    """None for what only ever happens to one terminal, and for what is no code."""
    try:
        return FAMILY_OF.get(Cause.of(code))
    except KeyError:
        return _BY_CATEGORY.get(code.partition(".")[0])
