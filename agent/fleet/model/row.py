"""One terminal, as it was last heard of: what was read of a status document or of a summary, and when it came in."""

from __future__ import annotations

from msgspec import Struct

from agent.contract.summary import ClosedIncident

OK, DEGRADED, OUTAGE, UNKNOWN = range(4)  # of `state`, as in the summary
CAN_PAY, CANNOT_PAY, CANNOT_TELL = 1, 0, -1  # of `can_pay`, as in the summary


class Row(Struct, kw_only=True, omit_defaults=True):
    """Times are seconds since the epoch. `received`: when it came in, by the collector's clock; where nobody knows that, `generated`.

    `cause`: the first that is no notice, empty where all is well; `causes`: all of them, notices too. `attributes`: by the names of
    `attributes.ATTRIBUTES`, without those that are not known; a label without a meaning of its own is `label:NAME`.
    `seconds_by_state`, `incidents_by_cause`: counted by the terminal itself since it keeps a record (a summary has them, a document not);
    a replaced terminal begins anew. `closed`: its last incidents that are over.
    """

    id: str
    serial_number: str = ""
    machine_id: str = ""
    boot_id: str = ""
    sequence: int = 0
    generated: int
    valid_until: int
    received: int
    since: int = 0
    state: int
    can_pay: int
    cause: str = ""
    subject: str = ""
    causes: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    stopped: bool = False
    seconds_by_state: dict[str, int] = {}
    incidents_by_cause: dict[str, int] = {}
    closed: tuple[ClosedIncident, ...] = ()
