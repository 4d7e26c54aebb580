"""What the acquirer's host says of the merchant's account, in both dialects and every framing, and over HTTP."""

from __future__ import annotations

from probes.settings import Dialect, Framing
from tests.lab.scenario import Make, Scenario, as_user, fault
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.iso.answers import replies
from tests.support.world import acquirers

SUSPENDED, UNKNOWN, SIGN_IN = "operator.account_suspended", "operator.terminal_not_registered", "operator.sign_in_required"
GROUP = "account / host fault / gateway down"
ASCII, UNIONPAY = Dialect.ISO87_ASCII, Dialect.UNIONPAY


def iso(code: str, dialect: Dialect = UNIONPAY, framing: Framing = Framing.BYTES_2, *, tls: bool = True, requirement: str = "0",
        mapping: dict[str, str] | None = None) -> Make:  # fmt: skip
    more = {"response_codes": mapping} if mapping else {}
    return lambda w: acquirers.speaks(w, Acquirer(dialect, framing, replies(code, requirement=requirement)), tls=tls, iso8583=more)


_03 = fault("ISO 8583: 03", SUSPENDED, iso("03"), group=GROUP, fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _03,
    as_user(_03),
    *(fault(f"ISO 8583: 03, {dialect.value}, {framing.value}", SUSPENDED, iso("03", dialect, framing), group=GROUP)
      for dialect, framing in ((UNIONPAY, Framing.BCD_2), (UNIONPAY, Framing.ASCII_4), (ASCII, Framing.BYTES_2), (ASCII, Framing.ASCII_4),
                               (ASCII, Framing.HEX_4))),
    fault("ISO 8583: 03 over a plain connection", SUSPENDED, iso("03", tls=False), group=GROUP, fixed=True),
    fault("ISO 8583: 58 mapped to suspended", SUSPENDED, iso("58", mapping={"58": SUSPENDED}), group=GROUP, fixed=True),
    fault("HTTP 402", SUSPENDED, acquirers.endpoint(402), group=GROUP, fixed=True),
    fault("HTTP 402 in plain", SUSPENDED, acquirers.endpoint(402, tls=False), group=GROUP, fixed=True),
    fault("HTTP 403 mapped to suspended", SUSPENDED, acquirers.endpoint(403, codes={"403": SUSPENDED}), group=GROUP, fixed=True),
    fault("ISO 8583: 97", UNKNOWN, iso("97"), group=GROUP, fixed=True),
    fault("ISO 8583: 58", UNKNOWN, iso("58"), group=GROUP, fixed=True),
    fault("ISO 8583: 97, iso87-ascii", UNKNOWN, iso("97", ASCII, Framing.BCD_2), group=GROUP),
    fault("HTTP 410 mapped to not registered", UNKNOWN, acquirers.endpoint(410, codes={"410": UNKNOWN}), group=GROUP),
    fault("ISO 8583: 77", SIGN_IN, iso("77"), group=GROUP, fixed=True),
    fault("ISO 8583: A0", SIGN_IN, iso("A0"), group=GROUP, fixed=True),
    fault("ISO 8583: A0 in small letters", SIGN_IN, iso("a0"), group=GROUP),
    fault("ISO 8583: 99, iso87-ascii", SIGN_IN, iso("99", ASCII, Framing.HEX_4), group=GROUP),
    fault("ISO 8583: processing requirement 3", SIGN_IN, iso("00", requirement="3"), "degraded", group=GROUP, fixed=True),
    fault("HTTP 401", SIGN_IN, acquirers.endpoint(401), group=GROUP, fixed=True),
)  # fmt: skip
