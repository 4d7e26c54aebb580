"""What a row of `predictions.py` is made of, how it is held against an observation, and the shapes that most rows have. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from functools import cache

from msgspec import Struct

from agent.diagnosis.evidence import SILENCE
from agent.diagnosis.places import Aspect, Observed, Place, Stands
from probes.model import Kind, Symptom


class Says(Enum):
    MUST_FAIL = auto()
    MUST_PASS = auto()
    EITHER = auto()


class Foretold(Struct, frozen=True):
    """`symptoms`: how it fails where it does; none: in any way."""

    says: Says
    symptoms: frozenset[Symptom] = frozenset()


Reach = Mapping[Place, Foretold]


class Row(Struct, frozen=True):
    """`sign`: where its own trace is seen, which only this cause or its like leaves; empty: known by its effects alone. One that was
    looked for and is not there takes the cause away as a rival. `by_number`: told from its like by the number that the host said.
    `apart`: of these, another one on the same way is another one all the same."""

    own: Reach
    others: Reach = {}
    sign: Reach = {}
    by_number: bool = False
    apart: tuple[Place, ...] = ()


SPARED = Foretold(Says.MUST_PASS)
# where a row has no word of its own for it
_LIKE: Mapping[Place, Place] = {Aspect.OWN_RESOLVER: Kind.RESOLVER, Aspect.GATEWAY_NAME: Aspect.NAME}


@cache
def fails(*symptoms: Symptom) -> Foretold:
    return Foretold(Says.MUST_FAIL, frozenset(symptoms))


@cache
def may(*symptoms: Symptom) -> Foretold:
    return Foretold(Says.EITHER, frozenset(symptoms))


def foretold(row: Row, seen: Observed) -> Foretold:
    own = seen.stands is Stands.ACCUSED or (seen.stands is Stands.ON_THE_WAY and seen.place not in row.apart)
    reach = row.own if own else row.others
    return reach.get(seen.place) or reach.get(_LIKE.get(seen.place, seen.place), SPARED)


def contradicts(row: Row, seen: Observed) -> bool:
    """It passed and must fail, or it failed and must not, or not so."""
    if seen.failed is None:
        return False
    expected = foretold(row, seen)
    if not seen.failed:
        return expected.says is Says.MUST_FAIL
    return expected.says is Says.MUST_PASS or (bool(expected.symptoms) and seen.symptom not in expected.symptoms)


MUTE = (*SILENCE, Symptom.SILENT, Symptom.LOSS)
# what a line that loses packets makes of an exchange
CUT = (*MUTE, Symptom.RESET, Symptom.CLOSED, Symptom.TLS_STALLED, Symptom.TLS_FAILED, Symptom.CUT_OFF)
# what something on the way says in everybody's name
BOX = (Symptom.REFUSED, Symptom.RESET, Symptom.CLOSED, Symptom.SILENT, Symptom.TLS_STALLED, Symptom.TLS_FAILED)
PAGE = (Symptom.REDIRECTED, Symptom.REWRITTEN, Symptom.WRONG_STATUS)
REMOTE: tuple[Place, ...] = (
    Kind.HTTP_CHECK,
    Kind.REACH,
    Kind.PROXY,
    Kind.NTP,
    Kind.PAGE,
    Kind.TLS_SPOKEN,
    Kind.NAMES_ELSEWHERE,
    Kind.GATEWAY,
)
BEYOND: tuple[Place, ...] = (Kind.RESOLVER, *REMOTE)
DENIED = (Symptom.SERVFAIL, Symptom.DNS_REFUSED, Symptom.NXDOMAIN, Symptom.NO_USABLE_ANSWER, Symptom.BAD_ANSWER)
# of one name alone: that it does not exist is its owner's word
WITHHELD = (Symptom.SERVFAIL, Symptom.DNS_REFUSED, Symptom.NO_USABLE_ANSWER, Symptom.BAD_ANSWER)
PROXY_SAYS = (Symptom.PROXY_AUTH, Symptom.PROXY_FAILED, Symptom.PROXY_REFUSED, Symptom.PROXY_TIMEOUT)
OUT_OF_DATE = (Symptom.CERT_EXPIRED, Symptom.CERT_NOT_YET_VALID)
MISREAD = (Symptom.CLOSED, Symptom.SILENT, Symptom.RESET, Symptom.TLS_STALLED, Symptom.BAD_ANSWER, Symptom.CUT_OFF)
MEANT_ELSEWHERE = (Symptom.CERT_WRONG_NAME, Symptom.PLAIN_TEXT, Symptom.REDIRECTED, Symptom.HTTP_STATUS)
OUR_CERTIFICATE = (
    Symptom.CLIENT_CERT_MISSING,
    Symptom.CLIENT_CERT_EXPIRED,
    Symptom.CLIENT_CERT_REFUSED,
    Symptom.CLIENT_CERT_UNUSABLE,
)
BY_CLOCK = (*OUT_OF_DATE, Symptom.TRUST_EXPIRED)

NOTHING: Reach = {}


def each(places: Sequence[Place], how: Foretold) -> dict[Place, Foretold]:
    return dict.fromkeys(places, how)


def link(where: Place, *symptoms: Symptom, modem: tuple[Symptom, ...] = ()) -> Row:
    """No packet leaves over this interface; `modem`: what the modem behind it says."""
    below: Reach = {where: may(*symptoms), Kind.ADDRESS: may(), Kind.DEFAULT_ROUTE: may(), Kind.NO_RESOLVER: may(), Kind.CONFLICT: may()}
    beyond: Reach = {Kind.ROUTER: fails(), Kind.LOSS: fails(), Aspect.NAME: may(), Aspect.WAY: may(), **each(BEYOND, fails())}
    said: Reach = {Kind.SERIAL: fails(*modem)} if modem else {}
    heard: Reach = {Kind.SERIAL: may(*modem), Aspect.CELLULAR: may(*symptoms)} if modem else {}
    return Row({**below, **beyond, **heard}, each(BEYOND, may()), {where: fails(*symptoms), **said})


def quality(sign: Reach) -> Row:
    """Packets are lost or late: anything beyond may fail, and may pass; a name server behind it that loses its own says so."""
    hit: Reach = {
        Kind.ROUTER: may(),
        Aspect.NAME: may(),
        Kind.NAME_COST: may(Symptom.NAMES_SLOW),
        Kind.LOSS: may(Symptom.LOSS, Symptom.LATENCY),
        **each(REMOTE, may(*CUT, Symptom.LARGE_PACKETS_LOST)),
    }
    return Row({**hit, Kind.RESOLVER: may(*CUT, Symptom.SERVFAIL, Symptom.DNS_REFUSED), **sign}, sign=sign)


def alone(place: Place, *symptoms: Symptom) -> Row:
    """It reaches nothing but itself."""
    return Row({place: fails(*symptoms)}, apart=(place,))


def host(*symptoms: Symptom, by_number: bool = False, spoken: Reach = NOTHING) -> Row:
    """This host alone, or what stands for it; others may be of the same house. `spoken`: TLS, where it was asked in plain."""
    return Row({Kind.GATEWAY: fails(*symptoms), **spoken}, {Kind.GATEWAY: may(*symptoms)}, spoken, by_number, (Kind.GATEWAY,))


def elsewhere(why: Reach) -> Row:
    """The host accepts at another address than the one that this terminal has for its name. `why`: who gave the wrong one."""
    hit: Reach = {Kind.GATEWAY: fails(), Kind.OTHER_ADDRESS: fails(), Kind.TLS_SPOKEN: may(), **why}
    return Row(hit, sign={Kind.OTHER_ADDRESS: fails()}, apart=(Kind.GATEWAY,))


def not_asked_elsewhere() -> Row:
    """What a name server gives is an old address, or one of somebody else's: only who asks elsewhere can tell."""
    sign: Reach = {Aspect.AS_ELSEWHERE: fails()}
    hit = fails(*MUTE, Symptom.CERT_UNTRUSTED, Symptom.CERT_WRONG_NAME)
    return Row({Kind.GATEWAY: hit, Aspect.GATEWAY_NAME: fails(Symptom.NXDOMAIN), **sign}, sign=sign, apart=(Kind.GATEWAY,))


def slow_names() -> Row:
    """One name server costs time: it may be silent, and another one answers."""
    dead: Reach = {Kind.RESOLVER: may(*MUTE, Symptom.REFUSED)}
    slow: Reach = {Kind.NAME_COST: fails(Symptom.NAMES_SLOW), **dead}
    return Row(slow, {Kind.NAME_COST: may(Symptom.NAMES_SLOW), **dead}, {Kind.NAME_COST: fails()}, apart=(Kind.NAME_COST,))


def astray(sign: Reach) -> Row:
    """Packets are sent where nobody passes them on."""
    hit: Reach = {
        Kind.ROUTER: may(Symptom.ROUTER_SILENT, Symptom.ROUTER_OFF_SUBNET),
        Aspect.NAME: may(*MUTE),
        **each(BEYOND, may(*MUTE, Symptom.REFUSED)),
    }
    return Row({**hit, **{place: may(*how.symptoms) for place, how in sign.items() if place not in hit}, Kind.LOSS: may()}, sign=sign)


def dropped_here(*symptoms: Symptom) -> Row:
    """This machine drops what comes back, or keeps what is sent, of all or of some."""
    silence = {Aspect.NAME: may(*MUTE), **each(BEYOND, may(*MUTE))}
    here: Reach = {Kind.ARRIVALS: may(*symptoms), Aspect.HEARD: fails(*symptoms), Aspect.NEIGHBOUR: may(), Kind.LOSS: may()}
    return Row({**here, Kind.ROUTER: may(Symptom.ROUTER_SILENT), **silence}, silence, {Aspect.HEARD: fails(*symptoms)})


def no_context() -> Row:
    """The modem is well, and there is no data: told from its like by what the network said when it refused."""
    hit: Reach = {
        Aspect.CELLULAR: may(Symptom.NO_DATA, Symptom.NO_CARRIER, Symptom.ADMIN_DOWN, Symptom.ABSENT),
        Kind.SERIAL: may(Symptom.NOT_ATTACHED),
        **each((Kind.ADDRESS, Kind.DEFAULT_ROUTE, Kind.NO_RESOLVER, Kind.ROUTER, Kind.LOSS, Aspect.NAME, Aspect.WAY), may()),
        **each(BEYOND, fails(*MUTE)),
    }
    return Row(hit, sign={Aspect.CELLULAR: fails()})
