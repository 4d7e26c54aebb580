"""What a check proves about the path to its target, whatever its outcome."""

from __future__ import annotations

from agent.diagnosis.views import OWN_INTERFACE, REMOTE, interface_of, phase_of, router_of
from probes.model import Check, Facts, Kind, Outcome, Symptom
from probes.model.facts import GatewayFacts, Phase, ResolverFacts

SILENCE = frozenset(
    {
        Symptom.TIMEOUT,
        Symptom.UNREACHABLE,
        Symptom.NO_ROUTE,
        Symptom.PROHIBITED,
        Symptom.PROXY_TIMEOUT,
        Symptom.HUNG,
        Symptom.NOBODY_THERE,
    }
)
_AFTER_CONTACT = frozenset(
    {
        Symptom.REFUSED,
        Symptom.RESET,
        Symptom.CLOSED,
        Symptom.SILENT,
        Symptom.CUT_OFF,
        Symptom.BAD_ANSWER,
        Symptom.SERVFAIL,
        Symptom.DNS_REFUSED,
        Symptom.NXDOMAIN,
        Symptom.NO_USABLE_ANSWER,
        Symptom.REDIRECTED,
        Symptom.REWRITTEN,
        Symptom.WRONG_STATUS,
        Symptom.PROXY_REFUSED,
        Symptom.PROXY_AUTH,
        Symptom.PROXY_FAILED,
        Symptom.CERT_UNTRUSTED,
        Symptom.CERT_EXPIRED,
        Symptom.CERT_NOT_YET_VALID,
        Symptom.CERT_WRONG_NAME,
        Symptom.TRUST_EXPIRED,
        Symptom.TRUST_MISSING,
        Symptom.TRUST_UNUSABLE,
        Symptom.PLAIN_TEXT,
        Symptom.TLS_INCOMPATIBLE,
        Symptom.TLS_STALLED,
        Symptom.TLS_FAILED,
        Symptom.TLS_HOST_FAULT,
        Symptom.LARGE_PACKETS_LOST,
        Symptom.CLIENT_CERT_MISSING,
        Symptom.CLIENT_CERT_EXPIRED,
        Symptom.CLIENT_CERT_REFUSED,
        Symptom.CLIENT_CERT_UNUSABLE,
        Symptom.HTTP_STATUS,
        Symptom.RESPONSE_CODE,
        Symptom.PROCESSING_REQUIREMENT,
    }
)


# A name server said something, and gave no address that is of use.
ANSWERED = frozenset({Symptom.SERVFAIL, Symptom.DNS_REFUSED, Symptom.NXDOMAIN, Symptom.NO_USABLE_ANSWER, Symptom.BAD_ANSWER})
# Our own machine did not send: that says nothing about the other side, nor about the way to it.
_OURS = frozenset({Symptom.REFUSED_LOCALLY, Symptom.NO_LOCAL_PORT})

PORT_SHUT = (Symptom.REFUSED, Symptom.PROHIBITED, Symptom.UNREACHABLE, Symptom.RESET, Symptom.TIMEOUT)
APP_DOWN = (Symptom.NOT_RUNNING, Symptom.NOT_INSTALLED, Symptom.ZOMBIE, Symptom.STOPPED, Symptom.FROZEN, Symptom.CRASHING)

# In words of its own, or the system's about itself: nobody on the way can be heard in its place.
SAID = frozenset(
    {
        *(Symptom.NO_CARRIER, Symptom.ADMIN_DOWN, Symptom.ABSENT, Symptom.RADIO_OFF, Symptom.NOT_ASSOCIATED, Symptom.WRONG_PASSWORD),
        *(Symptom.SIM_MISSING, Symptom.SIM_LOCKED, Symptom.REGISTRATION_DENIED, Symptom.NOT_REGISTERED, Symptom.NOT_ATTACHED),
        *(Symptom.HALF_DUPLEX, Symptom.LINK_ERRORS, Symptom.LOSS, Symptom.ADDRESS_CONFLICT, Symptom.NO_DEFAULT_ROUTE, Symptom.NO_RESOLVER),
        *(Symptom.REFUSED_LOCALLY, Symptom.NO_LOCAL_PORT, Symptom.NO_ROUTE),
        *(Symptom.DROPPED_HERE, Symptom.OTHER_WAY_BACK, Symptom.KEPT_BACK),
        *(Symptom.DISK_FULL, Symptom.READ_ONLY, Symptom.MEMORY_LOW, Symptom.LOAD_HIGH, Symptom.DATE_DUE, Symptom.DATE_PASSED),
        *(Symptom.NOT_ALLOWED, Symptom.TERMINAL_GONE, Symptom.DEBUGGING_OPEN),
        *(Symptom.BATTERY_LOW, Symptom.BATTERY_CHARGING_LOW, Symptom.BATTERY_DISCHARGING_LOW),
        *(Symptom.TRUST_EXPIRED, Symptom.TRUST_MISSING, Symptom.TRUST_UNUSABLE, Symptom.CLIENT_CERT_UNUSABLE),
        *(Symptom.CERT_EXPIRED, Symptom.CERT_NOT_YET_VALID, Symptom.CERT_EXPIRING, Symptom.CERT_WRONG_NAME),
        *(
            Symptom.CLIENT_CERT_MISSING,
            Symptom.CLIENT_CERT_EXPIRED,
            Symptom.CLIENT_CERT_REFUSED,
            Symptom.CLOCK_BEFORE_BUILD,
            Symptom.LARGE_PACKETS_LOST,
        ),
        *(Symptom.RESPONSE_CODE, Symptom.PROCESSING_REQUIREMENT, Symptom.PAPER_OUT, Symptom.PAPER_LOW, Symptom.COVER_OPEN),
        *(
            Symptom.PRINTER_FAULT,
            Symptom.DEVICE_MISSING,
            Symptom.DEVICE_RENUMBERED,
            Symptom.PORT_BUSY,
            Symptom.PORT_PERMISSION,
            Symptom.PORT_HIDDEN,
        ),
        *(Symptom.NO_PORT, Symptom.OWN_NETWORK, Symptom.ADDRESS_RESERVED, Symptom.ADDRESS_ON_PORT, Symptom.IPV6_OFF),
        *(Symptom.WRONG_PROTOCOL, Symptom.NO_DESCRIPTORS, *APP_DOWN),
    }
)


def silent(check: Check[Facts]) -> bool:
    """Nothing came back from the target itself."""
    return check.outcome in (Outcome.FAIL, Outcome.UNKNOWN) and check.symptom in SILENCE


def contacted(check: Check[Facts]) -> bool:
    """Packets went to the target of this check and came back (or somebody on the way answered in its name)."""
    if check.layer not in REMOTE or phase_of(check) is Phase.RESOLVE:
        return False
    return check.ok or (check.outcome is Outcome.FAIL and check.symptom in _AFTER_CONTACT)


def heard_outside(check: Check[Facts]) -> bool:
    """`contacted`, and not a program of this machine itself alone, which accepts whether or not its own way leads on. What only the host
    behind it can say, it passed on."""
    if not contacted(check) or interface_of(check) != OWN_INTERFACE:
        return contacted(check)
    shallow = isinstance(check.facts, GatewayFacts) and check.facts.depth not in (Phase.HTTP, Phase.APP)
    return check.ok and not shallow and check.kind is not Kind.RESOLVER


def through_router(check: Check[Facts]) -> bool:
    """`contacted`, and the way there leads through a router of the uplink in use."""
    if check.kind is Kind.BACKUP:
        return False
    beyond = isinstance(check.facts, ResolverFacts) and bool(check.facts.beyond_router)
    return contacted(check) and (bool(router_of(check)) or beyond)


def ours(check: Check[Facts]) -> bool:
    """It failed on this machine: our own kernel or firewall, or no port was left."""
    return check.failed and check.symptom in _OURS


def not_looked(check: Check[Facts]) -> bool:
    """This machine did not let us look, so nothing is known of anybody."""
    return check.outcome is Outcome.UNKNOWN and check.symptom is Symptom.NOT_LOOKED


def failed_there(check: Check[Facts]) -> bool:
    """It failed, and not on this machine."""
    return check.failed and not ours(check)
