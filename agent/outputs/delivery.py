"""What waits for one output, and handing it over: whatever the output raises and however long it hangs stays here."""

from __future__ import annotations

import errno
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from agent.contract.document import Status
from agent.outputs.change import Change
from agent.outputs.notifier import Notifier
from agent.outputs.seam import ChangeOutput, DocumentOutput, Health, HealthOutput, Output, StoppingOutput, TimedOutput, Undelivered
from agent.outputs.worker import Worker
from agent.present.journal import Level
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.text import escape

MOST_CHANGES = 50  # that wait; then the oldest is dropped
MOST_BESIDE = 32  # likewise of documents of terminals beside this machine
HANGS_AFTER_S = 20.0  # an fsync to flash that is busy may take some

_DOCUMENT, _CHANGE = Bilingual("文档", "document"), Bilingual("变更", "change")
_HEALTH, _END, _WORK = Bilingual("运行情况", "health"), Bilingual("结束", "end"), Bilingual("发送", "sending")

T = TypeVar("T")


class Queue(Generic[T]):
    """At most `most` wait, the newest. `lost`: how many had to go since that was last said."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._waiting: deque[T] = deque()
        self.lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, item: T) -> None:
        with self._lock:
            self._waiting.append(item)
            self._shorten()

    def put_back(self, item: T) -> None:
        """The first of them, which was not delivered."""
        with self._lock:
            self._waiting.appendleft(item)
            self._shorten()

    def take(self) -> T | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        """Nothing waits any more, now or later."""
        with self._lock:
            self._most = 0
            self._waiting.clear()

    def _shorten(self) -> None:
        while len(self._waiting) > self._most:
            self._waiting.popleft()
            self.lost += 1


class Delivery:
    """What the output asks for is read once, when this is made; that may raise whatever the output does."""

    def __init__(self, output: Output, notifier: Notifier, clock: Clock) -> None:
        self.name = output.name
        self._notifier, self._clock = notifier, clock
        self._take_document = output.document if isinstance(output, DocumentOutput) else None
        self._take_change = output.change if isinstance(output, ChangeOutput) else None
        self._beside = bool(getattr(output, "beside", False))
        self._take_beside: Callable[[Status], None] | None = getattr(output, "document_beside", None)
        self._besides: Queue[Status] = Queue(MOST_BESIDE)
        self._take_health = output.health if isinstance(output, HealthOutput) else None
        self._take_stopping = output.stopping if isinstance(output, StoppingOutput) else None
        self._due, self._work = (output.due, output.work) if isinstance(output, TimedOutput) else (bool, lambda: None)
        self._closed = False
        self._subject = f"output {output.name} {id(self)}"  # two may have one name
        self._documents: Queue[Status] = Queue(1)
        self._changes: Queue[Change] = Queue(MOST_CHANGES)
        self._healths: Queue[Health] = Queue(1)
        self._lock = threading.Lock()
        self._began: float | None = None  # when the output was called, while it has not come back
        self._worker = Worker(f"output {output.name}", self._hand_over, own_thread=output.slow)

    def document(self, status: Status) -> None:
        if self._take_document is not None:
            self._documents.put(status)
        self.wake()

    def change(self, change: Change) -> None:
        if self._take_change is not None:
            self._changes.put(change)
            self.wake()

    def change_beside(self, change: Change) -> None:
        """Of a terminal beside this machine."""
        if self._beside:
            self.change(change)

    def document_beside(self, status: Status) -> None:
        """Likewise."""
        if self._take_beside is not None:
            self._besides.put(status)
            self.wake()

    def health(self, health: Health) -> None:
        if self._take_health is not None:
            self._healths.put(health)
            self.wake()

    def wake(self) -> None:
        """What waits is tried, once more where it was tried before."""
        if self._waits or self._is_due():
            self._worker.wake()

    def wait(self, patience_s: float) -> bool:
        """Whether nothing waits any more, now or within the time."""
        return self._worker.wait(patience_s) and not self._waits

    def tell_stopping(self) -> None:
        if self._take_stopping is not None:
            try:
                self._take_stopping()
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is the output's own
                self._notifier.say(self._fault(_END, error), Level.ERROR)

    def close(self) -> None:
        """What waits is not delivered any more, and nothing else is."""
        self._say_lost()
        self._closed = True
        for queue in (self._documents, self._besides, self._changes, self._healths):
            queue.close()

    def look(self) -> None:
        """Has the output do what it has to do by now, and says that it hangs, where it does."""
        if self._is_due():
            self._worker.wake()
        with self._lock:
            if self._began is not None and self._clock.running() - self._began > HANGS_AFTER_S:
                zh, en = f"输出 {self.name} 卡住了，其他输出照常", f"output {self.name} hangs, the others go on"
                self._notifier.trouble(self._subject, "hangs", Bilingual(zh, en))

    @property
    def _waits(self) -> bool:
        return bool(self._documents or self._besides or self._changes or self._healths)

    def _is_due(self) -> bool:
        try:
            return not self._closed and self._due()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the output's own
            self._notifier.trouble(f"{self._subject}: due", type(error).__name__, self._fault(_WORK, error))
            return False

    def _hand_over(self) -> None:
        if self._take_document is not None:
            self._empty(self._documents, self._take_document, _DOCUMENT)
        if self._take_beside is not None:
            self._empty(self._besides, self._take_beside, _DOCUMENT)
        if self._take_change is not None:
            self._empty(self._changes, self._take_change, _CHANGE)
        if self._take_health is not None:
            self._empty(self._healths, self._take_health, _HEALTH)
        if self._is_due():
            self._called()
            try:
                self._tried(self._work, _WORK)
            finally:
                self._came_back()

    def _empty(self, queue: Queue[T], deliver: Callable[[T], None], what: Bilingual) -> None:
        """One after another, until one is not delivered, which then is the first to be tried again."""
        while (item := queue.take()) is not None:
            self._called()
            try:
                again = self._tried(partial(deliver, item), what)
            finally:
                self._came_back()
            if again:
                queue.put_back(item)
                return

    def _tried(self, call: Callable[[], None], what: Bilingual) -> bool:
        """Whether it is to be tried again. Trouble with documents and with changes is told apart, or each would end the other's."""
        subject = f"{self._subject}: {what.en}"
        try:
            call()
        except Undelivered:
            return True
        except OSError as error:
            kind = errno.errorcode.get(error.errno or 0, type(error).__name__)
            self._notifier.trouble(subject, kind, self._not_delivered(what, error))
            return True
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the output's own
            self._notifier.trouble(subject, type(error).__name__, self._fault(what, error))
            return False
        zh, en = f"输出 {self.name} 又正常了（{what.zh}）", f"output {self.name} works again ({what.en})"
        self._notifier.over(subject, Bilingual(zh, en))
        self._say_lost()
        return False

    def _called(self) -> None:
        with self._lock:
            self._began = self._clock.running()

    def _came_back(self) -> None:
        with self._lock:
            self._began = None
            zh, en = f"输出 {self.name} 不再卡住", f"output {self.name} hangs no more"
            self._notifier.over(self._subject, Bilingual(zh, en))

    def _say_lost(self) -> None:
        lost, self._changes.lost = self._changes.lost, 0
        if lost:
            zh, en = f"输出 {self.name} 丢失了 {lost} 条变更", f"output {self.name}: {lost} changes were lost, too many waited"
            self._notifier.say(Bilingual(zh, en), Level.WARNING)

    def _not_delivered(self, what: Bilingual, error: OSError) -> Bilingual:
        detail = escape(error.strerror or str(error) or type(error).__name__)
        zh = f"输出 {self.name} 无法送出{what.zh}，稍后重试：{detail}"
        return Bilingual(zh, f"output {self.name} cannot deliver ({what.en}), it goes on trying: {detail}")

    def _fault(self, what: Bilingual, error: BaseException) -> Bilingual:
        detail = escape(f"{type(error).__name__}: {error}")
        zh = f"输出 {self.name} 自身出错（{what.zh}）：{detail}"
        return Bilingual(zh, f"a fault of the output {self.name} itself ({what.en}): {detail}")
