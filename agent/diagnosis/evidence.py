"""What a check proves about the path to its target, whatever its outcome."""

from __future__ import annotations

from probes.model import Check, Layer, Outcome, Symptom

SILENCE = frozenset(
    {
        Symptom.TIMEOUT,
        Symptom.UNREACHABLE,
        Symptom.NO_ROUTE,
        Symptom.PROHIBITED,
        Symptom.PROXY_TIMEOUT,
        Symptom.HUNG,
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
        Symptom.PLAIN_TEXT,
        Symptom.TLS_INCOMPATIBLE,
        Symptom.TLS_STALLED,
        Symptom.TLS_FAILED,
        Symptom.LARGE_PACKETS_LOST,
        Symptom.CLIENT_CERT_MISSING,
        Symptom.CLIENT_CERT_EXPIRED,
        Symptom.CLIENT_CERT_REFUSED,
        Symptom.HTTP_STATUS,
        Symptom.RESPONSE_CODE,
        Symptom.PROCESSING_REQUIREMENT,
    }
)


def silent(check: Check) -> bool:
    """Nothing came back from the target itself."""
    return check.outcome in (Outcome.FAIL, Outcome.UNKNOWN) and check.symptom in SILENCE


def contacted(check: Check) -> bool:
    """Packets went to the target of this check and came back (or somebody on the way answered in its name)."""
    if check.layer not in (Layer.DNS, Layer.INTERNET, Layer.GATEWAY) or check.facts.get("phase") == "resolve":
        return False
    return check.ok or (check.outcome is Outcome.FAIL and check.symptom in _AFTER_CONTACT)


def through_router(check: Check) -> bool:
    """`contacted`, and the way there leads through a router."""
    if check.id.startswith("internet:via:"):
        return False
    return contacted(check) and (bool(check.facts.get("via")) or bool(check.facts.get("beyond_router")))
