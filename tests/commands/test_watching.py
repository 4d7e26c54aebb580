"""The story that `posdiag watch` tells: since when what it says has been so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from agent.commands.watching import Sight, Story
from agent.contract.times import parse
from agent.present.page import Page
from tests.support.guided import CABLE, faulty, healthy


@pytest.mark.parametrize(("since", "shown"), [("2026-01-31T08:00:00.000Z", ":00:00 "), ("2026-01-29T08:00:00.000Z", "01-29 ")])
def test_what_the_service_has_known_for_a_while_is_no_change_of_now(since: str, shown: str) -> None:
    now = parse("2026-01-31T08:30:07.000Z") or 0.0
    story = Story(Page(language="en"), lambda: now)
    bad = replace(faulty(CABLE), since=since)
    bad = replace(bad, cause=CABLE)
    story.take(seen(bad, service=bad), [])
    assert story.since == since and shown in story.told()[0]
    story.take(seen(healthy(), service=bad), [])
    assert ":30:07 " in story.told()[0], "what was seen here is of now"


def seen(status: Any, service: Any) -> Sight:
    live: Any = SimpleNamespace(settled=True, service=service)
    return Sight(live=live, status=status)
