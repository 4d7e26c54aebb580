"""A verdict in six characters to read out by telephone, and back: cause, sort of subject, its place in the configuration, a check digit.

Five characters of Crockford's base 32 (no I, L, O, U) hold 25 bits; the sixth is their check digit over GF(32), which finds every single
wrong character and every two that changed places. Written `K7F2-9Q`. Numbers are given once and never again for anything else.
"""

from __future__ import annotations

from msgspec import Struct

from probes.model import Kind

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HEARD_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": None, " ": None})
_CAUSE_BITS, _KIND_BITS, _PLACE_BITS = 9, 6, 6
_SPARE_BITS = 25 - _CAUSE_BITS - _KIND_BITS - _PLACE_BITS
MOST_PLACES = (1 << _PLACE_BITS) - 1

# in the order in which they were given; a new cause gets the next number
CAUSES = (
    "operator.cable_unplugged",
    "operator.interface_disabled",
    "operator.radio_off",
    "operator.wifi_not_joined",
    "operator.wifi_password",
    "operator.sim_missing",
    "operator.sim_locked",
    "operator.data_plan_stopped",
    "operator.network_misconfigured",
    "operator.proxy_misconfigured",
    "operator.gateway_misconfigured",
    "operator.client_certificate",
    "operator.account_suspended",
    "operator.terminal_not_registered",
    "operator.sign_in_required",
    "operator.paper_out",
    "operator.paper_low",
    "operator.cover_open",
    "operator.charger_unplugged",
    "operator.device_unplugged",
    "operator.power_off",
    "operator.serial_misconfigured",
    "network.dhcp_failed",
    "network.address_conflict",
    "network.link_errors",
    "network.router_unreachable",
    "network.dns_unreachable",
    "network.dns_failing",
    "network.internet_down",
    "network.captive_portal",
    "network.gateway_blocked",
    "network.tls_intercepted",
    "network.mtu_blackhole",
    "network.unstable",
    "network.slow",
    "network.weak_signal",
    "network.not_registered",
    "system.clock_wrong",
    "system.disk_full",
    "system.disk_read_only",
    "system.memory_exhausted",
    "system.cpu_overloaded",
    "system.overheating",
    "system.battery_low",
    "system.local_firewall",
    "system.sockets_exhausted",
    "system.payment_app_down",
    "system.gateway_down",
    "system.gateway_error",
    "system.gateway_protocol_error",
    "system.gateway_certificate_expired",
    "system.gateway_certificate_expiring",
    "system.tls_incompatible",
    "system.port_busy",
    "system.port_permission",
    "system.port_renumbered",
    "system.device_not_responding",
    "system.printer_fault",
    "unknown.indeterminate",
    "operator.apn_misconfigured",
    "network.dns_slow",
    "network.tunnel_down",
    "system.trust_store_outdated",
    "system.port_driver_missing",
    "operator.date_due",
    "operator.date_passed",
    "operator.terminal_off",
    "operator.debugging_not_allowed",
    "operator.debugging_open",
    "system.terminal_port_closed",
)
# likewise
KINDS = (
    Kind.LINK,
    Kind.ADDRESS,
    Kind.DEFAULT_ROUTE,
    Kind.CONFLICT,
    Kind.ROUTER,
    Kind.RESOLVER,
    Kind.NO_RESOLVER,
    Kind.HTTP_CHECK,
    Kind.REACH,
    Kind.PROXY,
    Kind.LOSS,
    Kind.BACKUP,
    Kind.NAMES_ELSEWHERE,
    Kind.TLS_SPOKEN,
    Kind.NTP,
    Kind.GATEWAY,
    Kind.SERIAL,
    Kind.SERIAL_PRESENT,
    Kind.APP,
    Kind.DISK,
    Kind.MEMORY,
    Kind.LOAD,
    Kind.TEMPERATURE,
    Kind.BATTERY,
    Kind.CLOCK,
    Kind.EXAMINATION,
    Kind.DOCUMENT,
    Kind.PLUGIN,
    Kind.OTHER,
    Kind.OVERLAP,
    Kind.TUNNEL,
    Kind.OTHER_ADDRESS,
    Kind.NAME_COST,
    Kind.DATE,
    Kind.ARRIVALS,
    Kind.PAGE,
    Kind.DUE_DATE,
    Kind.DEVICE,
    Kind.ON_LAN,
)


class NotACode(Exception):
    """The text is no code, or was heard wrongly: the check digit does not fit."""


class Told(Struct, frozen=True):
    """`cause`: None where a later version has numbered it. `place`: counted from 1 among what is configured of that sort; 0: nowhere."""

    cause: str | None
    kind: Kind | None
    place: int


def written(cause: str, kind: Kind, place: int) -> str:
    """Empty for a cause that has no number. A place past the 63rd is told as nowhere."""
    if cause not in CAUSES:
        return ""
    number = CAUSES.index(cause) + 1
    sort = KINDS.index(kind) + 1 if kind in KINDS else 0
    where = place if place <= MOST_PLACES else 0
    value = (((number << _KIND_BITS) | sort) << _PLACE_BITS | where) << _SPARE_BITS
    digits = [value >> shift & 31 for shift in (20, 15, 10, 5, 0)]
    text = "".join(ALPHABET[digit] for digit in (*digits, _check(digits)))
    return f"{text[:4]}-{text[4:]}"


def read(text: str) -> Told:
    """As people say and type it: small letters, without the stroke, O for 0. Raises `NotACode`."""
    plain = text.upper().translate(_HEARD_AS)
    if len(plain) != 6 or not set(plain) <= set(ALPHABET):
        raise NotACode(text)
    *digits, last = (ALPHABET.index(letter) for letter in plain)
    value = 0
    for digit in digits:
        value = value << 5 | digit
    if last != _check(digits) or value & ((1 << _SPARE_BITS) - 1):
        raise NotACode(text)
    value >>= _SPARE_BITS
    place, value = value & MOST_PLACES, value >> _PLACE_BITS
    sort, number = value & ((1 << _KIND_BITS) - 1), value >> _KIND_BITS
    if not number:
        raise NotACode(text)
    return Told(
        cause=CAUSES[number - 1] if number <= len(CAUSES) else None,
        kind=KINDS[sort - 1] if 0 < sort <= len(KINDS) else None,
        place=place,
    )


def _check(digits: list[int]) -> int:
    """Horner's sum of the digits, each times another power of x, in GF(32) modulo x^5 + x^2 + 1."""
    total = 0
    for digit in digits:
        total = _times_x(total ^ digit)
    return total


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
