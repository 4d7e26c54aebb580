"""One echo over TLS: with a client certificate, without one that is asked for, and where the connection ends."""

from __future__ import annotations

import contextlib
import os
import select
import ssl
from pathlib import Path

import pytest

from probes.edge.acquirer.echo import exchange
from probes.edge.acquirer.iso8583 import EchoReply
from probes.edge.failures import PeerFailed
from probes.edge.net import tcp
from probes.edge.tls import tls_client
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.settings import Dialect, Framing, GatewayIso8583
from tests.support.patience import PATIENCE_S
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.certificates import asking
from tests.support.servers.iso import answers
from tests.support.servers.iso.answers import Answer
from tests.support.servers.local import Local
from tests.support.world import behaviours
from tests.support.world.ca import Authority


def settings(dialect: Dialect, framing: Framing) -> GatewayIso8583:
    return GatewayIso8583(dialect=dialect, framing=framing, terminal_id="00000001", merchant_id="123456789012345")


def over_tls(acquirer: Acquirer, folder: Path, *, client: bool, wanted: bool, version: ssl.TLSVersion) -> EchoReply:
    authority = Authority(folder)
    context = authority.context(authority.leaf("gw.example"))
    if wanted:
        asking(context, authority.root_file, version)
    own = authority.leaf("T-1001").write(folder / "own.pem") if client else None
    trusted = tls_client.context(str(authority.root_file), str(own or ""))
    with (
        Local(behaviours.tls(context, acquirer.serve)) as server,
        tcp.connect(server.address, server.port, Deadline(PATIENCE_S)) as connection,
    ):
        connection.sock = tls_client.handshake(connection, "gw.example", trusted, Deadline(PATIENCE_S))
        return exchange(settings(acquirer.dialect, acquirer.framing), connection.sock, Deadline(PATIENCE_S)).reply


@pytest.mark.parametrize(("dialect", "framing"), [(Dialect.UNIONPAY, Framing.BYTES_2), (Dialect.ISO87_ASCII, Framing.ASCII_4)])
@pytest.mark.parametrize("client", [False, True], ids=["anybody", "with a client certificate"])
def test_an_echo_over_tls(tmp_path: Path, dialect: Dialect, framing: Framing, client: bool) -> None:
    acquirer = Acquirer(dialect, framing)
    assert over_tls(acquirer, tmp_path, client=client, wanted=client, version=ssl.TLSVersion.TLSv1_3).code == "00"
    assert acquirer.ended()
    assert (acquirer.messages, acquirer.refused) == (1, [])


def test_over_tls_1_3_a_missing_client_certificate_shows_only_in_the_answer(tmp_path: Path) -> None:
    acquirer = Acquirer()
    with pytest.raises(PeerFailed) as failed:
        over_tls(acquirer, tmp_path, client=False, wanted=True, version=ssl.TLSVersion.TLSv1_3)
    assert failed.value.symptom is Symptom.CLIENT_CERT_MISSING
    assert acquirer.messages == 0


def test_the_alert_is_read_though_the_connection_was_reset_before_the_echo_went_out(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.context(authority.leaf("gw.example"))
    asking(context, authority.root_file, ssl.TLSVersion.TLSv1_3)
    trusted = tls_client.context(str(authority.root_file))
    with (
        Local(behaviours.tls(context, Acquirer().serve)) as server,
        tcp.connect(server.address, server.port, Deadline(PATIENCE_S)) as connection,
    ):
        connection.sock = sock = tls_client.handshake(connection, "gw.example", trusted, Deadline(PATIENCE_S))
        seen = select.poll()
        seen.register(sock, select.POLLRDHUP)
        [(_, events)] = seen.poll(PATIENCE_S * 1000)
        if not events & select.POLLERR:  # the host has left, and its kernel resets the connection at the next byte, if it has not yet
            with contextlib.suppress(ConnectionResetError):
                os.write(sock.fileno(), b"-")
            seen.modify(sock, 0)
            assert seen.poll(PATIENCE_S * 1000)
        with pytest.raises(PeerFailed) as failed:
            exchange(settings(Dialect.UNIONPAY, Framing.BYTES_2), sock, Deadline(PATIENCE_S))
    assert failed.value.symptom is Symptom.CLIENT_CERT_MISSING


@pytest.mark.parametrize(
    ("answer", "symptom"),
    [
        (answers.close, Symptom.CLOSED),
        (answers.half_then_close, Symptom.CUT_OFF),
        (answers.stranger_then_close, Symptom.BAD_ANSWER),
        (answers.says(b"garbage!"), Symptom.BAD_ANSWER),
    ],
    ids=["closes", "half", "stranger", "garbage"],
)
def test_what_ends_within_tls_has_the_same_symptom_as_without(tmp_path: Path, answer: Answer, symptom: Symptom) -> None:
    with pytest.raises(PeerFailed) as failed:
        over_tls(Acquirer(answer=answer), tmp_path, client=False, wanted=False, version=ssl.TLSVersion.TLSv1_2)
    assert failed.value.symptom is symptom
