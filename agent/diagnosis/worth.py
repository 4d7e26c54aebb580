"""What a verdict is worth in a world that no rule was written for, by what it rests on. Pure.

docs/confidence.md says where the numbers come from, and a test holds them against the public reports at first contact.
"""

from __future__ import annotations

from enum import Enum
from typing import Self

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Cause


class Ground(Enum):
    """`WORD`: the host said it in a number, or the hardware, its driver or the kernel in a state of its own. `CONCLUSION`: it was put
    together from silence, from what is not there, from answers and settings; many faults look alike."""

    CONCLUSION = "conclusion"
    WORD = "word"

    @classmethod
    def of(cls, code: Cause) -> Self:
        return cls.WORD if code in _WORD else cls.CONCLUSION


# The most that a verdict may be worth by its ground and by how many observations would differ if the next likely cause were true: none,
# one, more.
MOST = {Ground.CONCLUSION: (0.5, 0.65, 0.75), Ground.WORD: (0.6, 0.75, 1.0)}

_WORD = frozenset(
    {
        Cause.CABLE_UNPLUGGED,
        Cause.INTERFACE_DISABLED,
        Cause.RADIO_OFF,
        Cause.WIFI_PASSWORD,
        Cause.SIM_MISSING,
        Cause.SIM_LOCKED,
        Cause.WEAK_SIGNAL,
        Cause.PROXY_MISCONFIGURED,
        Cause.CLIENT_CERTIFICATE,
        Cause.ACCOUNT_SUSPENDED,
        Cause.TERMINAL_NOT_REGISTERED,
        Cause.SIGN_IN_REQUIRED,
        Cause.GATEWAY_ERROR,
        Cause.GATEWAY_CERTIFICATE_EXPIRING,
        Cause.TLS_INCOMPATIBLE,
        Cause.CLOCK_WRONG,
        Cause.PAPER_OUT,
        Cause.PAPER_LOW,
        Cause.COVER_OPEN,
        Cause.PRINTER_FAULT,
        Cause.CHARGER_UNPLUGGED,
        Cause.BATTERY_LOW,
        Cause.DATE_DUE,
        Cause.DATE_PASSED,
        Cause.DEBUGGING_NOT_ALLOWED,
        Cause.DEBUGGING_OPEN,
        Cause.DISK_FULL,
        Cause.DISK_READ_ONLY,
        Cause.MEMORY_EXHAUSTED,
        Cause.LOCAL_FIREWALL,
        Cause.SOCKETS_EXHAUSTED,
        Cause.PORT_BUSY,
        Cause.PORT_PERMISSION,
    }
)


def worth(candidate: Candidate, told_by: int) -> float:
    """The most that its confidence may be. A doubt tells nothing apart: it is a conclusion that holds where any cause it names is so."""
    doubt = candidate.code is Cause.INDETERMINATE
    ground = Ground.CONCLUSION if candidate.silence else Ground.of(candidate.code)
    return MOST[ground][-1 if doubt else min(2, told_by)]
