"""An ISO 8583 echo to an acquirer, and what its response code means for a payment (the code's cause is judged elsewhere)."""

from __future__ import annotations

from datetime import datetime, timedelta
from socket import socket
from typing import Any

from probes.edge.acquirer.echo import exchange
from probes.ground.deadline import Deadline
from probes.model import Outcome, Symptom
from probes.settings import Gateway

# A host that answers an echo with a cardholder's decline lives and serves: never an outage.
DECLINES = frozenset(["01", "04", "05", "14", "34", "38", "41", "43", "51", "54", "55", "57", "59", "61", "62", "65", "75"])
SIGN_IN_AGAIN = 3  # processing requirement in the header of a reply
_ZONES_S = 14 * 3600


def ask(gateway: Gateway, sock: socket, deadline: Deadline, facts: dict[str, Any]) -> tuple[Outcome, Symptom | None]:
    """One echo. Raises `Failed` as `exchange` does. Facts: response_code, mapped, processing_requirement, date_skew_s."""
    reply = exchange(gateway.iso8583, sock, deadline, facts)
    facts["response_code"] = reply.code
    if reply.requirement:
        facts["processing_requirement"] = reply.requirement
    if not reply.tpdu_swapped:
        facts["tpdu"] = "not swapped in the reply"
    skew = _skew(reply.host_time, datetime.now())
    if skew is not None and abs(skew) > _ZONES_S:
        facts["date_skew_s"] = skew
    mapped = gateway.iso8583.response_codes.get(reply.code, "")
    if mapped:
        facts["mapped"] = mapped
    if mapped == "ok" or (reply.code == "00" and not mapped):
        return (Outcome.WARN, Symptom.PROCESSING_REQUIREMENT) if reply.requirement == SIGN_IN_AGAIN else (Outcome.PASS, None)
    if reply.code in DECLINES and not mapped:
        return Outcome.WARN, Symptom.RESPONSE_CODE
    return Outcome.FAIL, Symptom.RESPONSE_CODE


def _skew(host_time: str, now: datetime) -> float | None:
    """Our clock minus the host's, which tells its own local time without a year: what could be a time zone proves nothing."""
    if not host_time:
        return None
    found: list[timedelta] = []
    for year in (now.year - 1, now.year, now.year + 1):
        try:
            found.append(now - datetime.strptime(f"{year}{host_time}", "%Y%m%d%H%M%S"))
        except ValueError:
            continue
    if not found:
        return None
    return round(min(found, key=abs).total_seconds(), 1)
