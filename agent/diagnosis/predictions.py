"""What each cause foretells for each kind of check: must fail, must pass, or either. Declared here once, beside `causes.py`. Pure.

A row names what the cause reaches; whatever it does not name must pass as far as this cause is concerned: that it fails has another
reason. `own` is the accused and what lies on its way, `others` what else there is of the kind. Symptoms narrow it: failing in another
way is not this cause's doing. A cause that comes about in several ways has a row for each: it is contradicted where every way is.

Adding a cause: one line here (`alone` for what reaches nothing but itself, `host` for a gateway's own, `link` for an interface).
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import APP_DOWN, PORT_SHUT, SILENCE
from agent.diagnosis.foretold import (
    BEYOND,
    BOX,
    BY_CLOCK,
    CUT,
    DENIED,
    MEANT_ELSEWHERE,
    MISREAD,
    MUTE,
    OUR_CERTIFICATE,
    OUT_OF_DATE,
    PAGE,
    PROXY_SAYS,
    REMOTE,
    WITHHELD,
    Reach,
    Row,
    alone,
    astray,
    dropped_here,
    each,
    elsewhere,
    fails,
    host,
    link,
    may,
    no_context,
    not_asked_elsewhere,
    quality,
    slow_names,
)
from agent.diagnosis.places import Aspect
from probes.model import Kind, Symptom

UNREACHED = (Kind.BACKUP, Kind.EXAMINATION, Kind.DOCUMENT, Kind.PLUGIN, Kind.OTHER)  # told of no cause: others fail for it

_BELOW: Reach = {Kind.TUNNEL: may(), Aspect.LINE: fails()}  # a tunnel is as dead as the line that it takes
_UNSERVED = (Symptom.REFUSED, Symptom.RESET, Symptom.CLOSED, Symptom.NOBODY_THERE)  # a device on the network

PREDICTIONS: Mapping[Cause, Row | tuple[Row, ...]] = {
    Cause.CABLE_UNPLUGGED: link(Kind.LINK, Symptom.NO_CARRIER),
    Cause.INTERFACE_DISABLED: (
        link(Kind.LINK, Symptom.ADMIN_DOWN, Symptom.ABSENT),
        link(Aspect.TUNNEL, Symptom.NO_CARRIER, Symptom.ADMIN_DOWN, Symptom.ABSENT),
    ),
    Cause.RADIO_OFF: link(Kind.LINK, Symptom.RADIO_OFF, modem=(Symptom.RADIO_OFF,)),
    Cause.WIFI_NOT_JOINED: link(Kind.LINK, Symptom.NOT_ASSOCIATED),
    Cause.WIFI_PASSWORD: link(Kind.LINK, Symptom.WRONG_PASSWORD),
    Cause.SIM_MISSING: link(Aspect.CELLULAR, Symptom.SIM_MISSING, Symptom.NO_CARRIER, modem=(Symptom.SIM_MISSING,)),
    Cause.SIM_LOCKED: link(Aspect.CELLULAR, Symptom.SIM_LOCKED, Symptom.NO_CARRIER, modem=(Symptom.SIM_LOCKED,)),
    Cause.NOT_REGISTERED: link(Aspect.CELLULAR, Symptom.NOT_REGISTERED, Symptom.NO_CARRIER, modem=(Symptom.NOT_REGISTERED,)),
    Cause.DATA_PLAN_STOPPED: (
        link(
            Aspect.CELLULAR,
            Symptom.REGISTRATION_DENIED,
            Symptom.NO_DATA,
            Symptom.NO_CARRIER,
            modem=(Symptom.REGISTRATION_DENIED, Symptom.NOT_ATTACHED),
        ),
        no_context(),
    ),
    Cause.APN_MISCONFIGURED: no_context(),
    Cause.NETWORK_MISCONFIGURED: (
        astray({Kind.DEFAULT_ROUTE: fails(Symptom.NO_DEFAULT_ROUTE)}),
        astray({Kind.ROUTER: fails(Symptom.ROUTER_OFF_SUBNET)}),
        astray({Kind.ADDRESS: fails(Symptom.ADDRESS_RESERVED, Symptom.ADDRESS_ON_PORT, Symptom.IPV6_OFF)}),
        astray({Aspect.WAY: fails()}),
        astray({Kind.OVERLAP: fails(Symptom.OWN_NETWORK)}),
        astray({Kind.RESOLVER: fails(Symptom.NO_ROUTE), Kind.REACH: fails(Symptom.NO_ROUTE), Kind.GATEWAY: fails(Symptom.NO_ROUTE)}),
        astray({Kind.NO_RESOLVER: fails(Symptom.NO_RESOLVER), Aspect.NAME: fails(Symptom.NO_RESOLVER)}),
        astray({Aspect.NEIGHBOUR: fails()}),
        dropped_here(Symptom.OTHER_WAY_BACK),
    ),
    Cause.PROXY_MISCONFIGURED: Row(
        {Kind.PROXY: may(), Kind.HTTP_CHECK: may(), Kind.GATEWAY: may(), Aspect.NAME: may()},
        {Kind.HTTP_CHECK: may(), Kind.GATEWAY: may()},
        sign={Kind.PROXY: fails(), Kind.HTTP_CHECK: fails(*PROXY_SAYS), Kind.GATEWAY: fails(*PROXY_SAYS)},
    ),
    Cause.GATEWAY_MISCONFIGURED: (
        Row(
            {
                Aspect.GATEWAY_NAME: fails(Symptom.NXDOMAIN, Symptom.NO_USABLE_ANSWER),
                Kind.NAMES_ELSEWHERE: fails(Symptom.NXDOMAIN, Symptom.NO_USABLE_ANSWER),
            }
        ),
        # some hosts know a name that they do not serve for a fault of their own
        host(*MEANT_ELSEWHERE, Symptom.TLS_HOST_FAULT, by_number=True),
        host(*MISREAD, spoken={Kind.TLS_SPOKEN: fails()}),
        Row(
            {Kind.GATEWAY: fails(*MUTE, *BOX), Aspect.FIXED: fails(), Kind.TLS_SPOKEN: may()},
            sign={Aspect.FIXED: fails()},
            apart=(Kind.GATEWAY,),
        ),
        elsewhere({Aspect.FIXED: fails()}),
    ),
    Cause.CLIENT_CERTIFICATE: host(*OUR_CERTIFICATE, Symptom.TLS_FAILED),
    Cause.ACCOUNT_SUSPENDED: host(Symptom.RESPONSE_CODE, Symptom.HTTP_STATUS, by_number=True),
    Cause.TERMINAL_NOT_REGISTERED: host(Symptom.RESPONSE_CODE, Symptom.HTTP_STATUS, by_number=True),
    Cause.SIGN_IN_REQUIRED: host(Symptom.RESPONSE_CODE, Symptom.HTTP_STATUS, Symptom.PROCESSING_REQUIREMENT, by_number=True),
    Cause.PAPER_OUT: alone(Kind.SERIAL, Symptom.PAPER_OUT),
    Cause.PAPER_LOW: alone(Kind.SERIAL, Symptom.PAPER_LOW),
    Cause.COVER_OPEN: alone(Kind.SERIAL, Symptom.COVER_OPEN),
    Cause.CHARGER_UNPLUGGED: alone(Kind.BATTERY, Symptom.BATTERY_DISCHARGING_LOW),
    Cause.DEVICE_UNPLUGGED: alone(Kind.SERIAL, Symptom.DEVICE_MISSING, Symptom.DISCONNECTED, Symptom.USB_UNSTABLE, Symptom.NOBODY_THERE),
    Cause.POWER_OFF: alone(Kind.SERIAL, Symptom.NO_REPLY_LINES_LOW),
    Cause.SERIAL_MISCONFIGURED: alone(Kind.SERIAL, Symptom.GARBLED, Symptom.WRONG_PROTOCOL, Symptom.NO_REPLY, *MUTE, *_UNSERVED),
    Cause.DATE_DUE: alone(Kind.DUE_DATE, Symptom.DATE_DUE),
    Cause.DATE_PASSED: alone(Kind.DUE_DATE, Symptom.DATE_PASSED),
    Cause.TERMINAL_OFF: Row({Kind.DEVICE: fails(Symptom.TERMINAL_GONE), Kind.ON_LAN: fails(Symptom.TERMINAL_GONE)}),
    Cause.DEBUGGING_NOT_ALLOWED: alone(Kind.DEVICE, Symptom.NOT_ALLOWED),
    Cause.DEBUGGING_OPEN: alone(Kind.ON_LAN, Symptom.DEBUGGING_OPEN),
    Cause.DHCP_FAILED: Row(
        {
            Kind.ADDRESS: may(Symptom.NO_ADDRESS, Symptom.LINK_LOCAL_ONLY),
            Kind.DEFAULT_ROUTE: may(),
            Kind.ROUTER: may(),
            Kind.NO_RESOLVER: may(),
            **each(BEYOND, may(*MUTE)),
        },
        sign={Kind.ADDRESS: fails(Symptom.NO_ADDRESS, Symptom.LINK_LOCAL_ONLY), Kind.RESOLVER: fails(Symptom.NO_ROUTE)},
    ),
    Cause.ADDRESS_CONFLICT: Row(
        {
            Kind.CONFLICT: fails(Symptom.ADDRESS_CONFLICT),
            Kind.ADDRESS: may(Symptom.NO_ADDRESS, Symptom.LINK_LOCAL_ONLY),
            **each((Kind.DEFAULT_ROUTE, Kind.NO_RESOLVER, Kind.ROUTER, Kind.LOSS), may()),
            Aspect.NAME: may(*MUTE),
            **each(BEYOND, may(*CUT)),
        },
        sign={Kind.CONFLICT: fails(Symptom.ADDRESS_CONFLICT)},
    ),
    Cause.LINK_ERRORS: quality({Kind.LINK: fails(Symptom.HALF_DUPLEX, Symptom.LINK_ERRORS)}),
    Cause.ROUTER_UNREACHABLE: Row(
        {
            Kind.ROUTER: fails(Symptom.ROUTER_SILENT),
            Kind.LOSS: fails(),
            Kind.RESOLVER: may(*MUTE),  # one on the link itself answers all the same
            Aspect.NAME: may(*MUTE),
            Aspect.NEIGHBOUR: may(),
            **each(REMOTE, fails(*MUTE)),
        },
        {Kind.RESOLVER: may(*MUTE)},
        sign={Kind.ROUTER: fails(Symptom.ROUTER_SILENT), Aspect.NEIGHBOUR: fails()},
    ),
    Cause.TUNNEL_DOWN: Row(
        {
            Kind.TUNNEL: fails(Symptom.TUNNEL_SILENT),
            Aspect.TUNNEL: may(),
            Kind.ROUTER: may(),
            Kind.LOSS: may(),
            Aspect.NAME: may(*MUTE),
            **each(BEYOND, fails(*MUTE)),
        },
        sign={Kind.TUNNEL: fails()},
    ),
    Cause.DNS_UNREACHABLE: Row(
        {Kind.RESOLVER: fails(*MUTE, Symptom.REFUSED), Aspect.NAME: fails(*MUTE, Symptom.REFUSED)},
        {Kind.RESOLVER: may(*MUTE, Symptom.REFUSED), Aspect.NAME: may(*MUTE, Symptom.REFUSED)},
    ),
    Cause.DNS_FAILING: (
        Row(
            {Kind.RESOLVER: fails(*DENIED), Aspect.NAME: fails(*DENIED, *MUTE), Kind.NAMES_ELSEWHERE: may(*MUTE)},
            {Kind.RESOLVER: may(*DENIED), Aspect.NAME: may(*DENIED), Kind.NAMES_ELSEWHERE: may(*MUTE)},
            {Kind.RESOLVER: fails(*DENIED)},
        ),
        Row(
            {Kind.RESOLVER: may(*WITHHELD), Aspect.NAME: fails(*WITHHELD, *MUTE), Kind.NAMES_ELSEWHERE: may(*MUTE)},
            {Kind.RESOLVER: may(*DENIED), Aspect.NAME: may(*DENIED), Kind.NAMES_ELSEWHERE: may(*MUTE)},
        ),
        not_asked_elsewhere(),
        elsewhere({Kind.RESOLVER: may()}),
    ),
    Cause.DNS_SLOW: slow_names(),
    Cause.INTERNET_DOWN: (
        Row(
            {**each(REMOTE, fails(*CUT, *PROXY_SAYS)), Kind.RESOLVER: may(), Aspect.NAME: may(), Kind.LOSS: may(), **_BELOW},
            {Kind.RESOLVER: may(), Kind.GATEWAY: may(*CUT), Aspect.NAME: may()},
            {Kind.REACH: fails(*MUTE), Kind.HTTP_CHECK: fails(*MUTE)},
        ),
        Row(
            {**each(REMOTE, fails(*BOX, Symptom.TIMEOUT)), Kind.REACH: may(), Kind.NTP: may(), Kind.RESOLVER: may(), Aspect.NAME: may()},
            {Kind.GATEWAY: may(*BOX)},
            {Kind.HTTP_CHECK: fails(*BOX)},
        ),
        # the router answers one port for the whole Internet, and no names
        Row({**each(REMOTE, fails(*CUT)), Kind.RESOLVER: may(*MUTE), Aspect.NAME: may(*MUTE), **_BELOW}, {Kind.RESOLVER: may(*MUTE)}),
    ),
    Cause.CAPTIVE_PORTAL: (
        Row(
            {**each(REMOTE, may()), Kind.HTTP_CHECK: fails(*PAGE, *CUT, Symptom.REFUSED), Kind.RESOLVER: may(), Aspect.NAME: may()},
            {**each(REMOTE, may()), Kind.HTTP_CHECK: fails(*PAGE, *CUT, Symptom.REFUSED)},
            sign={Kind.HTTP_CHECK: fails(*PAGE)},
        ),
        Row(  # it lets the checks through
            {**each(REMOTE, may()), Kind.PAGE: fails(*PAGE), Kind.RESOLVER: may(), Aspect.NAME: may()},
            each(REMOTE, may()),
            sign={Kind.PAGE: fails(*PAGE)},
        ),
    ),
    Cause.GATEWAY_BLOCKED: (
        host(*SILENCE),
        host(Symptom.RESET, Symptom.CLOSED, spoken={Kind.TLS_SPOKEN: fails()}),  # what begins TLS with its name
    ),
    Cause.TLS_INTERCEPTED: Row(
        {Kind.GATEWAY: fails(Symptom.CERT_UNTRUSTED)},
        {Kind.GATEWAY: may(Symptom.CERT_UNTRUSTED), Kind.HTTP_CHECK: may(*PAGE)},
        apart=(Kind.GATEWAY,),
    ),
    Cause.MTU_BLACKHOLE: Row(
        {Kind.GATEWAY: may(Symptom.LARGE_PACKETS_LOST, *CUT), Kind.HTTP_CHECK: may(*CUT), Kind.TLS_SPOKEN: may()},
        sign={Kind.GATEWAY: fails(Symptom.LARGE_PACKETS_LOST)},
    ),
    Cause.UNSTABLE: quality({Kind.LOSS: fails(Symptom.LOSS)}),
    Cause.SLOW: quality({Kind.LOSS: fails(Symptom.LATENCY)}),
    Cause.WEAK_SIGNAL: quality(dict.fromkeys((Kind.LINK, Aspect.CELLULAR, Kind.SERIAL), fails(Symptom.WEAK_SIGNAL))),
    Cause.CLOCK_WRONG: Row(
        {
            Kind.CLOCK: fails(Symptom.CLOCK_SKEW, Symptom.CLOCK_BEFORE_BUILD),
            Kind.NTP: may(),
            Kind.DATE: may(),
            Kind.GATEWAY: may(*BY_CLOCK),
            Aspect.OWN_RESOLVER: may(Symptom.SERVFAIL),
            Aspect.NAME: may(Symptom.SERVFAIL),
        },
        {Kind.GATEWAY: may(*BY_CLOCK), Aspect.OWN_RESOLVER: may(Symptom.SERVFAIL), Aspect.NAME: may(Symptom.SERVFAIL)},
        sign={Kind.CLOCK: fails()},
    ),
    Cause.DISK_FULL: alone(Kind.DISK, Symptom.DISK_FULL),
    Cause.DISK_READ_ONLY: alone(Kind.DISK, Symptom.READ_ONLY),
    Cause.MEMORY_EXHAUSTED: alone(Kind.MEMORY, Symptom.MEMORY_LOW),
    Cause.CPU_OVERLOADED: alone(Kind.LOAD, Symptom.LOAD_HIGH),
    Cause.OVERHEATING: alone(Kind.TEMPERATURE, Symptom.TEMPERATURE_HIGH),
    Cause.BATTERY_LOW: alone(Kind.BATTERY, Symptom.BATTERY_LOW, Symptom.BATTERY_CHARGING_LOW),
    Cause.LOCAL_FIREWALL: (
        Row(
            {
                Kind.ROUTER: may(Symptom.REFUSED_LOCALLY, Symptom.ROUTER_SILENT),
                Kind.LOSS: may(),
                Aspect.NAME: may(Symptom.REFUSED_LOCALLY, *MUTE),
                **each(BEYOND, may(Symptom.REFUSED_LOCALLY, *MUTE)),
            },
            sign=each((Kind.ROUTER, Kind.LOSS, Aspect.NAME, *BEYOND), fails(Symptom.REFUSED_LOCALLY)),
        ),
        dropped_here(Symptom.DROPPED_HERE, Symptom.KEPT_BACK),
    ),
    Cause.SOCKETS_EXHAUSTED: (
        Row(
            each((Kind.ROUTER, Kind.LOSS, Aspect.NAME, *BEYOND), may(Symptom.NO_LOCAL_PORT)),
            sign=each((Aspect.NAME, *BEYOND), fails(Symptom.NO_LOCAL_PORT)),
        ),
        alone(Kind.APP, Symptom.NO_DESCRIPTORS),  # of one program
    ),
    Cause.TERMINAL_PORT_CLOSED: alone(Kind.ON_LAN, *PORT_SHUT),
    Cause.PAYMENT_APP_DOWN: alone(Kind.APP, *APP_DOWN, Symptom.UNANSWERED),
    Cause.GATEWAY_DOWN: host(Symptom.REFUSED, Symptom.RESET, Symptom.CLOSED, Symptom.SILENT, Symptom.TLS_STALLED),
    Cause.GATEWAY_ERROR: host(Symptom.RESPONSE_CODE, Symptom.HTTP_STATUS, Symptom.TLS_HOST_FAULT, by_number=True),
    Cause.GATEWAY_PROTOCOL_ERROR: host(Symptom.BAD_ANSWER, Symptom.CUT_OFF, Symptom.RESPONSE_CODE, by_number=True),
    Cause.GATEWAY_CERTIFICATE_EXPIRED: host(*OUT_OF_DATE),
    Cause.GATEWAY_CERTIFICATE_EXPIRING: host(Symptom.CERT_EXPIRING),
    Cause.TRUST_STORE_OUTDATED: host(Symptom.TRUST_EXPIRED, Symptom.TRUST_MISSING, Symptom.TRUST_UNUSABLE),
    Cause.TLS_INCOMPATIBLE: host(Symptom.TLS_INCOMPATIBLE, Symptom.TLS_FAILED, Symptom.TLS_HOST_FAULT),
    Cause.PORT_BUSY: alone(Kind.SERIAL, Symptom.PORT_BUSY),
    Cause.PORT_PERMISSION: alone(Kind.SERIAL, Symptom.PORT_PERMISSION, Symptom.PORT_HIDDEN),
    Cause.PORT_RENUMBERED: (
        alone(Kind.SERIAL, Symptom.DEVICE_RENUMBERED),
        Row(
            {Kind.SERIAL: fails(Symptom.DEVICE_MISSING, Symptom.DISCONNECTED), Kind.SERIAL_PRESENT: may()},
            sign={Kind.SERIAL_PRESENT: fails()},
        ),
    ),
    Cause.PORT_DRIVER_MISSING: alone(Kind.SERIAL, Symptom.NO_PORT),
    Cause.DEVICE_NOT_RESPONDING: alone(Kind.SERIAL, Symptom.NO_REPLY, Symptom.FLOW_STALLED, *MUTE, *_UNSERVED),
    Cause.PRINTER_FAULT: alone(Kind.SERIAL, Symptom.PRINTER_FAULT, Symptom.PRINTER_OFFLINE),
    Cause.INDETERMINATE: (),  # it stands for the causes that it names
}


def ways(cause: Cause) -> tuple[Row, ...]:
    """None for a cause of a later version."""
    rows = PREDICTIONS.get(cause, ())
    return rows if isinstance(rows, tuple) else (rows,)
