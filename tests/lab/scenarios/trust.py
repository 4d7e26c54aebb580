"""The terminal's own trust: roots that ended or are missing, and pinned intermediates."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from tests.lab.scenario import Make, Scenario, double, fault, healthy
from tests.support.world import World, behaviours, host_faults, plan
from tests.support.world.ca import Authority, Pair, make, pem, resigned

TRUST = "system.trust_store_outdated"
NAME = plan.GATEWAY_A.name
SYSTEM_STORE = "/etc/ssl/certs/ca-certificates.crt"


def trusts(w: World, *certificates: x509.Certificate, letter: int = 0) -> None:
    """What stands in the `ca_file` of a gateway."""
    path = Path(w.folder, f"trusted-{letter}.pem")
    path.write_bytes(b"".join(map(pem, certificates)))
    w.config["gateway"][letter]["ca_file"] = str(path)


def serve(w: World, leaf: Pair, *chain: Pair) -> None:
    host_faults.gateway_does(w, behaviours.tls(w.authority.context(Pair(leaf.certificate, leaf.key, tuple(c.certificate for c in chain)))))


def old_root_ended(w: World) -> None:
    """The authority in the terminal's file has ended; what the host serves is all valid."""
    root = make("Acquirer Root", authority=True, days=-30, begins=-3000)
    via = make("Acquirer Via", root, authority=True, days=300)
    serve(w, make(NAME, via, names=(NAME,)), via)
    trusts(w, root.certificate)


def cross_signed(w: World) -> None:
    """The host's new root is served as signed by the old one, which has ended: who has the new root itself accepts it."""
    old = make("Old Root", authority=True, days=-3, begins=-3000)
    new = make("New Root", authority=True, days=3000)
    crossed = resigned(new, old, days=500)
    via = make("Acquirer Via", new, authority=True, days=300)
    serve(w, make(NAME, via, names=(NAME,)), via, crossed)
    trusts(w, old.certificate)


def cross_signed_ended(w: World, *, current: bool) -> None:
    """The host serves besides, for old terminals, its root as the old one signed it; that has ended. `current`: the terminal has the new
    one."""
    old = make("Old Root", authority=True, days=-3, begins=-3000)
    new = make("New Root", authority=True, days=3000)
    crossed = resigned(new, old, days=-3)
    via = make("Acquirer Via", new, authority=True, days=300)
    serve(w, make(NAME, via, names=(NAME,)), via, crossed)
    trusts(w, *((new.certificate, old.certificate) if current else (old.certificate,)))
    system_trusts(w, new.certificate)


def system_trusts(w: World, *certificates: x509.Certificate) -> None:
    path = Path(w.folder, "system-store.pem")
    path.write_bytes(b"".join(map(pem, certificates)))
    path.chmod(0o644)
    w.machine.append(f"mount --bind {path} {SYSTEM_STORE}")


def root_missing(w: World) -> None:
    """The file given for this gateway lacks the root; the system knows it."""
    trusts(w, Authority(w.folder, "Elsewhere").root.certificate)
    system_trusts(w, w.authority.root.certificate)


def pinned(*, leaf: bool = False) -> Make:
    """The intermediate (or the host's own certificate) stands in the `ca_file`, and no root."""

    def arrange(w: World) -> None:
        pair = w.authority.leaf(NAME)
        serve(w, pair, w.authority.intermediate)
        trusts(w, pair.certificate if leaf else w.authority.intermediate.certificate)

    return arrange


def pinned_under_ended_root(w: World) -> None:
    """The pinned intermediate is valid, the root above it, served as well, has ended."""
    root = make("Acquirer Root", authority=True, days=-30, begins=-3000)
    via = make("Acquirer Via", root, authority=True, days=300)
    serve(w, make(NAME, via, names=(NAME,)), via, root)
    trusts(w, via.certificate)


def pinned_ended(w: World) -> None:
    """The pinned intermediate has ended; the host serves its successor."""
    root = make("Acquirer Root", authority=True, days=3000)
    old = make("Acquirer Via", root, authority=True, days=-5, begins=-800)
    new = resigned(old, root, days=400)
    serve(w, make(NAME, new, names=(NAME,)), new)
    trusts(w, old.certificate)


def cut_off(w: World) -> None:
    """An update ended in the middle of the file: the root that is wanted still stands before it."""
    whole = b"".join(map(pem, (w.authority.root.certificate, make("Other Root", authority=True, days=900).certificate)))
    path = Path(w.folder, "cut.pem")
    path.write_bytes(whole[:-300])
    w.config["gateway"][0]["ca_file"] = str(path)


def mislaid(letter: int = 0) -> Make:
    """An update took the file away."""
    return lambda w: w.config["gateway"][letter].update(ca_file=str(Path(w.folder, "mislaid.pem")))


def system_store_empty(w: World) -> None:
    """The system's own store has no byte, and this gateway has no file of its own."""
    w.config["gateway"][0].pop("ca_file", None)
    system_trusts(w)


SCENARIOS: tuple[Scenario, ...] = (
    fault("the root in the terminal's own file has ended", TRUST, old_root_ended, fixed=True),
    fault("the root has ended that crossed the new one", TRUST, cross_signed),
    fault("the root is missing in the file of this gateway, the system has it", TRUST, root_missing),
    fault("the root is missing, and what crossed it has ended", TRUST, lambda w: cross_signed_ended(w, current=False)),
    fault("a pinned intermediate has ended, its successor is served", TRUST, pinned_ended),
    fault("the root in the terminal's own file has ended, one gateway of two", TRUST, old_root_ended, "degraded", world={"gateways": "ab"}),
    fault("the trust file is cut off in the middle of its second root", TRUST, cut_off, fixed=True),
    fault("the trust file was taken away, one gateway of two", TRUST, mislaid(1), "degraded", world={"gateways": "ab"}),
    fault("the system's store is empty, and no file is given", TRUST, system_store_empty),
    double("the trust file was taken away, and the printer is unplugged", (TRUST, "operator.device_unplugged"), mislaid(),
           lambda w: w.config.update(serial=[{"name": "printer", "port": "/dev/ttyUSB0"}])),
    healthy("an ended crossed root is served besides, the terminal has the new one", lambda w: cross_signed_ended(w, current=True)),
    healthy("a pinned intermediate", pinned(), fixed=True),
    healthy("a pinned certificate of the host itself", pinned(leaf=True)),
    healthy("a pinned intermediate below a root that has ended", pinned_under_ended_root),
)  # fmt: skip
