"""What people say, taken into the record soon after it was said: when the kernel tells that something was laid there, and once a minute.

The directory is looked at in a thread that is there only while it is: a disk that hangs holds up no cycle.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from agent.daemon.process_memory import give_up
from agent.daemon.recorder import Recorder
from agent.outputs.notifier import Notifier
from agent.outputs.worker import Worker
from agent.present.journal import Level
from agent.settings.model import Settings
from agent.storage.told_spool import MOST, Spool
from probes.edge.kernel.folder_watch import FolderWatch
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.files import is_folder
from probes.ground.text import escape

LOOK_S = 60.0  # between looks that nobody asked for
APART_S = 0.5  # between looks at least
SPARED_S = 300.0  # a word more, where so many came at once that the rest has to wait
_SAID_AGAIN_S = 24 * 3600.0
_GIVEN_UP = {
    "agent.contract": ("word",),
    "agent.record": ("intake", "forgetting"),
    "agent.status": ("spoken",),
    "probes.ground": ("personal",),
}
_READABLE = Bilingual("又能读取别人留下的话了", "what people say can be read again")

REFUSED = {  # why something that lies there is no word: of `Spool.waiting` and `Intake`
    "damaged": "内容已损坏",
    "too large": "太大",
    "no plain file": "不是普通文件",
    "a file that has another name too": "文件另有一个名字",
    "writable for others": "别人可写",
}


class Listener:
    def __init__(self, settings: Settings, recorder: Recorder, notifier: Notifier, clock: Clock) -> None:
        self._settings, self._recorder, self._notifier, self._clock = settings, recorder, notifier, clock
        self._folder = Path(settings.agent.state_dir)
        self._spool = Spool(self._folder)
        self._watch: FolderWatch | None = None
        self._look_at = self._may_at = float("-inf")
        self._asked = False
        self._left, self._counted_at = float(MOST), clock.running()
        self._said: dict[str, float] = {}
        self._news = False
        self._worker = Worker("told", self._take)

    def look(self) -> None:
        """To be called on and on. Returns at once."""
        now = self._clock.running()
        watch = self._watch
        self._asked = (watch is not None and watch.read()) or self._asked
        if now < self._may_at or not (self._asked or now >= self._look_at):
            return
        self._asked, self._look_at, self._may_at = False, now + LOOK_S, now + APART_S
        self._worker.wake()

    @property
    def wakers(self) -> tuple[int, ...]:
        """Descriptors that become readable when there is something to be looked at; none so soon after the last look."""
        watch = self._watch
        return () if watch is None or self._resting else (watch.fileno(),)

    @property
    def within_s(self) -> float:
        """Seconds until `look` is to be called at the latest."""
        return APART_S if self._resting else LOOK_S

    @property
    def _resting(self) -> bool:
        return self._clock.running() < self._may_at

    def wait(self, patience_s: float) -> bool:
        return self._worker.wait(patience_s)

    def news(self) -> bool:
        """Whether something was taken in since it was last asked."""
        news, self._news = self._news, False
        return news

    def _take(self) -> None:
        if not is_folder(self._folder):  # which whoever writes the status says
            return
        with suppress(OSError):
            self._spool.make()
        if self._watch is None:
            with suppress(OSError):
                self._watch = FolderWatch(self._spool.path)
        try:
            self._listen()
        except OSError as error:
            shown = escape(str(self._spool.path))
            why = escape(error.strerror or type(error).__name__)
            self._notifier.trouble("told", why, Bilingual(f"读不了 {shown}：{why}", f"cannot read {shown}: {why}"))
        else:
            self._notifier.over("told", _READABLE)

    def _listen(self) -> None:
        if not self._spool.anything():
            return
        from agent.record.intake import Intake  # with what masks numbers: rarely needed, and not small
        from agent.status.spoken import fit

        recorder = self._recorder
        recorder.flush()  # the incident that is open, so that it is found
        intake = Intake(
            self._folder,
            fit=fit(self._settings),
            tell=recorder.tell,
            forget=recorder.forget,
            stamp=recorder.stamp,
            now=recorder.now,
        )
        taken = intake.take(self._allowed())
        self._left -= taken.words
        self._news = self._news or bool(taken.words)
        for file, why in taken.refused:
            self._refused(file, why)
        if taken.kept or taken.words == MOST:
            self._look_at = self._clock.running() + APART_S * 4
        for package, names in _GIVEN_UP.items():
            give_up(package, names)

    def _allowed(self) -> int:
        """How many words may be taken in now: a person says few, and who floods the record would drive out what it holds."""
        now = self._clock.running()
        self._left = min(float(MOST), self._left + (now - self._counted_at) / SPARED_S)
        self._counted_at = now
        return int(self._left)

    def _refused(self, file: str, why: str) -> None:
        """Each sort of it is said once a day."""
        now = self._clock.running()
        if now - self._said.get(why, float("-inf")) < _SAID_AGAIN_S:
            return
        self._said[why] = now
        where, word, because = escape(str(self._spool.path)), escape(file, 60), escape(why)
        zh = f"{where} 里的 {word} 不是留言（{REFUSED.get(why, because)}），没有采用"
        en = f"{word} in {where} is nothing that was said ({because}), and is left out"
        self._notifier.say(Bilingual(zh, en), Level.NOTICE)
