"""Which trace can end which cause: one row for each cause, and how long after it the recovery may come. Pure.

A cause that names `HOST_RECOVERED`, `LINE_RECOVERED` or `ACCOUNT_RESTORED` may end by itself, as seen from here: nothing moved on site.
Where it names two of them, nobody can tell which it was.
"""

from __future__ import annotations

from typing import Final

from agent.contract.trace import Trace
from agent.diagnosis.causes import Cause
from agent.record.way import WAY

_ANY = (Trace.TERMINAL_RESTARTED, Trace.UPLINK_SWITCHED)
_ROUTER, _MACHINE = (Trace.ROUTER_RESTARTED, Trace.ROUTER_REPLACED), (Trace.APP_RESTARTED, Trace.TERMINAL_RESTARTED)
_PORT = (Trace.DEVICE_REPLUGGED, Trace.TERMINAL_RESTARTED, Trace.CONFIG_CHANGED)
_NAMES = (*_ROUTER, Trace.RESOLVERS_CHANGED, Trace.ADDRESS_RENEWED, *_ANY, Trace.WIFI_JOINED, Trace.RADIO_ON, Trace.LINE_RECOVERED)
_QUALITY = (*_ROUTER, Trace.UPLINK_SWITCHED, Trace.WIFI_JOINED, Trace.RADIO_ON, Trace.LINE_RECOVERED)

CAN_END: Final[dict[Cause, tuple[Trace, ...]]] = {
    Cause.CABLE_UNPLUGGED: (Trace.LINK_REPLUGGED, *_ROUTER, Trace.DEVICE_REPLUGGED, Trace.UPLINK_SWITCHED),
    Cause.INTERFACE_DISABLED: (Trace.LINK_REPLUGGED, Trace.DEVICE_REPLUGGED, *_ANY),
    Cause.RADIO_OFF: (Trace.RADIO_ON, *_ANY),
    Cause.WIFI_NOT_JOINED: (Trace.WIFI_JOINED, Trace.RADIO_ON, *_ROUTER, *_ANY),
    Cause.WIFI_PASSWORD: (Trace.WIFI_JOINED, *_ROUTER, Trace.UPLINK_SWITCHED),
    Cause.SIM_MISSING: (Trace.SIM_CHANGED, *_ANY),
    Cause.SIM_LOCKED: (Trace.SIM_CHANGED, Trace.RADIO_ON, Trace.UPLINK_SWITCHED),
    Cause.DATA_PLAN_STOPPED: (Trace.ACCOUNT_RESTORED, Trace.SIM_CHANGED, Trace.RADIO_ON, Trace.CONFIG_CHANGED, Trace.UPLINK_SWITCHED),
    Cause.APN_MISCONFIGURED: (Trace.ACCOUNT_RESTORED, Trace.SIM_CHANGED, Trace.RADIO_ON, Trace.CONFIG_CHANGED, *_ANY),
    Cause.NETWORK_MISCONFIGURED: (Trace.ADDRESS_RENEWED, Trace.LINK_REPLUGGED, *_ROUTER, Trace.CONFIG_CHANGED, *_ANY),
    Cause.PROXY_MISCONFIGURED: (Trace.CONFIG_CHANGED, Trace.HOST_RECOVERED, Trace.UPLINK_SWITCHED),
    Cause.GATEWAY_MISCONFIGURED: (Trace.CONFIG_CHANGED, Trace.HOST_RECOVERED),
    Cause.CLIENT_CERTIFICATE: (Trace.CONFIG_CHANGED, Trace.CLOCK_SET),
    Cause.ACCOUNT_SUSPENDED: (Trace.ACCOUNT_RESTORED, Trace.CONFIG_CHANGED),
    Cause.TERMINAL_NOT_REGISTERED: (Trace.ACCOUNT_RESTORED, Trace.CONFIG_CHANGED),
    Cause.SIGN_IN_REQUIRED: (Trace.ACCOUNT_RESTORED, *_MACHINE, Trace.CONFIG_CHANGED),
    Cause.PAPER_OUT: (Trace.PAPER_LOADED, Trace.COVER_CLOSED),
    Cause.PAPER_LOW: (Trace.PAPER_LOADED,),
    Cause.COVER_OPEN: (Trace.COVER_CLOSED,),
    Cause.CHARGER_UNPLUGGED: (Trace.POWER_CONNECTED,),
    Cause.DEVICE_UNPLUGGED: (Trace.DEVICE_REPLUGGED, Trace.DEVICE_RESTARTED, Trace.CONFIG_CHANGED, Trace.TERMINAL_RESTARTED),
    Cause.POWER_OFF: (Trace.DEVICE_RESTARTED, Trace.DEVICE_REPLUGGED),
    Cause.SERIAL_MISCONFIGURED: (Trace.CONFIG_CHANGED, Trace.DEVICE_RESTARTED, Trace.DEVICE_REPLUGGED),
    Cause.DATE_DUE: (Trace.CONFIG_CHANGED,),
    Cause.DATE_PASSED: (Trace.CONFIG_CHANGED,),
    Cause.TERMINAL_OFF: (Trace.DEVICE_REPLUGGED, *_ANY),
    Cause.DEBUGGING_NOT_ALLOWED: (Trace.CONFIG_CHANGED,),
    Cause.DEBUGGING_OPEN: (Trace.CONFIG_CHANGED,),
    Cause.DHCP_FAILED: (Trace.ADDRESS_RENEWED, Trace.LINK_REPLUGGED, Trace.WIFI_JOINED, Trace.RADIO_ON, *_ROUTER, *_ANY),
    Cause.ADDRESS_CONFLICT: (Trace.ADDRESS_RENEWED, Trace.ROUTER_RESTARTED, *_ANY),
    Cause.LINK_ERRORS: (Trace.LINK_REPLUGGED, *_ROUTER, Trace.UPLINK_SWITCHED),
    Cause.ROUTER_UNREACHABLE: (
        *_ROUTER,
        Trace.LINK_REPLUGGED,
        Trace.ADDRESS_RENEWED,
        Trace.WIFI_JOINED,
        Trace.DEVICE_REPLUGGED,
        Trace.UPLINK_SWITCHED,
    ),
    Cause.TUNNEL_DOWN: (*_ROUTER, Trace.CONFIG_CHANGED, *_ANY),
    Cause.DNS_UNREACHABLE: _NAMES,
    Cause.DNS_FAILING: _NAMES,
    Cause.DNS_SLOW: (*_NAMES, Trace.CONFIG_CHANGED),
    Cause.INTERNET_DOWN: (Trace.ADDRESS_RENEWED, Trace.SIM_CHANGED, Trace.CONFIG_CHANGED, *_QUALITY),
    Cause.CAPTIVE_PORTAL: (Trace.WIFI_JOINED, Trace.ROUTER_REPLACED, Trace.CONFIG_CHANGED, Trace.UPLINK_SWITCHED, Trace.LINE_RECOVERED),
    Cause.GATEWAY_BLOCKED: (
        *_ROUTER,
        Trace.ADDRESS_RENEWED,
        Trace.CONFIG_CHANGED,
        Trace.UPLINK_SWITCHED,
        Trace.HOST_RECOVERED,
        Trace.LINE_RECOVERED,
    ),
    Cause.TLS_INTERCEPTED: (
        Trace.ROUTER_REPLACED,
        Trace.WIFI_JOINED,
        Trace.CONFIG_CHANGED,
        Trace.UPLINK_SWITCHED,
        Trace.HOST_RECOVERED,
        Trace.LINE_RECOVERED,
    ),
    Cause.MTU_BLACKHOLE: (*_ROUTER, Trace.CONFIG_CHANGED, Trace.UPLINK_SWITCHED, Trace.LINE_RECOVERED),
    Cause.UNSTABLE: (Trace.LINK_REPLUGGED, *_QUALITY),
    Cause.SLOW: _QUALITY,
    Cause.WEAK_SIGNAL: (*_ROUTER, Trace.WIFI_JOINED, Trace.RADIO_ON, Trace.SIM_CHANGED, Trace.UPLINK_SWITCHED),
    Cause.NOT_REGISTERED: (
        Trace.SIM_CHANGED,
        Trace.RADIO_ON,
        Trace.DEVICE_REPLUGGED,
        Trace.TERMINAL_RESTARTED,
        Trace.UPLINK_SWITCHED,
        Trace.LINE_RECOVERED,
    ),
    Cause.CLOCK_WRONG: (Trace.CLOCK_SET, *_MACHINE),
    Cause.DISK_FULL: (Trace.DISK_FREED,),
    Cause.DISK_READ_ONLY: (Trace.TERMINAL_RESTARTED,),
    Cause.MEMORY_EXHAUSTED: _MACHINE,
    Cause.CPU_OVERLOADED: _MACHINE,
    Cause.OVERHEATING: (Trace.TERMINAL_RESTARTED,),
    Cause.BATTERY_LOW: (Trace.POWER_CONNECTED,),
    Cause.LOCAL_FIREWALL: (Trace.TERMINAL_RESTARTED, Trace.CONFIG_CHANGED),
    Cause.SOCKETS_EXHAUSTED: _MACHINE,
    Cause.TERMINAL_PORT_CLOSED: (Trace.APP_RESTARTED, Trace.TERMINAL_RESTARTED, Trace.CONFIG_CHANGED),
    Cause.PAYMENT_APP_DOWN: (*_MACHINE, Trace.CONFIG_CHANGED),
    Cause.GATEWAY_DOWN: (Trace.HOST_RECOVERED, Trace.CONFIG_CHANGED, Trace.UPLINK_SWITCHED),
    Cause.GATEWAY_ERROR: (Trace.HOST_RECOVERED, Trace.CONFIG_CHANGED),
    Cause.GATEWAY_PROTOCOL_ERROR: (Trace.HOST_RECOVERED, Trace.ACCOUNT_RESTORED, Trace.CONFIG_CHANGED, Trace.APP_RESTARTED),
    Cause.GATEWAY_CERTIFICATE_EXPIRED: (Trace.HOST_RECOVERED, Trace.CONFIG_CHANGED),
    Cause.GATEWAY_CERTIFICATE_EXPIRING: (Trace.HOST_RECOVERED, Trace.CONFIG_CHANGED),
    Cause.TRUST_STORE_OUTDATED: (Trace.CONFIG_CHANGED, Trace.HOST_RECOVERED),
    Cause.TLS_INCOMPATIBLE: (Trace.CONFIG_CHANGED, Trace.TERMINAL_RESTARTED, Trace.HOST_RECOVERED),
    Cause.PORT_BUSY: (*_PORT, Trace.APP_RESTARTED),
    Cause.PORT_PERMISSION: _PORT,
    Cause.PORT_RENUMBERED: (*_PORT, Trace.APP_RESTARTED),
    Cause.PORT_DRIVER_MISSING: _PORT,
    Cause.DEVICE_NOT_RESPONDING: (Trace.DEVICE_RESTARTED, *_PORT, Trace.APP_RESTARTED),
    Cause.PRINTER_FAULT: (Trace.DEVICE_RESTARTED, Trace.DEVICE_REPLUGGED, Trace.COVER_CLOSED, Trace.PAPER_LOADED),
    Cause.INDETERMINATE: (*WAY, Trace.CONFIG_CHANGED),
}

# by what the host itself said, whatever moved on the way
SAID_BY_THE_HOST: Final = (
    Cause.ACCOUNT_SUSPENDED,
    Cause.TERMINAL_NOT_REGISTERED,
    Cause.GATEWAY_ERROR,
    Cause.GATEWAY_PROTOCOL_ERROR,
    Cause.GATEWAY_CERTIFICATE_EXPIRED,
    Cause.GATEWAY_CERTIFICATE_EXPIRING,
)
NAMES: Final = (Cause.DNS_UNREACHABLE, Cause.DNS_FAILING, Cause.DNS_SLOW)

_USUAL_S = 60.0
_LONGER_S: Final = {  # until what was done has taken effect
    Trace.ROUTER_RESTARTED: 300.0,  # the router answers already, and its line is built up
    Trace.ROUTER_REPLACED: 300.0,
    Trace.TERMINAL_RESTARTED: 300.0,
    Trace.SIM_CHANGED: 180.0,
    Trace.RADIO_ON: 180.0,
    Trace.POWER_CONNECTED: 1800.0,  # a battery has to be charged
    Trace.UPLINK_SWITCHED: 120.0,
    Trace.WIFI_JOINED: 120.0,
    Trace.DEVICE_RESTARTED: 120.0,
    Trace.APP_RESTARTED: 120.0,
    Trace.CONFIG_CHANGED: 120.0,
    Trace.CLOCK_SET: 120.0,
}


def takes_s(trace: Trace) -> float:
    """Within how many seconds after it a recovery may be its doing."""
    return _LONGER_S.get(trace, _USUAL_S)


_SETTLED_S = 20.0
_SETTLED_LATER_S: Final = {  # until the way stands again: what is bad then has another reason
    Trace.TERMINAL_RESTARTED: 60.0,
    Trace.ROUTER_RESTARTED: 60.0,
    Trace.ROUTER_REPLACED: 60.0,
    Trace.SIM_CHANGED: 60.0,
    Trace.RADIO_ON: 60.0,
}
_OF_THE_LINE = (Trace.ROUTER_RESTARTED, Trace.ROUTER_REPLACED, Trace.SIM_CHANGED, Trace.RADIO_ON)


def settles_s(trace: Trace, cause: Cause) -> float:
    """Within how many seconds after a trace that cannot end the cause nobody can say yet that it was in vain. The line behind what was
    restarted takes its time; where a host is what is bad, the line is there."""
    if trace in _OF_THE_LINE and not of_the_host(cause):
        return takes_s(trace)
    return _SETTLED_LATER_S.get(trace, _SETTLED_S)


def of_the_host(cause: Cause) -> bool:
    """It ends at the host, and nothing between here and there is part of it."""
    traces = CAN_END.get(cause, ())
    return cause in SAID_BY_THE_HOST or (Trace.HOST_RECOVERED in traces and Trace.LINE_RECOVERED not in traces)


def can_end(trace: str | None, cause: str) -> bool:
    """By their names in the record; what only a later version knows ends nothing."""
    return any(each.value == cause and trace in CAN_END.get(each, ()) for each in Cause)
