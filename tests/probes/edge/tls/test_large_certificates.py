"""A host with a certificate that is too large for a session to be kept, or for OpenSSL to take."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from probes.model import Outcome, Symptom
from probes.settings import GatewayProtocol
from tests.support.servers.certificates import large, odd_name
from tests.support.servers.local import Local
from tests.support.servers.session_host import Host


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("size", [30_000, 63_000, 66_000, 90_000])
def test_a_host_is_judged_by_what_it_answers_and_not_by_what_can_be_kept_of_it(tmp_path: Path, size: int, version: ssl.TLSVersion) -> None:
    host = Host(tmp_path, GatewayProtocol.TLS)
    host.context = host.authority.context(large(host.authority, "localhost", size))
    host.context.maximum_version = version
    with Local(host.serve) as server:
        seen = [host.asked(server) for _ in range(3)]
    assert [check.outcome for check in seen] == [Outcome.PASS] * 3, seen
    assert all(check.facts.certificate is not None and check.facts.certificate.subject == "localhost" for check in seen)


@pytest.mark.parametrize("size", [130_000, 400_000])
def test_one_that_openssl_does_not_take_is_the_hosts_fault(tmp_path: Path, size: int) -> None:
    host = Host(tmp_path, GatewayProtocol.TLS)
    host.context = host.authority.context(large(host.authority, "localhost", size))
    with Local(host.serve) as server:
        seen = host.asked(server)
    assert seen.outcome is Outcome.FAIL and seen.symptom is Symptom.TLS_FAILED, seen
    assert seen.facts.text


def test_a_name_that_is_no_text_fails_no_check(tmp_path: Path) -> None:
    host = Host(tmp_path, GatewayProtocol.TLS)
    host.context = host.authority.context(odd_name(host.authority, "localhost"))
    with Local(host.serve) as server:
        seen = [host.asked(server), host.asked(server), host.asked(server, ca_file="")]
    assert [check.outcome for check in seen] == [Outcome.PASS, Outcome.PASS, Outcome.FAIL], seen
    assert seen[2].symptom is Symptom.CERT_UNTRUSTED
