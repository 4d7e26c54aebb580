"""One gateway's turn, backed by the record: asked before a message is sent, told what came."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from agent.messages import record
from agent.messages.limit import TRAFFIC_SPEAKS_FOR, Now, age_s, carried_over, refusal, traffic_speaks, with_sent
from agent.messages.record import GatewayMessages, HostAnswer, NotKept, Record, RecordLocked, Sent
from probes.edge.acquirer.send_permit import LastAnswer, SendPermit, Unlimited
from probes.ground.clock import Clock
from probes.model import Outcome
from probes.settings import Gateway

_STANDS_FOR = TRAFFIC_SPEAKS_FOR + 0.5  # intervals after which an old answer no longer speaks for the host
_STANDS_AT_LEAST_S = 60.0
_COPIED_EACH_S = 3600.0  # from a record in memory to the state directory, as long as the answers stay the same
_NOT_KEPT = "the record of messages sent cannot be kept"


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
        self._retry_s, self._clock, self._by_check = retry_s, clock, by_check

    def of(self, gateway: Gateway) -> SendPermit:
        return Unlimited() if gateway.app_interval_s <= 0 else _RecordedPermit(self, gateway)

    def folders(self) -> Iterator[Path]:
        """Where the record can be kept, the best place first. Raises `NotKept` where there is none left."""
        if self._memory_dir and os.access(self._memory_dir, os.W_OK | os.X_OK):
            yield Path(self._memory_dir)
        home = record.home(self.state_dir)
        yield home
        refuge = record.refuge(self.state_dir)
        if refuge != home:
            yield refuge

    def copied_to(self, folder: Path) -> Path | None:
        """Where a copy of the record in `folder` belongs."""
        return Path(self.state_dir) if self._memory_dir and folder == Path(self._memory_dir) else None

    def completed(self, folder: Path, found: Record) -> Record:
        """The record `found` in the folder, with what only the state directory knows: where the one in memory was lost, or not used."""
        if folder == Path(self.state_dir):
            return self._kept()
        if self.copied_to(folder) is None:
            return found
        kept = self._kept()
        own = {} if kept.copied else {name: _with(each, kept.gateways.get(name)) for name, each in found.gateways.items()}
        return Record(gateways=kept.gateways | found.gateways | own)

    def elsewhere(self, folder: Path | None) -> list[Record]:
        """The records that count beside the one in `folder`: in memory, in the state directory, and where one was kept while that
        was full."""
        places = [Path(self._memory_dir)] if self._memory_dir else []
        with suppress(NotKept):
            places.append(record.refuge(self.state_dir, make=False))
        found = [record.load(place) for place in places if place != folder]
        if folder != Path(self.state_dir):
            found.append(self._kept())
        return found

    def _kept(self) -> Record:
        """What the state directory has; of a copy whose original is lost, what it is worth then."""
        kept = record.load(Path(self.state_dir))
        if not kept.copied:
            return kept
        original = record.load(Path(self._memory_dir)).gateways if self._memory_dir else {}
        now = self.now()
        lost = {name: carried_over(each, _COPIED_EACH_S, now) for name, each in kept.gateways.items() if name not in original}
        return Record(gateways=kept.gateways | lost, copied=bool(original))

    def now(self) -> Now:
        return Now(at_s=self._clock.wall(), boot_id=self._boot_id, running_s=self._clock.running())

    def refusal(self, account: GatewayMessages, interval_s: float, traffic_s: float | None) -> str:
        by_traffic = "" if self._by_check else traffic_speaks(account, interval_s, traffic_s, self.now())
        return by_traffic or refusal(account, interval_s, self._retry_s, self._by_check, self.now())

    def add(self, account: GatewayMessages, interval_s: float) -> GatewayMessages:
        return with_sent(account, self._by_check, interval_s, self.now())


def _with(account: GatewayMessages, *others: GatewayMessages | None) -> GatewayMessages:
    """With the messages to the same host that only others know."""
    more = [sent for other in others if other and other.target == account.target for sent in other.sent if sent not in account.sent]
    return replace(account, sent=(*dict.fromkeys(more), *account.sent))


def _as_good(answer: HostAnswer, before: HostAnswer | None) -> bool:
    """Both passed and say the same, but for what differs from message to message."""
    if before is None or before.to is None or (answer.outcome, before.outcome) != (Outcome.PASS, Outcome.PASS):
        return False
    return _told(answer) == _told(before)


def _told(answer: HostAnswer) -> tuple[str | None, int | None, int | None]:
    return answer.facts.response_code, answer.facts.http_status, answer.facts.processing_requirement


def _says(answer: HostAnswer | None) -> tuple[object, ...]:
    return (answer.outcome, answer.symptom, answer.facts.response_code) if answer else ()


def _later(one: HostAnswer | None, other: HostAnswer | None) -> HostAnswer | None:
    """Another process may have asked since."""
    if one is None or one.to is None or other is None or other.to is None:
        return one or other
    return one if one.to.at_s > other.to.at_s else other


class _RecordedPermit:
    def __init__(self, limiter: SendLimiter, gateway: Gateway) -> None:
        self._limiter, self._gateway = limiter, gateway
        self._target = f"{gateway.host}:{gateway.port}"
        self._sent: Sent | None = None
        self._folder: Path | None = None  # where it is on record

    def last(self) -> LastAnswer | None:
        now = self._limiter.now()
        aged = [(age, answer) for answer in self._answers() if answer.to and (age := age_s(answer.to, now)) is not None]
        age, answer = min(aged, key=lambda pair: pair[0], default=(0.0, None))
        if answer is None or age > max(_STANDS_AT_LEAST_S, self._gateway.app_interval_s * _STANDS_FOR):
            return None
        return LastAnswer(outcome=answer.outcome, symptom=answer.symptom, facts=answer.facts, age_s=age)

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
                    return f"{_NOT_KEPT}: {error}"
                except NotKept as error:
                    why = why or str(error)
        except NotKept as error:
            why = why or str(error)
        return f"{_NOT_KEPT}: {why}"

    def _take(self, folder: Path, traffic_s: float | None) -> str:
        interval = self._gateway.app_interval_s
        with record.locked(folder):
            found = record.load(folder)
            known = self._limiter.completed(folder, found)
            account = self._account(known)
            seen = _with(account, *(self._account(each) for each in self._limiter.elsewhere(folder)))
            reason = self._limiter.refusal(seen, interval, traffic_s)
            if not reason:
                account = self._limiter.add(seen, interval)
                account = replace(account, answer=_later(account.answer, self._limiter.unwritten.get(self._key())))
                self._save(folder, known, account)
                self._limiter.unwritten.pop(self._key(), None)
                self._sent, self._folder = account.sent[-1], folder
            elif known != found:  # what may have been sent counts from now on, not from each look anew
                record.save(folder, known)
            return reason

    def answered(self, answer: LastAnswer) -> None:
        """A good answer after another good one is written with the next message: half the writes to flash."""
        self._limiter.unwritten.pop(self._key(), None)
        try:
            folder = self._folder or next(self._limiter.folders())
            with record.locked(folder):
                known = self._limiter.completed(folder, record.load(folder))
                account = self._account(known)
                failing = answer.outcome is Outcome.FAIL
                before = account.answer
                again = failing and before is not None and before.outcome is Outcome.FAIL and self._fresh(before)
                kept = HostAnswer(outcome=answer.outcome, symptom=answer.symptom, facts=answer.facts, repeated=again, to=self._sent)
                if _as_good(kept, before):
                    self._limiter.unwritten[self._key()] = kept
                else:
                    self._save(folder, known, replace(account, answer=kept))
        except NotKept:
            return  # the message is on record already; only its answer is forgotten

    def _fresh(self, answer: HostAnswer) -> bool:
        """Recent enough for the next failure to be its repetition, and not a new one."""
        age = age_s(answer.to, self._limiter.now()) if answer.to else None
        return age is not None and age <= self._gateway.app_interval_s

    def _key(self) -> tuple[str, str, str]:
        return self._limiter.state_dir, self._gateway.name, self._target

    def _account(self, known: Record) -> GatewayMessages:
        account = known.gateways.get(self._gateway.name)
        return account if account is not None and account.target == self._target else GatewayMessages(target=self._target)

    def _save(self, folder: Path, known: Record, account: GatewayMessages) -> None:
        changed = replace(known, gateways=known.gateways | {self._gateway.name: account})
        record.save(folder, changed)
        copy = self._limiter.copied_to(folder)
        if copy is not None and self._is_stale(record.load(copy), account):
            with suppress(NotKept):  # as where the state directory is full: the record in memory holds until the next start
                record.save(copy, replace(changed, copied=True))

    def _is_stale(self, kept: Record, account: GatewayMessages) -> bool:
        """A copy also has to show that messages were sent since this boot."""
        now, copied = self._limiter.now(), self._account(kept)
        ages = [age for sent in copied.sent if sent.boot_id == now.boot_id and (age := age_s(sent, now)) is not None]
        old = min(ages, default=_COPIED_EACH_S) >= _COPIED_EACH_S
        return old or not kept.copied or _says(copied.answer) != _says(account.answer)
