"""What moved on the way out: each interface with its router, from one look to the next. Pure.

A cable pulled and pushed: the router answers as soon as the link is there, and the line with it. A router restarted: the link, or the
router's answer, was gone for long, and the router answers before its line does, or the link is there before the router is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from agent.contract.trace import Trace
from probes.model import Check, Facts, Kind, Layer, Symptom
from probes.model.facts import AddressFacts, LinkFacts, RouterFacts

RESTART_S = 10.0  # no router is back sooner
FAR_RESTART_S = 20.0  # where no link tells of it: longer than anybody holds a plug
BOOT_S = 180.0  # within it a router answers that was restarted
FLAP_S = 60.0  # and within it its ports come and go
LAG_S = 8.0  # a link that was plugged has its router within it, an address asked for anew included
LINE_LAG_S = 5.0  # likewise, the line behind a router that was there all along
NEAR_S = 15.0  # between two looks: what came back between them is known to have come back then
_NO_LINK: Final = frozenset({Symptom.NO_CARRIER, Symptom.NOT_ASSOCIATED, Symptom.WRONG_PASSWORD, Symptom.RADIO_OFF, Symptom.ABSENT})
# whatever moves the way out: while one of these may still take effect, nobody can say that a line came back by itself
WAY: Final = (
    Trace.TERMINAL_RESTARTED,
    Trace.ROUTER_REPLACED,
    Trace.ROUTER_RESTARTED,
    Trace.RADIO_ON,
    Trace.SIM_CHANGED,
    Trace.WIFI_JOINED,
    Trace.LINK_REPLUGGED,
    Trace.ADDRESS_RENEWED,
    Trace.UPLINK_SWITCHED,
    Trace.RESOLVERS_CHANGED,
)
PLUGGED_OR_RESTARTED = (Trace.LINK_REPLUGGED, Trace.ROUTER_RESTARTED)
SILENT_AND_BACK = (Trace.ROUTER_RESTARTED, Trace.LINK_REPLUGGED)  # and the terminal's own link was there all along


class Left(Struct, frozen=True, kw_only=True):
    """A trace: it began and was complete at these seconds on the running clock. Several in `traces`: one of them, and it cannot be told
    which."""

    traces: tuple[Trace, ...]
    began: float
    at: float
    subject: str = ""


class Seen(Struct, frozen=True, kw_only=True):
    """Of one interface in one look. None: not looked at."""

    link: bool | None = None
    symptom: Symptom | None = None
    cellular: bool = False
    router: bool | None = None
    address: bool | None = None
    flickered: bool = False


class Way:
    """Of one interface. `line`: whether anything beyond the router answered; None: nobody asked."""

    def __init__(self) -> None:
        self._good: float | None = None  # when link and router were last seen well
        self._line_before: bool | None = None
        self._looked, self._told_of = 0.0, False
        self._gone: float | None = None  # first look without it
        self._began: float | None = None  # likewise, or since when it is gone for another reason
        self._symptoms: set[Symptom] = set()
        self._down_at: float | None = None  # last look without a link
        self._pulled_at = 0.0  # first look of those
        self._mute_at: float | None = None  # a look with the link there all along, and no router
        self._up_at: float | None = None  # first look with the link again
        self._silent_at: float | None = None  # last look with a link and no router
        self._back: float | None = None  # since when the router answers again, while its line is waited for
        self._line_silent_at: float | None = None
        self._cellular = False
        self._no_address = False  # before the link went
        self._answerless = False  # it was asked, and was silent

    def look(self, seen: Seen, line: bool | None, at: float, *, told: bool = False) -> tuple[Left, ...]:
        """What is complete now, in its order. `told`: the kernel told of something, and that is what began this look."""
        before, self._looked, self._told_of = self._looked, at, told
        if seen.link is None:
            return ()
        self._cellular = self._cellular or seen.cellular
        lost = not seen.link or seen.router is False or seen.address is False
        if self._gone is None and seen.flickered and self._good is not None:
            self._gone, self._down_at, self._up_at = before, before, at
            self._symptoms.add(Symptom.NO_CARRIER)
        if self._gone is None:
            if not lost:
                self._good, self._line_before = at, line if line is not None else self._line_before
                return ()
            if self._good is None and seen.link:
                return ()  # a router that was never seen does not come back, it comes
            self._gone = at
        self._began = self._began if self._began is not None else self._gone
        return self._gap(seen, line, at)

    def _gap(self, seen: Seen, line: bool | None, at: float) -> tuple[Left, ...]:
        if not seen.link:
            done = self._in_vain(at, FLAP_S)
            if self._up_at is not None or self._down_at is None:
                self._pulled_at = at
            self._down_at, self._up_at, self._back = at, None, None
            if seen.symptom is not None:
                self._symptoms.add(seen.symptom)
            return done
        if self._down_at is not None and self._up_at is None:
            self._up_at, self._down_at = at, at if self._told_of else self._down_at  # until it was told of, it was gone
        if seen.router is False or seen.address is False or (seen.router is None and not line):
            if self._down_at is None:
                self._mute_at, self._no_address = at, seen.address is False
            self._answerless = self._answerless or seen.router is False
            self._back = None
            if seen.router is False or not self._no_address:
                self._silent_at = at
            return self._in_vain(at)
        if self._back is None:
            self._back, self._line_silent_at = at, None
        if line is False:
            self._line_silent_at = at
        useless = self._line_before is False
        if line is not True and not useless and at - self._back < LINE_LAG_S:
            return ()
        return self._over(line, at)

    def _in_vain(self, at: float, within_s: float = BOOT_S) -> tuple[Left, ...]:
        """A cable that was pulled and pushed while the router was silent, before and after. A router that is restarted may drop its ports
        as shortly, and then it answers soon; where there was no address before, that it is silent tells nothing."""
        within_s = min(within_s, LAG_S) if self._no_address else within_s
        if self._mute_at is None or self._up_at is None or self._down_at is None or Symptom.NO_CARRIER not in self._symptoms:
            return ()
        pulled, pushed = self._pulled_at, self._up_at
        if pushed - pulled >= RESTART_S or pushed - self._down_at > NEAR_S or at - pushed < within_s:
            return ()
        self._down_at = self._up_at = None
        self._began = at  # what comes now is another matter
        self._symptoms.discard(Symptom.NO_CARRIER)
        return (Left(traces=(Trace.LINK_REPLUGGED,), began=pulled, at=pushed),)

    def _over(self, line: bool | None, at: float) -> tuple[Left, ...]:
        assert self._gone is not None and self._back is not None
        done = self._in_vain(self._back)
        traces, back = self._told(line, at), self._back
        began = self._began if self._began is not None else self._gone
        self._good, self._line_before = at, (line if line is not None else self._line_before)
        self._gone = self._down_at = self._up_at = self._silent_at = self._back = self._mute_at = None
        self._began = None
        self._symptoms, self._no_address, self._answerless = set(), False, False
        return (*done, Left(traces=traces, began=began, at=back)) if traces else done

    def _told(self, line: bool | None, at: float) -> tuple[Trace, ...]:
        """Empty for what leaves no trace of the vocabulary."""
        gone_s = self._back - (self._good if self._good is not None else self._gone or 0.0) if self._back is not None else 0.0
        if self._restarted() and gone_s >= RESTART_S and not self._cellular:
            return (Trace.ROUTER_RESTARTED,)
        if self._down_at is None:  # somewhere behind a switch
            line_later = self._line_before is False or self._line_silent_at is not None
            if not self._answerless:
                return ()  # an address that was gone is a change of its own
            return (Trace.ROUTER_RESTARTED,) if line_later and gone_s >= FAR_RESTART_S else SILENT_AND_BACK
        for symptom, trace in _OF_LINK:
            if symptom in self._symptoms:
                return (trace,)
        if self._cellular or Symptom.NO_CARRIER not in self._symptoms:
            return ()
        near = (self._up_at or self._back or at) - self._down_at <= NEAR_S
        short = (self._up_at or self._back or at) - (self._gone or 0.0) < RESTART_S
        line_came_too = line is True and self._line_before is not False and self._line_silent_at is None
        return (Trace.LINK_REPLUGGED,) if near and not self._lagged() and (short or line_came_too) else PLUGGED_OR_RESTARTED

    def _restarted(self) -> bool:
        """The router came after the link, or the line after the router."""
        if self._down_at is not None and self._lagged():
            return True
        silent_s = self._line_silent_at - self._back if self._line_silent_at is not None and self._back is not None else 0.0
        return self._line_before is True and silent_s >= LINE_LAG_S

    def _lagged(self) -> bool:
        return self._up_at is not None and self._silent_at is not None and self._silent_at - self._up_at >= LAG_S


_OF_LINK: Final = (
    (Symptom.RADIO_OFF, Trace.RADIO_ON),
    (Symptom.WRONG_PASSWORD, Trace.WIFI_JOINED),
    (Symptom.NOT_ASSOCIATED, Trace.WIFI_JOINED),
    (Symptom.ABSENT, Trace.DEVICE_REPLUGGED),
)


def ways_in(checks: Sequence[Check[Facts]], flickered: Mapping[str, int]) -> dict[str, Seen]:
    """By interface. `flickered`: those whose carrier was gone and back since the last look."""
    routers: dict[str, bool] = {}
    for check in checks:
        if isinstance(check.facts, RouterFacts) and check.made and check.facts.interface:
            routers[check.facts.interface] = check.ok or routers.get(check.facts.interface, False)
    addresses = {check.name: not check.failed for check in checks if isinstance(check.facts, AddressFacts) and check.made}
    found = {}
    for check in checks:
        facts = check.facts
        if not isinstance(facts, LinkFacts) or not check.made:
            continue
        link = None if check.failed and check.symptom not in _NO_LINK and check.symptom is not Symptom.ADMIN_DOWN else not check.failed
        found[check.name] = Seen(
            link=link,
            symptom=check.symptom if check.failed else None,
            cellular=facts.interface_kind == "cellular",
            router=routers.get(check.name),
            address=addresses.get(check.name),
            flickered=check.name in flickered,
        )
    return found


def line_in(checks: Sequence[Check[Facts]]) -> bool | None:
    """Whether anything beyond the router answered; None where nobody asked."""
    asked = [check for check in checks if check.layer in (Layer.INTERNET, Layer.GATEWAY) and check.made and check.kind is not Kind.BACKUP]
    return any(check.ok for check in asked) if asked else None
