"""Certificate dates against our clock, and against the clock as outside sources tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agent.diagnosis.snapshot import Snapshot
from probes.model import Check, Symptom
from probes.model.facts import Certificate, GatewayFacts

_LONG_AGO = timedelta(days=30)
_SOON = timedelta(days=14)
_DATES = (Symptom.CERT_EXPIRED, Symptom.CERT_NOT_YET_VALID, Symptom.TRUST_EXPIRED)


def explained_by_clock(check: Check[GatewayFacts], snapshot: Snapshot) -> bool:
    """The certificate would be valid if the terminal had the time that the outside tells."""
    if check.symptom not in _DATES:
        return False
    clock = snapshot.clock
    if clock is None or not clock.failed:
        return False
    if clock.symptom is Symptom.CLOCK_BEFORE_BUILD and clock.facts.skew_s is None:
        return check.symptom is Symptom.CERT_NOT_YET_VALID
    return valid_at_skew(check, clock.facts.skew_s or 0.0)


def valid_at_skew(check: Check[GatewayFacts], skew_s: float) -> bool:
    """Whether the served certificate is valid once our clock is corrected by `skew_s` (ours minus true).

    Where the dates were not seen: a clock that is slow makes certificates look not yet valid, a fast one expired.
    """
    certificate = check.facts.certificate or Certificate()
    try:
        true_now = _time(check.observed_at) - timedelta(seconds=skew_s)
        return _time(certificate.not_before) <= true_now <= _time(certificate.not_after)
    except (ValueError, OverflowError):
        return skew_s < 0 if check.symptom is Symptom.CERT_NOT_YET_VALID else skew_s > 0


def ends_soon_by_clock(check: Check[GatewayFacts], snapshot: Snapshot) -> bool:
    """It only seems to end soon: by the time that the outside tells there are weeks left."""
    clock = snapshot.clock
    if clock is None or not clock.failed or clock.facts.skew_s is None:
        return False
    certificate = check.facts.certificate or Certificate()
    try:
        true_now = _time(check.observed_at) - timedelta(seconds=clock.facts.skew_s)
        return _time(check.facts.chain_not_after or certificate.not_after) - true_now > _SOON
    except (ValueError, OverflowError):
        return False


def clock_confirmed(snapshot: Snapshot) -> bool:
    """Some outside source tells the same time as we do."""
    clock = snapshot.clock
    return clock is not None and clock.ok and clock.symptom is None and bool(clock.facts.sources)


def clock_known_wrong(snapshot: Snapshot) -> bool:
    """Then what correcting it does not mend is no matter of the clock."""
    clock = snapshot.clock
    return clock is not None and clock.failed


def doubtful_skew(snapshot: Snapshot) -> float | None:
    """How far off a single source says that we are, where it stands alone; None where no source says so."""
    clock = snapshot.clock
    if clock is None or clock.failed or clock.symptom is not Symptom.CLOCK_SKEW:
        return None
    return max(clock.facts.sources.values(), key=abs, default=None)


def expired_long_ago(check: Check[GatewayFacts]) -> bool:
    """So long that an acquirer would have noticed: then our own clock is as likely to be ahead."""
    certificate = check.facts.certificate or Certificate()
    try:
        return _time(check.observed_at) - _time(certificate.not_after) > _LONG_AGO
    except ValueError:
        return False


def _time(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
