"""A contact played in a world of its own: `posdiag check --beside`, unmodified, or `--check` where it is about a printer of its own."""

from __future__ import annotations

import json

from msgspec.structs import replace

from tests.lab.beside.entry import Contact
from tests.lab.beside.plugged import NAME
from tests.lab.field.scoring import Outcome
from tests.lab.play import Played, said
from tests.support.world import World, verdict


def look(w: World) -> verdict.Verdict:
    if "beside" not in w.config:
        return w.check()
    return verdict.posdiag(w.seat(), "check", "--beside", NAME, "--json", "--config", str(w.configure()))


def ten_minutes_later(w: World) -> None:
    """What may be tried once in that time may be tried again."""
    path = w.folder / "state" / "beside" / NAME / "memory.json"
    if path.exists():
        path.write_text(json.dumps(json.loads(path.read_text()) | {"tried": {}, "said": {}, "searched_at": 0.0}))


def play(contact: Contact) -> Played:
    with World(**contact.scenario.world) as w:
        contact.scenario.arrange(w)
        if contact.seen_before:
            w.run_once()  # the service's look: a check by hand is not remembered
            ten_minutes_later(w)
        contact.scenario.make(w)
        seen = look(w)
    return Played(
        name=contact.name,
        state=seen.state,
        can_pay=str(seen.status.get("can_pay")),
        exit_status=seen.code,
        causes=said(seen.status),
        seconds=round(seen.seconds, 3),
        text=seen.explain(),
    )


def judged(contact: Contact, played: Played) -> Outcome:
    """Right, and of payment nothing is said that is not so. Where nothing can be known, `unknown` is what a healthy one is."""
    outcome = Outcome.of(contact, played)
    nothing_said = outcome.guess is None
    well = nothing_said and outcome.state_right if contact.healthy else outcome.right
    alarm = contact.healthy and (not outcome.state_right or any(cause.severity != "notice" for cause in played.causes))
    return replace(outcome, right=well and played.can_pay in contact.pays, alarm=alarm)
