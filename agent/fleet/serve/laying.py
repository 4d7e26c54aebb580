"""What is laid down to be handed out, beside the answer that the store keeps: the pages and the fleet's metrics."""

from __future__ import annotations

from pathlib import Path

from agent.fleet.page.page import page_of
from agent.fleet.serve import shown
from agent.fleet.survey.survey import Survey
from agent.fleet.watching.groups import groups
from agent.fleet.watching.metrics import metrics
from agent.fleet.watching.own import about
from agent.storage.atomic import write

_MODE = 0o640


def lay_down(store: Path, survey: Survey, *, renewed_s: int, every_s: float, took_s: float) -> None:
    """`renewed_s`: how often a browser is to ask again; `every_s`, `took_s`: of the answer, for the metrics.

    Raises `StoreError`; what is not replaced then stays as it was.
    """
    folder, found = store / shown.FOLDER, survey.scanned
    for language in shown.LANGUAGES:
        page = page_of(
            survey.answer,
            found.table,
            survey.before,
            language,
            silent=found.silent,
            victims_of={fault.id: survey.located.failing(fault.id) for fault in survey.answer.faults},
            never=found.never_reported or (),
            renewed_s=renewed_s,
        )
        write(folder / shown.PAGE.format(language=language), page, mode=_MODE)
    text = metrics(survey.answer, groups(found.table, found.silent), about(every_s=every_s, took_s=took_s))
    write(folder / shown.METRICS, text.encode("utf-8", "replace"), mode=_MODE)
