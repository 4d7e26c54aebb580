"""How often an acquirer may be asked: at most one message in `app_interval_s`, a first failure once more, `--check` three more. Pure."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from agent.messages.record import GatewayMessages, Sent
from probes.model import Outcome

CHECK_EXTRA = 3
TRAFFIC_SPEAKS_FOR = 4  # intervals


class Now(Struct, frozen=True, kw_only=True):
    """This moment on both clocks, in this boot."""

    at_s: float
    boot_id: str
    running_s: float


def age_s(sent: Sent, now: Now) -> float | None:
    """Seconds since a message was sent; None for a record that cannot be true, such as one from the future."""
    same_boot = bool(now.boot_id) and sent.boot_id == now.boot_id
    age = now.running_s - sent.running_s if same_boot else now.at_s - sent.at_s
    return age if age >= 0 else None


def recent(account: GatewayMessages, interval_s: float, now: Now) -> list[Sent]:
    return [sent for sent in account.sent if (age := age_s(sent, now)) is not None and age < interval_s]


def refusal(account: GatewayMessages, interval_s: float, retry_s: float, by_check: bool, now: Now) -> str:
    """Empty where a message may be sent now; else the reason why not."""
    within = recent(account, interval_s, now)
    if not within or interval_s <= 0:
        return ""
    if by_check:
        own = [sent for sent in within if sent.by == "check"]
        return "" if len(own) < CHECK_EXTRA + (len(own) == len(within)) else _text(within, interval_s, now)
    newest = min(age for sent in within if (age := age_s(sent, now)) is not None)
    answer = account.answer
    first_failure = answer is not None and answer.outcome is Outcome.FAIL and not answer.repeated
    if first_failure and newest >= retry_s * 0.9 and len([sent for sent in within if sent.by == "daemon"]) < 2:
        return ""
    return _text(within, interval_s, now)


def traffic_speaks(account: GatewayMessages, interval_s: float, traffic_s: float | None, now: Now) -> str:
    """Where the payment application's own traffic flowed within the interval, no message is needed, for a few intervals.

    Not for ever: a host may go on answering an account that it has stopped.
    """
    if traffic_s is None or traffic_s >= interval_s or not recent(account, interval_s * TRAFFIC_SPEAKS_FOR, now):
        return ""
    return f"the payment application received data from the host {traffic_s:.0f} s ago"


def carried_over(account: GatewayMessages, copied_each_s: float, now: Now) -> GatewayMessages:
    """What a copy, made so often at most, is worth once the record itself is lost: it knows nothing of the messages sent after it.

    The last of them counts as sent as late as it can have been: now, or before this boot where the copy is from before it. A failure
    may have been repeated among them.
    """
    if not account.sent:
        return account
    booted = now.at_s - now.running_s
    of_this_boot = [sent.running_s for sent in account.sent if now.boot_id and sent.boot_id == now.boot_id]
    if of_this_boot:
        running_s = min(now.running_s, max(of_this_boot) + copied_each_s)
    else:
        running_s = min(0.0, max(sent.at_s for sent in account.sent) + copied_each_s - booted)
    unknown = Sent(at_s=booted + running_s, boot_id=now.boot_id, running_s=running_s, by="daemon")
    answer = replace(account.answer, repeated=True) if account.answer else None
    return replace(account, sent=(*account.sent, unknown), answer=answer)


def _text(within: list[Sent], interval_s: float, now: Now) -> str:
    newest = min(age for sent in within if (age := age_s(sent, now)) is not None)
    return f"the last message was sent {newest:.0f} s ago, and the acquirer allows one in {interval_s:.0f} s"


def with_sent(account: GatewayMessages, by_check: bool, interval_s: float, now: Now) -> GatewayMessages:
    """The account with one message more; what is long past is forgotten."""
    sent = Sent(at_s=now.at_s, boot_id=now.boot_id, running_s=now.running_s, by="check" if by_check else "daemon")
    return replace(account, sent=(*recent(account, max(interval_s, 1.0) * TRAFFIC_SPEAKS_FOR, now), sent)[-16:])
