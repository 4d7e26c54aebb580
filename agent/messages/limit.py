"""How often an acquirer may be asked: at most one message in `app_interval_s`, a first failure once more, `--check` three more. Pure.

Ages count on clocks that nobody sets. A message from before this start of the machine is as old as it was for certain when it was last
written down, and the time that the machine has run since: nothing else is known, for a wall clock may have lost its battery. Where that
says that the time is over all the same, as after a night, the daemon takes its word once, for one of the three that `--check` has.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from agent.build_date import BUILD_DATE
from agent.messages.record import GatewayMessages, Record, Sent
from probes.ground.moments import seconds_of
from probes.model import Outcome

CHECK_EXTRA = 3
TRAFFIC_SPEAKS_FOR = 4  # intervals
WRITTEN_EACH = 0.25  # of an interval: how often it is written down that a message from before this boot has aged
EARLIEST_S = seconds_of(datetime.fromisoformat(f"{BUILD_DATE}T00:00:00+00:00"))  # no clock that tells an earlier time is right
_ROUNDING_S = 0.001  # a sum of fractions may fall short of the interval by a bit
_EARLIER_BOOT = "earlier"


class Now(Struct, frozen=True, kw_only=True):
    """This moment on both clocks, in this boot."""

    at_s: float
    boot_id: str
    running_s: float


def before_boot(sent: Sent, now: Now) -> bool:
    """For certain, also where the kernel tells no boot id. Nothing is sent in the moment of a start: zero and less is before it."""
    return sent.boot_id != now.boot_id or sent.running_s <= 0 or (not now.boot_id and sent.running_s > now.running_s)


def age_s(sent: Sent, now: Now) -> float:
    """Seconds since a message was sent, or as many as are certain. One that cannot be, as from later in this boot, counts as sent now."""
    if sent.boot_id != now.boot_id or (not now.boot_id and sent.running_s > now.running_s):
        return sent.aged_s + now.running_s
    age = max(0.0, now.running_s - sent.running_s)
    return age if now.boot_id else min(age, sent.aged_s + now.running_s)


def shown_age_s(sent: Sent, now: Now) -> float | None:
    """How long ago it was by all that is told, the wall clock too; None where that cannot be true. No limit is kept by it."""
    if not before_boot(sent, now):
        return age_s(sent, now) if now.running_s >= sent.running_s else None
    by_wall = now.at_s - sent.at_s
    return max(by_wall, age_s(sent, now)) if by_wall >= 0 else None


def recent(account: GatewayMessages, interval_s: float, now: Now) -> list[Sent]:
    return [sent for sent in account.sent if age_s(sent, now) < interval_s]


def refusal(account: GatewayMessages, interval_s: float, retry_s: float, by_check: bool, now: Now) -> str:
    """Empty where a message may be sent now; else the reason why not."""
    within = recent(account, interval_s, now)
    if not within or interval_s <= 0:
        return ""
    unknown = any(sent.by == "unknown" for sent in within)
    if by_check:
        own = [sent for sent in within if sent.by == "check" or sent.on_trust]
        return "" if not unknown and len(own) < CHECK_EXTRA + (len(own) == len(within)) else _text(within, interval_s, now)
    if trusts_the_clock(account, interval_s, now):
        return ""
    newest = min(age_s(sent, now) for sent in within)
    answer = account.answer
    first_failure = answer is not None and answer.outcome is Outcome.FAIL and not answer.repeated
    if first_failure and not unknown and newest >= retry_s * 0.9 and len([sent for sent in within if sent.by == "daemon"]) < 2:
        return ""
    return _text(within, interval_s, now)


def again_s(account: GatewayMessages, interval_s: float, retry_s: float, by_check: bool, now: Now) -> float | None:
    """Seconds until a message may be sent, as far as nothing else is sent until then. None where no time is known."""
    ages = [age_s(sent, now) for sent in recent(account, interval_s, now)]
    waits = {interval_s - age for age in ages} | {retry_s * 0.9 - min(ages, default=0.0)}
    for wait in sorted(wait for wait in waits if wait > 0):
        then = replace(now, at_s=now.at_s + wait, running_s=now.running_s + wait + _ROUNDING_S)
        if not refusal(account, interval_s, retry_s, by_check, then):
            return wait
    return None


def trusts_the_clock(account: GatewayMessages, interval_s: float, now: Now) -> bool:
    """Whether only the wall clock's word makes the messages before this boot old enough, and that may be taken: once, until the time
    has passed for certain."""
    within = recent(account, interval_s, now)
    if not within or any(sent.on_trust for sent in within) or sum(sent.by == "check" for sent in within) >= CHECK_EXTRA:
        return False
    return all(sent.by != "unknown" and before_boot(sent, now) and EARLIEST_S <= sent.at_s <= now.at_s - interval_s for sent in within)


def traffic_speaks(account: GatewayMessages, interval_s: float, traffic_s: float | None, now: Now) -> str:
    """Where the payment application's own traffic flowed within the interval, no message is needed, for a few intervals.

    Not for ever: a host may go on answering an account that it has stopped.
    """
    if traffic_s is None or traffic_s >= interval_s or not recent(account, interval_s * TRAFFIC_SPEAKS_FOR, now):
        return ""
    return f"the payment application received data from the host {traffic_s:.0f} s ago"


def carried_over(account: GatewayMessages, copied_each_s: float, now: Now) -> GatewayMessages:
    """What a copy, made so often at most, is worth once the record itself is lost: it knows nothing of the daemon's messages after it.

    The last of them counts as sent as late as it can have been: now, or before this boot where the copy is from before it. A failure
    may have been repeated among them.
    """
    if not account.sent:
        return account
    of_this_boot = [sent.running_s for sent in account.sent if not before_boot(sent, now)]
    if of_this_boot:
        running_s = min(now.running_s, max(of_this_boot) + copied_each_s)
        unknown = Sent(at_s=now.at_s - now.running_s + running_s, boot_id=now.boot_id, running_s=running_s, by="daemon")
    else:
        unknown = replace(unrecorded(), at_s=max(sent.at_s for sent in account.sent) + copied_each_s)
    answer = replace(account.answer, repeated=True) if account.answer else None
    return replace(account, sent=(*account.sent, unknown), answer=answer)


def unrecorded() -> Sent:
    """Where nothing is on record: one may have been sent just before this boot."""
    return Sent(at_s=0.0, boot_id=_EARLIER_BOOT, running_s=0.0, by="daemon")


def doubt(now: Now) -> Sent:
    """Where a record cannot be believed: whatever may be sent in the time may have been sent just now, by whomever."""
    return Sent(at_s=now.at_s, boot_id=now.boot_id, running_s=now.running_s, by="unknown")


def with_sent(account: GatewayMessages, by_check: bool, interval_s: float, now: Now) -> GatewayMessages:
    """The account with one message more; what is long past is forgotten."""
    trusted = not by_check and trusts_the_clock(account, interval_s, now)
    by = "check" if by_check else "daemon"
    sent = Sent(at_s=now.at_s, boot_id=now.boot_id, running_s=now.running_s, by=by, on_trust=trusted)  # type: ignore[arg-type]
    return replace(account, sent=(*recent(account, max(interval_s, 1.0) * TRAFFIC_SPEAKS_FOR, now), sent)[-24:])


def lags(account: GatewayMessages, interval_s: float, now: Now) -> bool:
    """Whether it is worth writing down how old messages from before this boot are by now, for the next boot may come soon; or that one
    which cannot be, as from later in this boot, counts from now on."""
    within = recent(account, interval_s, now)
    aging = any(before_boot(sent, now) and age_s(sent, now) - sent.aged_s >= interval_s * WRITTEN_EACH for sent in within)
    return aging or any(sent.running_s > now.running_s for sent in within if not before_boot(sent, now))


def aged(record: Record, now: Now) -> Record:
    """As it is written: each message with the age that is certain, and one that cannot be as sent now."""
    gateways = {name: replace(each, sent=tuple(_aged(sent, now) for sent in each.sent)) for name, each in record.gateways.items()}
    return replace(record, gateways=gateways, since=None if record.since is None else _aged(record.since, now))


def _aged(sent: Sent, now: Now) -> Sent:
    age = age_s(sent, now)
    if before_boot(sent, now):
        return replace(sent, boot_id=now.boot_id, running_s=now.running_s - age, aged_s=age)
    return replace(sent, running_s=min(sent.running_s, now.running_s), aged_s=age)


def _text(within: list[Sent], interval_s: float, now: Now) -> str:
    newest = min(within, key=lambda sent: age_s(sent, now))
    ago = f"{age_s(newest, now):.0f} s ago"
    if any(sent.by == "unknown" for sent in within):
        said = f"the record of messages sent could not be believed, so the last counts as sent {ago}"
    elif before_boot(newest, now):
        said = f"the last message was sent before this start of the machine, {ago} or earlier"
    else:
        said = f"the last message was sent {ago}"
    return f"{said}, and the acquirer allows one in {interval_s:.0f} s"
