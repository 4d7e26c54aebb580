"""Facts of everything that is asked beyond the link: name servers, the Internet, loss, time, gateways."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from probes.model.facts.base import Facts
from probes.model.kinds import Kind


class Phase(StrEnum):
    """Where an attempt is, or ended."""

    RESOLVE = "resolve"
    TCP = "tcp"
    PROXY = "proxy"
    TLS = "tls"
    AFTER_TCP = "after-tcp"
    HTTP = "http"
    APP = "app"
    DONE = "done"


class RemoteFacts(Facts, frozen=True, kw_only=True):
    """Of one connection, or of the attempt.

    phase: where it is, or ended: resolve, tcp, proxy, tls, after-tcp, http, app, done
    resolver: who gave the address; nobody where none was asked
    name_tries: how often it was asked, where more than once
    via: the router on the way; empty for a neighbour on the same link
    rtt_ms: the kernel's smoothed round trip
    retransmits: segments sent again, the SYN included
    date_skew_s: our clock minus the host's
    by: of a failure, the address that said no
    icmp: type and code with which it did
    by_us: our own kernel said so
    rcode: of the name server
    given: useless addresses that it gave
    verify_code: of OpenSSL
    alert: of TLS, the number with which the other side ended
    waited_ms: in vain
    """

    host: str | None = None
    port: int | None = None
    phase: Phase | None = None
    resolver: str | None = None
    name_tries: int | None = None
    address: str | None = None
    interface: str | None = None
    via: str | None = None
    connect_ms: float | None = None
    rtt_ms: float | None = None
    retransmits: int | None = None
    tries: int | None = None
    http_status: int | None = None
    location: str | None = None
    date_skew_s: float | None = None
    by: str | None = None
    icmp: str | None = None
    by_us: bool | None = None
    rcode: str | None = None
    given: tuple[str, ...] = ()
    verify_code: int | None = None
    alert: int | None = None
    waited_ms: float | None = None
    errno: int | None = None


class InternetFacts(RemoteFacts, frozen=True, kw_only=True):
    """expected: the Internet is expected here"""

    expected: bool | None = None


class HttpCheckFacts(InternetFacts, frozen=True, kw_only=True):
    """url: without a login and without what stands behind its question mark"""

    KIND: ClassVar[Kind] = Kind.HTTP_CHECK

    url: str | None = None


class ReachFacts(InternetFacts, frozen=True, kw_only=True):
    """A plain address, reached without names.

    answer: accepted, refused; either came from beyond the router
    """

    KIND: ClassVar[Kind] = Kind.REACH

    answer: str | None = None


class ProxyFacts(RemoteFacts, frozen=True, kw_only=True):
    """The configured proxy itself."""

    KIND: ClassVar[Kind] = Kind.PROXY


class BackupFacts(InternetFacts, frozen=True, kw_only=True):
    """A backup uplink tried for real.

    gateway: the one that accepted over it
    internet: the Internet answered over it, and no gateway did
    """

    KIND: ClassVar[Kind] = Kind.BACKUP

    gateway: str | None = None
    internet: bool | None = None


class ResolverFacts(Facts, frozen=True, kw_only=True):
    """names: name → answer code or symptom
    beyond_router: the way to it leads through a router
    same_for_all: the one address that it gives for every host, or the one network, where none of them is
    found_unchecked: it says SERVFAIL, and finds a name when told to leave out the check of signatures (DNSSEC)
    """

    KIND: ClassVar[Kind] = Kind.RESOLVER

    names: dict[str, str] = {}
    beyond_router: bool | None = None
    interface: str | None = None
    rtt_ms: float | None = None
    tries: int | None = None
    same_for_all: str | None = None
    found_unchecked: bool | None = None
    errno: int | None = None


class NoResolverFacts(Facts, frozen=True, kw_only=True):
    """No name server is set."""

    KIND: ClassVar[Kind] = Kind.NO_RESOLVER


class PageFacts(RemoteFacts, frozen=True, kw_only=True):
    """A host that is silent where it should answer, asked for a web page in plain: what is said in its name.

    elsewhere: the host that it leads to, where that is another one
    page: a checksum of the page, by which two are seen to be the same
    """

    KIND: ClassVar[Kind] = Kind.PAGE

    elsewhere: str | None = None
    page: str | None = None


class NameCostFacts(Facts, frozen=True, kw_only=True):
    """What it costs to find a name as programs ask for it (getaddrinfo of the GNU C library).

    asked: the kinds of questions, by the families of this terminal's addresses
    servers: address → what it answers to each
    options: of the C library (resolv.conf)
    costs_s: how long a program waits
    waits_for: the server that it waits for
    unanswered: the kind that this server leaves unanswered, where it answers the other
    """

    KIND: ClassVar[Kind] = Kind.NAME_COST

    host: str | None = None
    asked: tuple[str, ...] = ()
    servers: dict[str, str] = {}
    options: tuple[str, ...] = ()
    costs_s: float | None = None
    waits_for: str | None = None
    unanswered: str | None = None


class LossFacts(Facts, frozen=True, kw_only=True):
    """method: icmp, tcp, or both
    rtt_ms: the median of those that came back
    """

    KIND: ClassVar[Kind] = Kind.LOSS

    address: str | None = None
    interface: str | None = None
    via: str | None = None
    method: str | None = None
    sent: int | None = None
    lost: int | None = None
    loss_percent: float | None = None
    rtt_ms: float | None = None


class TunnelFacts(Facts, frozen=True, kw_only=True):
    """A tunnel (VPN) through which nothing came back.

    line: the interface on which its packets travel
    outer: the other end's address there
    peer: the other end's address inside the tunnel
    line_answers: somebody answered over that line; not known where nothing could be tried there
    """

    KIND: ClassVar[Kind] = Kind.TUNNEL

    interface: str | None = None
    line: str | None = None
    outer: str | None = None
    peer: str | None = None
    line_answers: bool | None = None


class NamesElsewhereFacts(Facts, frozen=True, kw_only=True):
    """A gateway's name asked of name servers elsewhere, where the own ones do not find it.

    servers: address → answer code
    ipv4_alone: the name has an IPv4 address and no other, where this terminal has none of IPv4
    """

    KIND: ClassVar[Kind] = Kind.NAMES_ELSEWHERE

    host: str | None = None
    servers: dict[str, str] = {}
    ipv4_alone: bool | None = None


class OtherAddressFacts(RemoteFacts, frozen=True, kw_only=True):
    """A gateway that failed, tried at an address that others give for its name: passes where it accepts there.

    instead_of: addresses at which it was tried in vain
    fixed: those come from a fixed entry of this terminal (the hosts file)
    """

    KIND: ClassVar[Kind] = Kind.OTHER_ADDRESS

    instead_of: tuple[str, ...] = ()
    fixed: bool | None = None
    tls_version: str | None = None


class DateFacts(RemoteFacts, frozen=True, kw_only=True):
    """The time as a host of the Internet checks tells it, whose name was found without a check of signatures."""

    KIND: ClassVar[Kind] = Kind.DATE


class TlsSpokenFacts(Facts, frozen=True, kw_only=True):
    """Passes where a host to which a plain connection failed speaks TLS, or one that ends every handshake begins one without its name.

    without_name: the handshake named no host
    for_host: the certificate that it showed then has the host's name in it
    """

    KIND: ClassVar[Kind] = Kind.TLS_SPOKEN

    host: str | None = None
    port: int | None = None
    tls_version: str | None = None
    without_name: bool | None = None
    for_host: bool | None = None


class NtpFacts(Facts, frozen=True, kw_only=True):
    """skew_s: our time minus the server's, positive where our clock is fast"""

    KIND: ClassVar[Kind] = Kind.NTP

    skew_s: float | None = None
    rtt_ms: float | None = None
