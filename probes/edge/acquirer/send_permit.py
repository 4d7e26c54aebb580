"""Whose turn it is to send an application message: acquirers limit them, so a probe asks before it sends and tells what came."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from probes.model import Outcome, Symptom
from probes.model.facts import AnswerFacts

NOT_KEPT = "the record of messages sent cannot be kept"  # how the reason begins where it can never be this user's turn


class LastAnswer(Struct, frozen=True, kw_only=True):
    """What the host said to the last application message, and how long ago. `facts`: what that check knew because of it."""

    outcome: Outcome
    symptom: Symptom | None = None
    facts: AnswerFacts = AnswerFacts()
    age_s: float = 0.0


class SendPermit(Protocol):
    """One gateway's right to an application message."""

    def last(self) -> LastAnswer | None:
        """The answer that still stands, or None."""

    def take(self, traffic_s: float | None) -> str:
        """Called just before sending. Empty: send now, and it is on record. Else the reason why not.

        `traffic_s`: seconds since the payment application itself heard from the host, where that can be seen.
        """

    def again_s(self) -> float | None:
        """Once `take` has refused: in how many seconds the limit allows a message. None where it is not the limit that refuses."""

    def answered(self, answer: LastAnswer) -> None:
        """Called once the outcome of a message that was sent is known."""


class Unlimited:
    """No limit and no record: for a gateway whose `app_interval_s` is 0, and for tests."""

    def last(self) -> LastAnswer | None:
        return None

    def take(self, traffic_s: float | None) -> str:
        return ""

    def again_s(self) -> float | None:
        return None

    def answered(self, answer: LastAnswer) -> None:
        return None


class SpentPermit:
    """A turn that was used for a message which went down with its connection unread: the same message may go over another one.

    So it is with HTTP, where a server may end an idle connection at any moment (RFC 9112 section 9.3.1).
    """

    def __init__(self, permit: SendPermit) -> None:
        self._permit = permit

    def last(self) -> LastAnswer | None:
        return self._permit.last()

    def take(self, traffic_s: float | None) -> str:
        return ""

    def again_s(self) -> float | None:
        return None

    def answered(self, answer: LastAnswer) -> None:
        self._permit.answered(answer)
