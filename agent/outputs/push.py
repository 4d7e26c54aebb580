"""Sending the status to a collector: the newest document from time to time, each confirmed change in order, and what waits meanwhile."""

from __future__ import annotations

import random
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from agent.contract import summary
from agent.contract.document import Status
from agent.contract.encode import encode
from agent.contract.times import parse, utc
from agent.outputs import push_times
from agent.outputs.carrier import Carrier, NotSent, NotTaken, To, TooLarge
from agent.outputs.change import Change
from agent.outputs.mailbox import MOST_CHANGES, Mailbox
from agent.outputs.seam import Context
from agent.present.journal import Level
from agent.settings.output_settings import OutputDocument, OutputSettings
from agent.status.summary import summarise
from probes.ground.bilingual import Bilingual
from probes.ground.spread import place_of

COST = 8000  # bytes of a message with a whole handshake of TLS: so many must be left of the budget; what it did cost is counted afterwards
COST_BESIDE = 1000  # of one letter more over the same connection
KEPT_AFTER_S = 5.0  # so long after its time a change that is not sent yet is written down
REFUSED_IDS = "HTTP 403"  # the kind of trouble of a sender who may not write for an id
MISSED = 3  # documents are valid until so many of the next ones are missing


class Letter(Struct, frozen=True):
    """One line each, without its end. `whole`: the document in full, where that is wanted and still may be had. `beside`: of a terminal
    beside this machine."""

    short: bytes
    whole: bytes | None = None
    beside: bool = False

    @property
    def line(self) -> bytes:
        return self.short if self.whole is None else self.whole


class Push:
    slow, beside = True, True

    def __init__(self, output: OutputSettings, carrier: Carrier, mailbox: Mailbox, context: Context) -> None:
        self.name = output.called
        self._output, self._carrier, self._mailbox, self._context = output, carrier, mailbox, context
        self._clock, self._line, self._notifier = context.clock, context.line, context.notifier
        self._subject = f"output {output.called} sends"
        self._began = self._clock.running()
        self._waiting = [Letter(each) for each in mailbox.recall()]
        self._newest: Status | None = None
        self._besides: dict[str, Status] = {}  # id → the newest document of a terminal beside this machine
        self._alone = False  # the other side takes none of theirs
        self._sender = To(terminal="", place=0.0)
        self._owed = False  # a newest document whose time has come
        self._send_at = self._change_at = self._retry_at = float("-inf")
        self._failures = self._lost = 0
        self._sent = b""  # the last one
        self._hurries = False  # a better line is all that is missing
        self._short_only = False  # the other side takes no whole documents
        self._unkept = self._stopping = self._closed = False
        if mailbox.damaged:
            self._warn("没有发出的内容已损坏，只好放弃", "what had not been sent is damaged, and given up")

    def document(self, status: Status) -> None:
        if self._newest is None:
            terminal = status.terminal
            name = "\n".join((self.name, terminal.id, terminal.machine_id, terminal.serial_number))
            self._sender = To(terminal=terminal.id, place=place_of(name))
            now = self._clock.running()
            self._send_at = now if self._context.once else push_times.first_at(self._began, self._sender.place, self._every_s)
        self._newest = status

    def document_beside(self, status: Status) -> None:
        """It goes with this terminal's own, over the same connection."""
        self._besides[status.terminal.id] = status

    def change(self, change: Change) -> None:
        if change.status.vantage is not None:
            if self._alone:
                return
        elif self._newest is None:
            self.document(change.status)
        letter = self._letter(change.status, whole=self._output.document is not OutputDocument.SUMMARY)
        if letter.line == self._sent:  # as the newest document
            return
        self._waiting.append(letter)
        while len(self._waiting) > MOST_CHANGES:
            del self._waiting[0]
            self._lost += 1
        now = self._clock.running()
        self._unkept = True
        self._change_at = now if self._context.once else now + push_times.change_after_s(self._sender.place)
        if self._hurries:  # the line may be another one by now
            self._retry_at = min(self._retry_at, self._change_at)

    def stopping(self) -> None:
        self._stopping = True

    def due(self) -> bool:
        if self._closed or self._newest is None:
            return False
        if self._stopping:
            return True
        now = self._clock.running()
        return self._overdue(now) or self._sends(now)

    def work(self) -> None:
        now = self._clock.running()
        if self._stopping:
            self._keep()
            self._closed = True
            self._carrier.close()
        elif self._sends(now):
            self._now(now)
        elif self._overdue(now):
            self._keep()

    def _overdue(self, now: float) -> bool:
        """What is confirmed should have been sent by now, and is nowhere but in memory."""
        return self._unkept and (self._context.once or now > self._change_at + KEPT_AFTER_S)

    def _sends(self, now: float) -> bool:
        if now < self._retry_at or not self._line.known:
            return False
        wanted = self._owed or now >= self._send_at or (bool(self._waiting) and now >= self._change_at) or self._carrier.lost
        return wanted and self._line.affords(COST + COST_BESIDE * len(self._besides))

    def _now(self, now: float) -> None:
        if now >= self._send_at:
            self._owed = True
            self._send_at = push_times.next_at(now, self._began, self._sender.place, self._every_s)
        try:
            if self._carrier.lost:
                self._carrier.again(self._sender)
            self._send()
        except NotSent as trouble:
            self._failed(trouble)
            return
        finally:
            if self._context.once:
                self._carrier.close()
        self._failures, self._hurries, self._retry_at = 0, False, float("-inf")
        self._say_lost()
        self._mailbox.keep(())
        self._unkept = False
        self._notifier.over(self._subject, Bilingual(f"输出 {self.name} 又能发送了", f"output {self.name} sends again"))

    @property
    def _every_s(self) -> float:
        return max(self._output.every_s, push_times.METERED_S) if self._line.metered else self._output.every_s

    def _letter(self, status: Status, *, whole: bool) -> Letter:
        """Valid until some of the next ones are missing: in between a collector hears nothing."""
        generated = parse(status.generated_at)
        until = utc(generated + MISSED * self._every_s) if generated is not None else status.valid_until
        if (parse(status.valid_until) or 0.0) < (parse(until) or 0.0) and not status.stopped:
            status = replace(status, valid_until=until)
        full = encode(status).rstrip(b"\n") if whole and not self._short_only else None
        return Letter(summary.encode(summarise(status)).rstrip(b"\n"), full, status.vantage is not None)

    def _send(self) -> None:
        """All that waits, and the newest document behind it where its time has come. Raises `NotSent`."""
        letters = list(self._waiting)
        newest, began = self._newest, len(letters)
        if self._owed and newest is not None:
            letter = self._letter(newest, whole=self._output.document is OutputDocument.FULL)
            if not letters or letters[-1].short != letter.short:
                letters.append(letter)
            besides = [] if self._alone else list(self._besides.values())
            there = {each.short for each in letters}
            told = [self._letter(each, whole=self._output.document is OutputDocument.FULL) for each in besides]
            letters += [each for each in told if each.short not in there]
        at_once = len(letters)
        while letters:
            part = letters[:at_once]
            try:
                self._carrier.send([each.line for each in part], self._sender)
                taken = len(part)
            except NotSent as trouble:
                began = self._taken(trouble.delivered, began)
                if trouble.kind == REFUSED_IDS and any(each.beside for each in letters):
                    letters = [each for each in letters[trouble.delivered :] if not each.beside]
                    began = self._takes_none_beside()
                    continue
                raise
            except TooLarge:
                if len(part) > 1:
                    at_once = len(part) // 2
                    continue
                if part[0].whole is not None:
                    letters = [Letter(each.short, beside=each.beside) for each in letters]
                    self._takes_no_whole_ones()
                    continue
                taken = self._give_up("HTTP 413")
            except NotTaken as refusal:
                if len(part) > 1:
                    at_once = 1
                    continue
                taken = self._give_up(refusal.status)
            self._sent = letters[taken - 1].line
            del letters[:taken]
            began = self._taken(taken, began)
        self._owed = False

    def _taken(self, count: int, waited: int) -> int:
        """Of the first `waited` letters, which are those that waited when this began; how many of them still do."""
        done = min(count, waited)
        del self._waiting[:done]
        return waited - done

    def _takes_none_beside(self) -> int:
        """How many letters wait now."""
        self._alone = True
        self._waiting = [each for each in self._waiting if not each.beside]
        self._warn(
            "对方只收本机自己的状态，旁边终端的不再发", "the other side takes this terminal's status alone, so those beside it are not sent"
        )
        return len(self._waiting)

    def _takes_no_whole_ones(self) -> None:
        self._short_only = True
        self._warn("对方收不下完整文档，改发摘要", "the other side takes no whole documents, so it gets summaries")

    def _give_up(self, status: str) -> int:
        self._warn(f"对方不收其中一条（{status}），只好放弃", f"one of them is refused ({status}), and given up")
        return 1

    def _failed(self, trouble: NotSent) -> None:
        self._failures += 1
        self._hurries = not trouble.lasting and trouble.after_s is None
        roll = random.random()  # noqa: S311
        self._retry_at = self._clock.running() + push_times.retry_after_s(self._failures, roll, trouble.after_s)
        zh = f"输出 {self.name} 暂时发不出去，稍后重试：{trouble.text.zh}"
        said = Bilingual(zh, f"output {self.name} cannot send, it goes on trying: {trouble.text.en}")
        self._notifier.trouble(self._subject, trouble.kind, said)
        self._keep()

    def _keep(self) -> None:
        """What waits is written down, in short; a newest document alone is not worth the flash before the end."""
        self._waiting = [Letter(each.short, beside=each.beside) for each in self._waiting]
        kept: Sequence[bytes] = [each.short for each in self._waiting]
        if self._newest is not None and (self._owed or self._failures) and (kept or self._stopping):
            newest = self._letter(self._newest, whole=False).short
            kept = kept if kept and kept[-1] == newest else [*kept, newest]
        if self._mailbox.keep(kept):
            self._unkept = False

    def _say_lost(self) -> None:
        lost, self._lost = self._lost, 0
        if lost:
            self._warn(f"丢失了 {lost} 条变更", f"{lost} changes were lost, too many waited")

    def _warn(self, zh: str, en: str) -> None:
        self._notifier.say(Bilingual(f"输出 {self.name}：{zh}", f"output {self.name}: {en}"), Level.WARNING)
