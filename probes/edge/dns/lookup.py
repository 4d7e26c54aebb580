"""From a host name to addresses, as the payment application would get them: `/etc/hosts` first, then the resolvers in order.

Not getaddrinfo: it hangs beyond any deadline, and it does not tell a name that does not exist from a resolver that is silent.
"""

from __future__ import annotations

from ipaddress import ip_address

from msgspec import Struct
from msgspec.structs import replace

from probes.edge.dns import by_system, resolver, wire
from probes.edge.failures import CannotTell, PeerFailed
from probes.ground.clock import Clock
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.model.facts import RemoteFacts

_MOST_KNOWN = 64
_PER_SERVER_S = 3.2  # as patient as the check of the resolver itself


class Found(Struct, frozen=True, kw_only=True):
    """`resolver` is empty for an address or a name of `/etc/hosts`. `tries`: how often the resolver was asked at most."""

    addresses: tuple[str, ...]
    resolver: str = ""
    took_ms: float = 0.0
    ttl_s: int = 0
    tries: int = 1

    def seen(self) -> RemoteFacts:
        """What a check whose name this is tells about it."""
        return RemoteFacts(resolver=self.resolver or None, name_tries=self.tries if self.tries > 1 else None)


Asked = tuple[str, tuple[str, ...], tuple[str, ...], int, bool, bool, str, bool]
_SAID = (Symptom.NXDOMAIN, Symptom.NO_USABLE_ANSWER, Symptom.SERVFAIL, Symptom.DNS_REFUSED)


class NameCache:
    """Names that were found, each for as long as its answer allows."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = Clock() if clock is None else clock
        self._known: dict[Asked, tuple[float, Found]] = {}  # until when, on the monotonic clock

    def get(self, asked: Asked) -> Found | None:
        known = self._known.get(asked)
        return known[1] if known is not None and known[0] > self._clock.monotonic() else None

    def put(self, asked: Asked, found: Found) -> None:
        if found.ttl_s > 0:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[asked] = self._clock.monotonic() + found.ttl_s, replace(found, took_ms=0.0, tries=1)

    def forget(self) -> None:
        """Every name is asked for anew, as where something is wrong."""
        self._known.clear()


class Lookup(Struct, frozen=True, kw_only=True):
    """How to look names up here: the resolvers, and the families the terminal has addresses of. What is found is kept in `cache`, where
    there is one."""

    servers: tuple[str, ...]
    search: tuple[str, ...] = ()
    ndots: int = 1  # a name with fewer dots is tried below the suffixes of `search` first
    by_tcp: bool = False
    ipv4: bool = True
    ipv6: bool = False
    interface: str = ""  # empty: as the kernel routes
    unchecked: bool = False  # a server that validates signatures is told to leave that out
    cache: NameCache | None = None
    by_system: bool = False  # where no server is known, the system is asked

    def asked(self, name: str) -> Asked:
        return name, self.servers, self.search, self.ndots, self.ipv4, self.ipv6, self.interface, self.unchecked


def find(name: str, lookup: Lookup, deadline: Deadline) -> Found:
    """Addresses of a name, IPv4 first. Raises `PeerFailed` with `resolver` and the symptom of the last resolver that spoke.

    nxdomain: a resolver says that the name does not exist; timeout, refused, servfail, dns_refused, no_usable_answer: as
    the DNS probe uses them; no_resolver: none is configured. Raises `CannotTell` where one could not be asked, and no other gave an
    address or denied the name.
    """
    try:
        return Found(addresses=(str(ip_address(name)),))
    except ValueError:
        pass
    fixed = resolver.fixed(name)
    if fixed and resolver.fixed_first():
        return Found(addresses=tuple(fixed))
    try:
        return by_servers(name, lookup, deadline)
    except (PeerFailed, CannotTell):
        if fixed:
            return Found(addresses=tuple(fixed))
        raise


def by_servers(name: str, lookup: Lookup, deadline: Deadline) -> Found:
    """The same as the name servers say it, whatever entry is fixed. Raises as `find`."""
    known = lookup.cache.get(lookup.asked(name)) if lookup.cache is not None else None
    if known is not None:
        return known
    if not lookup.servers and lookup.by_system:
        return _by_system(name, deadline)
    if not lookup.servers:
        raise PeerFailed(Symptom.NO_RESOLVER)
    suffixes = [f"{name}.{suffix}" for suffix in lookup.search] if name.count(".") < lookup.ndots and not name.endswith(".") else []
    worst: PeerFailed | None = None
    untold: CannotTell | None = None
    for server in lookup.servers:
        for candidate in [*suffixes, name]:
            try:
                return _kept(name, lookup, _ask_both(server, candidate, lookup, deadline.within(_PER_SERVER_S)))
            except PeerFailed as failure:
                worst = failure
                if failure.symptom is Symptom.NXDOMAIN and candidate == name:
                    raise
                if failure.symptom not in _SAID:
                    break  # who says nothing to one name says nothing to the others
            except CannotTell as trouble:
                untold = untold or trouble
        if deadline.passed():
            break
    raise untold or worst or PeerFailed(Symptom.TIMEOUT)


def _by_system(name: str, deadline: Deadline) -> Found:
    found = by_system.addresses(name, deadline.within(_PER_SERVER_S))
    if not (good := tuple(filter(usable, found))):
        raise PeerFailed(Symptom.NO_USABLE_ANSWER, RemoteFacts(given=found[:4]))
    return Found(addresses=good)


def _kept(name: str, lookup: Lookup, found: Found) -> Found:
    if lookup.cache is not None:
        lookup.cache.put(lookup.asked(name), found)
    return found


def _ask_both(server: str, name: str, lookup: Lookup, deadline: Deadline) -> Found:
    kinds = ([wire.A] if lookup.ipv4 or not lookup.ipv6 else []) + ([wire.AAAA] if lookup.ipv6 else [])
    addresses: list[str] = []
    took, tries = 0.0, 1
    rcode = ""
    useless: list[str] = []
    ttls: list[int] = []
    for kind in kinds:
        try:
            reply = resolver.ask(server, name, kind, deadline, lookup.interface, unchecked=lookup.unchecked, by_tcp=lookup.by_tcp)
        except ValueError as error:
            raise PeerFailed(Symptom.NXDOMAIN, RemoteFacts(resolver=server, text=str(error))) from error
        except (PeerFailed, CannotTell) as failure:
            if addresses:
                break
            if isinstance(failure, CannotTell):
                raise
            raise PeerFailed(failure.symptom, failure.seen.with_(resolver=server)) from failure
        took += reply.rtt_ms
        tries = max(tries, reply.tries)
        rcode = reply.answer.rcode
        ttls += [reply.answer.ttl_s] if reply.answer.addresses else []
        addresses += [address for address in reply.answer.addresses if usable(address)]
        useless += [address for address in reply.answer.addresses if not usable(address)]
    if addresses:
        return Found(addresses=tuple(addresses), resolver=server, took_ms=took, ttl_s=min(ttls, default=0), tries=tries)
    raise PeerFailed(symptom_of_rcode(rcode), RemoteFacts(resolver=server, rcode=rcode, given=tuple(useless[:4])))


def usable(address: str) -> bool:
    """Not an address of the machine itself or of nobody: blocking and hijacked resolvers give such."""
    found = ip_address(address)
    return not (found.is_loopback or found.is_unspecified or found.is_link_local or found.is_multicast)


def symptom_of_rcode(rcode: str) -> Symptom:
    """The symptom of an answer that brought no address."""
    return {
        "NXDOMAIN": Symptom.NXDOMAIN,
        "SERVFAIL": Symptom.SERVFAIL,
        "REFUSED": Symptom.DNS_REFUSED,
    }.get(rcode, Symptom.NO_USABLE_ANSWER)
