"""The output `file`: what stands there is what `posdiag status --format` prints, whole at any moment."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from agent.contract import summary
from agent.diagnosis.model import CanPay, State
from agent.outputs import configured
from agent.outputs.error_stream import ErrorStream
from agent.outputs.file_output import FileOutput
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.line import Line
from agent.outputs.notifier import Notifier
from agent.outputs.registry import TABLE
from agent.outputs.seam import Context, Undelivered
from agent.present.formats import prometheus
from agent.settings.model import Language, Settings
from agent.status.summary import summarise
from tests.support.clocks import SetClock
from tests.support.documents import status
from tests.support.patience import PATIENCE_S

DOCUMENT = status(CanPay.YES, State.OK)


def made(path: Path, form: str) -> tuple[FileOutput, Context]:
    errors, clock = ErrorStream(Language.EN), SetClock()
    notifier = Notifier(Language.EN, errors)
    context = Context(files=FileTroubles(notifier, clock), errors=errors, clock=clock, notifier=notifier, line=Line())
    table = {"output": [{"kind": "file", "path": str(path), "format": form}]}
    (output,) = configured.make(msgspec.convert(table, Settings), context)
    assert isinstance(output, FileOutput)
    return output, context


def test_it_is_in_the_table_and_none_is_configured_by_default() -> None:
    assert configured.make in TABLE
    assert configured.make(Settings(), None) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("form", "content"),
    [("json-compact", summary.encode(summarise(DOCUMENT))), ("prometheus", prometheus(DOCUMENT, stale=False).encode())],
)
def test_it_holds_the_newest_document(tmp_path: Path, form: str, content: bytes) -> None:
    path = tmp_path / "there" / "posdiag.prom"
    output, _ = made(path, form)
    output.document(status(CanPay.NO, State.OUTAGE))
    earlier = path.stat().st_ino
    output.document(DOCUMENT)
    assert path.read_bytes() == content and path.stat().st_ino != earlier and path.stat().st_mode & 0o777 == 0o644
    assert [each.name for each in path.parent.iterdir()] == ["posdiag.prom"]


def test_a_place_that_cannot_be_written_is_said_once_and_is_no_reason_to_start_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there").write_text("a file")
    output, context = made(tmp_path / "there" / "posdiag.prom", "prometheus")
    for _ in range(3):
        with pytest.raises(Undelivered):
            output.document(DOCUMENT)
    assert context.errors.flush(PATIENCE_S) and capsys.readouterr().err.count("cannot write") == 1
    assert context.files.barred_s == 0.0
