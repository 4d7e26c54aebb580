"""A certificate that is not accepted: the host's fault, or that of the authorities this terminal itself keeps."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from probes.edge.acquirer.send_permit import Unlimited
from probes.edge.dns.lookup import Lookup
from probes.edge.tls import tls_client, trust
from probes.gateway import probe
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import GatewayFacts
from probes.settings import Gateway, GatewayProtocol
from tests.support.servers.local import Local
from tests.support.world import behaviours
from tests.support.world.ca import Pair, make, pem, resigned

NAME = "localhost"


def asked(folder: Path, leaf: Pair, chain: tuple[Pair, ...], trusted: tuple[Pair, ...]) -> tuple[Check[GatewayFacts], int]:
    """What the probe says of a host that serves this, and how many connections that took."""
    pair = Pair(leaf.certificate, leaf.key, tuple(each.certificate for each in chain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.write(folder / "host.pem"))
    file = folder / "trusted.pem"
    file.write_bytes(b"".join(pem(each.certificate) for each in trusted))
    begun = []
    serve = behaviours.tls(context)

    def counted(connection: object) -> None:
        begun.append(connection)
        serve(connection)  # type: ignore[arg-type]

    with Local(counted) as server:
        wanted = Gateway(name="a", host=NAME, port=server.port, protocol=GatewayProtocol.TLS, ca_file=str(file))
        return probe(wanted, Lookup(servers=()), None, Unlimited(), Deadline(20)), len(begun)


def others(monkeypatch: pytest.MonkeyPatch, folder: Path, *trusted: Pair) -> None:
    """The system's own authorities are these."""
    file = folder / "system.pem"
    file.write_bytes(b"".join(pem(each.certificate) for each in trusted))
    monkeypatch.setattr(trust, "_STORES", (file,))


def test_what_has_ended_is_an_authority_of_our_own(tmp_path: Path) -> None:
    root = make("Root", authority=True, days=-30, begins=-3000)
    via = make("Via", root, authority=True)
    seen, connections = asked(tmp_path, make(NAME, via, names=(NAME,)), (via,), (root,))
    assert (seen.outcome, seen.symptom, seen.facts.verify_code) == (Outcome.FAIL, Symptom.TRUST_EXPIRED, 10)
    assert seen.facts.certificate is not None and seen.facts.certificate.subject == "Root"
    assert seen.facts.trust_file == str(tmp_path / "trusted.pem")
    assert len(seen.facts.chain) == 2 and connections == 2


def test_what_has_ended_is_the_host_s_leaf(tmp_path: Path) -> None:
    root = make("Root", authority=True, days=-30, begins=-3000)
    via = make("Via", root, authority=True)
    seen, _ = asked(tmp_path, make(NAME, via, names=(NAME,), days=-2), (via,), (root,))
    assert seen.symptom is Symptom.CERT_EXPIRED
    assert seen.facts.certificate is not None and seen.facts.certificate.subject == NAME and seen.facts.trust_file is None


def test_a_file_of_which_all_has_ended_is_outdated_whatever_is_served(tmp_path: Path) -> None:
    old = make("Old", authority=True, days=-30, begins=-3000)
    new = make("New", authority=True)
    seen, _ = asked(tmp_path, make(NAME, new, names=(NAME,)), (), (old,))
    assert seen.symptom is Symptom.TRUST_EXPIRED
    assert seen.facts.certificate is not None and seen.facts.certificate.subject == "Old"


@pytest.mark.parametrize("known", [True, False])
def test_a_root_that_is_missing_here_is_known_elsewhere_or_nowhere(tmp_path: Path, known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    root, other = make("Root", authority=True), make("Other", authority=True)
    others(monkeypatch, tmp_path, root if known else other)
    seen, _ = asked(tmp_path, make(NAME, root, names=(NAME,)), (), (make("Elsewhere", authority=True),))
    assert seen.symptom is (Symptom.TRUST_MISSING if known else Symptom.CERT_UNTRUSTED)


def test_others_vouch_for_a_host_by_its_name_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make("Root", authority=True)
    others(monkeypatch, tmp_path, root)
    seen, _ = asked(tmp_path, make("gw.elsewhere.example", root, names=("gw.elsewhere.example",)), (), (make("X", authority=True),))
    assert seen.symptom is Symptom.CERT_UNTRUSTED


def test_a_crossed_root_that_has_ended_is_the_host_s_only_where_nobody_knows_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = make("Old", authority=True, days=-3, begins=-3000), make("New", authority=True)
    crossed = resigned(new, old, days=-3)
    leaf = make(NAME, new, names=(NAME,))
    others(monkeypatch, tmp_path, make("Other", authority=True))
    assert asked(tmp_path, leaf, (crossed,), (old,))[0].symptom is Symptom.CERT_EXPIRED
    others(monkeypatch, tmp_path, new)
    assert asked(tmp_path, leaf, (crossed,), (old,))[0].symptom is Symptom.TRUST_EXPIRED
    assert asked(tmp_path, leaf, (crossed,), (old, new))[0].ok


@pytest.mark.parametrize(("which", "days"), [("intermediate", -30), ("intermediate", 30), ("leaf", 30)])
def test_what_is_pinned_is_trusted_as_it_is(tmp_path: Path, which: str, days: float) -> None:
    """Whatever became of the root above a pinned intermediate."""
    root = make("Root", authority=True, days=days, begins=-3000)
    via = make("Via", root, authority=True)
    leaf = make(NAME, via, names=(NAME,))
    seen, _ = asked(tmp_path, leaf, (via, root), (via if which == "intermediate" else leaf,))
    assert seen.ok, seen


def test_an_authority_that_does_without_what_rfc_5280_asks_for(tmp_path: Path) -> None:
    """Python 3.13 and later would refuse it (VERIFY_X509_STRICT), while the payment application connects."""
    root = make("Root", authority=True, strict=False)
    via = make("Via", root, authority=True, strict=False)
    seen, _ = asked(tmp_path, make(NAME, via, names=(NAME,), strict=False), (via,), (root,))
    assert seen.ok, seen
    assert not tls_client.context().verify_flags & ssl.VERIFY_X509_STRICT


def test_the_system_s_own_store_is_trusted_by_its_roots(tmp_path: Path) -> None:
    assert not tls_client.context().verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN
