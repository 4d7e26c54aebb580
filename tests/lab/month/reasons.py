"""Why what is not right is so, where somebody has followed it through the code: by month and kind."""

from __future__ import annotations

from typing import Final

from tests.lab.month.judge import Held

NOT_TRACED: Final = "not traced"
_KILLED = "what looks saw of the way and of devices lay in memory alone, and went with the service that was killed; mended since"
# by month: a word of what it was, what ended it by the record, and why
_TRACED: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "first": (
        ("the printer is jammed", "", _KILLED),
        (
            "it comes back",
            "router_restarted",
            "the line came back within the time of the restart in vain, which is then the likelier of the two",
        ),
    ),
    "second": (
        (
            "no memory is left",
            "terminal_restarted",
            "the start that ended the first fault was within its time when the second one ended, which it cannot end; mended since",
        ),
        ("a portal stands", "", "a start of the machine cannot end a portal, and was yet taken for what might still do so"),
        ("the router hangs", "line_recovered", _KILLED),
        (
            "the host refuses",
            "",
            "the router's restart, for the other fault, was within its time when the host came back, which it cannot bring; mended since",
        ),
    ),
    "today": (
        (
            "over the backup",
            "address_renewed",
            "the default route that the backup got was taken for one that was put right; mended since",
        ),
    ),
}


def reason(month: str, held: Held) -> str:
    """`month`: the name that its result is kept by."""
    what = " ".join((*held.kinds, held.mend, *held.strikes))
    return next((why for word, said, why in _TRACED.get(month, ()) if word in what and said == held.trace), NOT_TRACED)
