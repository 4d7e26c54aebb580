"""Faults of the daemon's own, said and gone on from: a daemon that ends is worth less than one that says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from agent.daemon.examiner import fault_of
from agent.examination.result import Examination
from agent.outputs.notifier import Notifier
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape


class OwnFaults:
    """`terminal`: the name of one that is looked at from this machine; empty for this one."""

    def __init__(self, notifier: Notifier, terminal: str = "") -> None:
        self._notifier, self._of = notifier, f"{escape(terminal)}: " if terminal else ""

    @contextmanager
    def said(self, what: str = "reporting") -> Iterator[None]:
        """Nothing that is raised in it leaves it."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, the next examination comes
            kind = type(error).__name__
            self._notifier.trouble(self._of + what, kind, self._trouble(f"{kind}: {error}"))
        else:
            self._notifier.over(self._of + what, Bilingual(f"{self._of}报告又正常了", f"{self._of}reporting works again"))

    def of(self, examination: Examination) -> None:
        """That of an examination that did not come to its end, or that there is none any more."""
        fault = fault_of(examination)
        if fault is None:
            text = Bilingual(f"{self._of}检查又正常了", f"{self._of}the examination works again")
            self._notifier.over(f"{self._of}examination", text)
        else:
            self._notifier.trouble(f"{self._of}examination", fault.split(":", 1)[0], self._trouble(fault))

    def _trouble(self, text: str) -> Bilingual:
        shown = escape(text)
        return Bilingual(f"{self._of}自身出错，稍后重试：{shown}", f"{self._of}a fault of its own, it goes on trying: {shown}")
