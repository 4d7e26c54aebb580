"""A drill that took place goes to the record, and whoever made it is told so."""

from __future__ import annotations

from agent.commands.failure import CommandFailed
from agent.commands.telling import Ear, Heard, tell
from agent.contract.word import Word
from agent.present import output
from agent.present.page import Page
from agent.settings.load import Loaded


def note(told: Word, loaded: Loaded, page: Page) -> None:
    """One that cannot be noted has taken place all the same."""
    try:
        heard = tell(Ear.of(loaded), [told])
    except CommandFailed as failed:
        output.complain(page.wrap(page.words(failed.text)))
        return
    recorded = heard is Heard.RECORDED
    noted = page.say("已记入记录。", "Noted in the record.") if recorded else page.say("等服务记入记录。", "The service will note it.")
    output.say(page.paint_all(page.wrap(noted), "faint"))
