"""Why what is not right stays as it is: a sentence by kind."""

from __future__ import annotations

from tests.lab.month.judge import Held

_KILLED = "what looks saw of the way and of devices lies in memory alone, and went with the service that was killed"
_NOT_NEAR = (
    "the last look without the link was more than 15 s before, so that a cable pushed in cannot be told from a router with power again: "
    "that the kernel's event is what began the look is not made use of"
)
_SOON = "what was tried in vain may still have taken effect by then, within its time"


def reason(held: Held) -> str:
    """Empty where nobody has found out."""
    if not held.cause_right:
        if "system.printer_fault" in held.true_causes:
            return "the printer was off for longer than it told of its fault: the cause that led the longest is the silence"
        return "another fault's repair, tried in vain, led to a cause of its own that stood the longest"
    if any("killed" in each for each in held.strikes):
        return _KILLED
    if held.true_trace == "link_replugged":
        return _NOT_NEAR
    if any("restarted" in each for each in held.strikes) or held.true_tried:
        return _SOON
    return ""
