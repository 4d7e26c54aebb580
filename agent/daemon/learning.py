"""What the daemon knows of the steps from cases: the fleet's lessons, read again when they change."""

from __future__ import annotations

from agent.contract.experience import Experience
from agent.outputs.notifier import Notifier
from agent.settings.model import Settings
from agent.storage.lessons_file import LessonsFile
from probes.ground.bilingual import Bilingual

_WHOLE_AGAIN = Bilingual("机群经验文件又可用了", "the lessons of the fleet can be used again")


class Learning:
    def __init__(self, settings: Settings, notifier: Notifier) -> None:
        self._lessons, self._notifier = LessonsFile(settings), notifier

    def experience(self) -> Experience:
        fleet, trouble = self._lessons.read(), self._lessons.trouble
        if trouble is None:
            self._notifier.over("lessons", _WHOLE_AGAIN)
        else:
            self._notifier.trouble("lessons", trouble.en, trouble)
        return Experience(fleet=fleet)
