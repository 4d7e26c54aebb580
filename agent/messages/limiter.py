"""One gateway's turn, backed by the record: asked before a message is sent, told what came."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from agent.messages import record
from agent.messages.limit import (
    TRAFFIC_SPEAKS_FOR,
    Now,
    again_s,
    age_s,
    aged,
    before_boot,
    carried_over,
    doubt,
    lags,
    refusal,
    shown_age_s,
    traffic_speaks,
    unrecorded,
    with_sent,
)
from agent.messages.record import GatewayMessages, HostAnswer, NotKept, Record, RecordLocked, Sent
from probes.edge.acquirer.send_permit import NOT_KEPT, LastAnswer, SendPermit, Unlimited
from probes.ground.clock import Clock
from probes.ground.masking import mask_numbers
from probes.model import Outcome
from probes.settings import Gateway

_STANDS_FOR = TRAFFIC_SPEAKS_FOR + 0.5  # intervals after which an old answer no longer speaks for the host
_STANDS_AT_LEAST_S = 60.0
_COPIED_EACH_S = 3600.0  # from a record in memory to the state directory, as long as the answers stay the same


Unwritten = dict[tuple[str, str, str], HostAnswer]  # by directory, gateway and target


class SendLimiter:
    """Permits for every gateway of one terminal. `by_check`: a person's `--check`, which may ask more often.

    The record lies in `state_dir`. Where `memory_dir` names another directory it lies there, and `state_dir` has a copy now and
    then: one write to flash an hour instead of one a message. `unwritten`: answers that wait for the next message to be written.
    """

    def __init__(
        self,
        state_dir: str,
        boot_id: str,
        retry_s: float,
        clock: Clock,
        *,
        by_check: bool,
        memory_dir: str = "",
        unwritten: Unwritten | None = None,
    ) -> None:
        self.state_dir, self._boot_id = state_dir, boot_id
        self.unwritten: Unwritten = {} if unwritten is None else unwritten
        self._memory_dir = memory_dir if memory_dir != state_dir else ""
        self._retry_s, self._clock, self.by_check = retry_s, clock, by_check

    def of(self, gateway: Gateway) -> SendPermit:
        return Unlimited() if gateway.app_interval_s <= 0 else _RecordedPermit(self, gateway)

    def folders(self) -> Iterator[Path]:
        """Where the record can be kept, the best place first. Raises `NotKept` where there is none left."""
        if self._memory_dir and os.access(self._memory_dir, os.W_OK | os.X_OK):
            yield Path(self._memory_dir)
        yield from record.homes(self.state_dir)

    def copied_to(self, folder: Path) -> Path | None:
        """Where a copy of the record in `folder` belongs."""
        return Path(self.state_dir) if self._memory_dir and folder == Path(self._memory_dir) else None

    def mended(self, folder: Path, known: Record) -> Record:
        """A record elsewhere that cannot be believed is dated there, once; where it cannot be written, in `known`, the one in `folder`."""
        now = self.now()
        for place in self._places():
            if place != folder and record.load(place).doubt:
                try:
                    record.save(place, Record(since=doubt(now)))
                except NotKept:
                    known = replace(known, since=known.since or doubt(now))
        return known

    def found(self, folder: Path, since: Sent | None = None) -> Record:
        """The record in the folder. One that cannot be believed knows nothing of what was sent before now, or `since`."""
        found = record.load(folder)
        return Record(since=since or doubt(self.now())) if found.doubt else found

    def completed(self, folder: Path) -> Record:
        """The record in the folder, with what only the state directory knows: where the one in memory was lost, or not used."""
        if folder == Path(self.state_dir):
            return self._kept(None)
        found = self.found(folder)
        if self.copied_to(folder) is None:
            return found
        kept = self._kept(found.since)
        own = {} if kept.copied else {name: _with(each, kept.gateways.get(name)) for name, each in found.gateways.items()}
        return Record(gateways=kept.gateways | found.gateways | own, since=self._later(found.since, kept.since))

    def elsewhere(self, folder: Path | None, since: Sent | None = None) -> list[Record]:
        """The records that count beside the one in `folder`: in memory, in the state directory, and where one was kept while that
        was full."""
        found = [self.found(place, since) for place in self._places() if place not in (folder, Path(self.state_dir))]
        if folder != Path(self.state_dir):
            found.append(self._kept(since))
        return found

    def nothing_kept(self) -> bool:
        """Nowhere is a record, and none is missing that was there."""
        return all(record.load(place) == Record() for place in self._places())

    def _places(self) -> list[Path]:
        places = [Path(self._memory_dir)] if self._memory_dir else []
        with suppress(NotKept):
            places.append(record.refuge(self.state_dir))
        return [*places, Path(self.state_dir)]

    def _kept(self, since: Sent | None) -> Record:
        """What the state directory has; of a copy whose original is lost, what it is worth then."""
        kept = self.found(Path(self.state_dir), since)
        if not kept.copied:
            return kept
        original = record.load(Path(self._memory_dir)).gateways if self._memory_dir else {}
        now = self.now()
        lost = {name: carried_over(each, _COPIED_EACH_S, now) for name, each in kept.gateways.items() if name not in original}
        return replace(kept, gateways=kept.gateways | lost, copied=bool(original))

    def _later(self, one: Sent | None, other: Sent | None) -> Sent | None:
        now = self.now()
        return min((each for each in (one, other) if each is not None), key=lambda each: age_s(each, now), default=None)

    def now(self) -> Now:
        return Now(at_s=self._clock.wall(), boot_id=self._boot_id, running_s=self._clock.running())

    def refusal(self, account: GatewayMessages, interval_s: float, traffic_s: float | None) -> str:
        by_traffic = "" if self.by_check else traffic_speaks(account, interval_s, traffic_s, self.now())
        return by_traffic or refusal(account, interval_s, self._retry_s, self.by_check, self.now())

    def again_s(self, account: GatewayMessages, interval_s: float) -> float | None:
        return again_s(account, interval_s, self._retry_s, self.by_check, self.now())

    def add(self, account: GatewayMessages, interval_s: float) -> GatewayMessages:
        return with_sent(account, self.by_check, interval_s, self.now())


def _with(account: GatewayMessages, *others: GatewayMessages | None) -> GatewayMessages:
    """With the messages to the same host that only others know. One that two records have may have aged in one of them."""
    known = {(sent.by, sent.at_s) for sent in account.sent}
    more = {(sent.by, sent.at_s): sent for other in others if other and other.target == account.target for sent in other.sent}
    return replace(account, sent=(*(sent for key, sent in more.items() if key not in known), *account.sent))


def _as_good(answer: HostAnswer, before: HostAnswer | None) -> bool:
    """Both passed and say the same, but for what differs from message to message."""
    if before is None or before.to is None or (answer.outcome, before.outcome) != (Outcome.PASS, Outcome.PASS):
        return False
    return _told(answer) == _told(before)


def _told(answer: HostAnswer) -> tuple[str | None, int | None, int | None]:
    return answer.facts.response_code, answer.facts.http_status, answer.facts.processing_requirement


def _says(answer: HostAnswer | None) -> tuple[object, ...]:
    return (answer.outcome, answer.symptom, answer.facts.response_code) if answer else ()


def _later(one: HostAnswer | None, other: HostAnswer | None, now: Now) -> HostAnswer | None:
    """Another process may have asked since."""
    known = [each for each in (one, other) if each is not None]
    dated = [(age_s(each.to, now), each) for each in known if each.to is not None]
    return min(dated, key=lambda pair: pair[0])[1] if len(dated) == 2 else next(iter(known), None)


class _RecordedPermit:
    def __init__(self, limiter: SendLimiter, gateway: Gateway) -> None:
        self._limiter, self._gateway = limiter, gateway
        self._target = f"{gateway.host}:{gateway.port}"
        self._sent: Sent | None = None
        self._folder: Path | None = None  # where it is on record
        self._again_s: float | None = None

    def last(self) -> LastAnswer | None:
        now = self._limiter.now()
        told = [(age, answer) for answer in self._answers() if answer.to and (age := shown_age_s(answer.to, now)) is not None]
        age, answer = min(told, key=lambda pair: pair[0], default=(0.0, None))
        if answer is None or age > max(_STANDS_AT_LEAST_S, self._gateway.app_interval_s * _STANDS_FOR):
            return None
        return LastAnswer(outcome=answer.outcome, symptom=answer.symptom, facts=answer.facts, age_s=age)

    def again_s(self) -> float | None:
        return self._again_s

    def _answers(self) -> list[HostAnswer]:
        accounts = [self._account(each) for each in self._limiter.elsewhere(None)]
        unwritten = self._limiter.unwritten.get(self._key())
        if unwritten is not None:
            accounts.append(GatewayMessages(target=self._target, answer=unwritten))
        return [account.answer for account in accounts if account.answer is not None]

    def take(self, traffic_s: float | None) -> str:
        """On record before it is sent: a crash in between costs one message of the allowance, never the acquirer's patience."""
        why = ""
        try:
            for folder in self._limiter.folders():
                try:
                    return self._take(folder, traffic_s)
                except RecordLocked as error:
                    return f"{NOT_KEPT}: {error}"
                except NotKept as error:
                    why = why or str(error)
        except NotKept as error:
            why = why or str(error)
        return f"{NOT_KEPT}: {why}"

    def _take(self, folder: Path, traffic_s: float | None) -> str:
        interval, limiter = self._gateway.app_interval_s, self._limiter
        with record.locked(folder):
            first = limiter.nothing_kept()
            known = limiter.mended(folder, limiter.completed(folder))
            account = self._account(known)
            seen = _with(account, *(self._account(each) for each in limiter.elsewhere(folder, known.since)))
            if first:
                seen = replace(seen, sent=(unrecorded(),))
            reason = limiter.refusal(seen, interval, traffic_s)
            self._again_s = limiter.again_s(seen, interval)
            if not reason:
                account = limiter.add(seen, interval)
                account = replace(account, answer=_later(account.answer, limiter.unwritten.get(self._key()), limiter.now()))
                self._save(folder, known, account)
                limiter.unwritten.pop(self._key(), None)
                self._sent, self._folder = account.sent[-1], folder
            elif known != record.load(folder) or lags(account, interval, limiter.now()):
                record.save(folder, aged(known, limiter.now()))  # what may have been sent counts from now on, not from each look anew
            return reason

    def answered(self, answer: LastAnswer) -> None:
        """A good answer after another good one is written with the next message: half the writes to flash."""
        self._limiter.unwritten.pop(self._key(), None)
        try:
            folder = self._folder or next(self._limiter.folders())
            with record.locked(folder):
                known = self._limiter.completed(folder)
                account = self._account(known)
                failing = answer.outcome is Outcome.FAIL
                before = account.answer
                again = failing and before is not None and before.outcome is Outcome.FAIL and self._fresh(before)
                facts = answer.facts
                if facts.location is not None:  # everybody may read the record
                    facts = facts.with_(location=mask_numbers(facts.location))
                kept = HostAnswer(outcome=answer.outcome, symptom=answer.symptom, facts=facts, repeated=again, to=self._sent)
                if _as_good(kept, before):
                    self._limiter.unwritten[self._key()] = kept
                else:
                    self._save(folder, known, replace(account, answer=kept))
        except NotKept:
            return  # the message is on record already; only its answer is forgotten

    def _fresh(self, answer: HostAnswer) -> bool:
        """Recent enough for the next failure to be its repetition, and not a new one."""
        age = shown_age_s(answer.to, self._limiter.now()) if answer.to else None
        return age is not None and age <= self._gateway.app_interval_s

    def _key(self) -> tuple[str, str, str]:
        return self._limiter.state_dir, self._gateway.name, self._target

    def _account(self, known: Record) -> GatewayMessages:
        account = known.gateways.get(self._gateway.name)
        if account is None or account.target != self._target:
            account = GatewayMessages(target=self._target)
        since = GatewayMessages(target=self._target, sent=() if known.since is None else (known.since,))
        return _with(account, since)

    def _save(self, folder: Path, known: Record, account: GatewayMessages) -> None:
        """The copy first: what `--check` sends is on record there too, or not sent."""
        now = self._limiter.now()
        changed = aged(replace(known, gateways=known.gateways | {self._gateway.name: account}), now)
        copy = self._limiter.copied_to(folder)
        if copy is not None and self._is_stale(record.load(copy), account, now):
            try:
                record.save(copy, replace(changed, copied=True))
            except NotKept:  # as where the state directory is full: the record in memory holds until the next start
                if self._limiter.by_check:
                    raise
        record.save(folder, changed)

    def _is_stale(self, kept: Record, account: GatewayMessages, now: Now) -> bool:
        """A copy also has to show that messages were sent since this boot, and each of `--check`."""
        copied = self._account(kept)
        ages = [age_s(sent, now) for sent in copied.sent if not before_boot(sent, now)]
        old = min(ages, default=_COPIED_EACH_S) >= _COPIED_EACH_S
        return old or self._limiter.by_check or not kept.copied or _says(copied.answer) != _says(account.answer)
