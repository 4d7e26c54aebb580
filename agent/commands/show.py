"""A status document as it was asked for: for a person, in one line, or in a format for programs."""

from __future__ import annotations

from agent.commands.request import Request
from agent.contract.document import Status
from agent.present import output
from agent.present.page import Page
from agent.present.report import Reader, render

_QR_BYTES = (1024, 600, 400, 300, 230)  # ever shorter, until the code fits the screen


def show(status: Status, page: Page, reader: Reader, request: Request) -> None:
    if request.form is not None:
        output.say_bytes(_encoded(status, request.form, reader))
        return
    if request.quiet:
        output.say(quiet(status, page, reader))
        return
    output.say(render(status, page, reader))
    if request.qr:
        from agent.contract import summary
        from agent.present.qr import draw
        from agent.status.summary import summarise

        short = summarise(status)
        output.say(["", *draw([summary.encode(short, limit).rstrip() for limit in _QR_BYTES], page)])


def _encoded(status: Status, form: str, reader: Reader) -> bytes:
    """UTF-8, whatever the encoding of the terminal."""
    stale = reader.stale is not None
    match form:
        case "json":
            from agent.contract.encode import encode

            return encode(status)
        case "json-compact":
            from agent.contract import summary
            from agent.status.summary import summarise

            return summary.encode(summarise(status))
    from agent.present import formats

    match form:
        case "nagios":
            text = formats.nagios(status, stale=stale, read_s=reader.age_s or 0.0) + "\n"
        case "prometheus":
            text = formats.prometheus(status, stale=stale)
        case _:
            text = formats.tsv(status)
    return text.encode("utf-8", "backslashreplace")


def quiet(status: Status, page: Page, reader: Reader) -> list[str]:
    """The verdict in one line; a stale one says that it is."""
    from agent.present.headline import headline
    from agent.settings.model import Language

    language = Language(page.language)
    stale = page.say("（过时）", "(stale) ") if reader.stale is not None else ""
    return [page.fit(stale + headline(status, language, None if reader.stale is not None else reader.age_s or 0.0))]
