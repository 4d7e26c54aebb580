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
    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier

    @contextmanager
    def said(self, what: str = "reporting") -> Iterator[None]:
        """Nothing that is raised in it leaves it."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, the next examination comes
            kind = type(error).__name__
            self._notifier.trouble(what, kind, _trouble(f"{kind}: {error}"))
        else:
            self._notifier.over(what, Bilingual("报告又正常了", "reporting works again"))

    def of(self, examination: Examination) -> None:
        """That of an examination that did not come to its end, or that there is none any more."""
        fault = fault_of(examination)
        if fault is None:
            self._notifier.over("examination", Bilingual("检查又正常了", "the examination works again"))
        else:
            self._notifier.trouble("examination", fault.split(":", 1)[0], _trouble(fault))


def _trouble(text: str) -> Bilingual:
    return Bilingual(f"自身出错，稍后重试：{escape(text)}", f"a fault of its own, it goes on trying: {escape(text)}")
