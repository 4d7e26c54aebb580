"""Facts of a gateway: the connection, what it showed, and what its application said."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from msgspec import Struct, field

from probes.model.facts.base import Facts
from probes.model.facts.remote import Phase, RemoteFacts
from probes.model.kinds import Kind


class Certificate(Struct, frozen=True, kw_only=True):
    """The parts that people ask for on the telephone; dates in RFC 3339."""

    subject: str = ""
    issuer: str = ""
    not_before: str = ""
    not_after: str = ""
    names: tuple[str, ...] = ()


class AppConnection(Struct, frozen=True, kw_only=True):
    """Established connections of the payment application to the host.

    received_s_ago: when data last came; null for never
    retransmits: segments sent again
    unanswered: segments not yet acknowledged
    """

    count: int = 0
    received_s_ago: float | None = None
    retransmits: int = 0
    unanswered: int = 0


class ClientCertificate(StrEnum):
    """What became of ours in a handshake with a host that wanted one."""

    SENT = "sent"
    WANTED = "asked for, and none is configured"


class ShownCertificates(Facts, frozen=True, kw_only=True):
    """What a host showed in a whole handshake.

    certificate: the one that matters: the first outside its dates, or the one that ends first
    chain: a line for each
    chain_not_after: when the first of them ends
    """

    client_certificate: ClientCertificate | None = None
    certificate: Certificate | None = None
    chain: tuple[str, ...] = ()
    chain_not_after: str | None = None


class AnswerFacts(Facts, frozen=True, kw_only=True):
    """What the host's application said.

    response_code: DE39
    mapped: the cause that this host's code is configured to mean
    """

    http_status: int | None = None
    location: str | None = None
    retry_after: str | None = None
    response_code: str | None = None
    processing_requirement: int | None = None
    mapped: str | None = None
    trace: str | None = None
    answer_ms: float | None = None


class GatewayFacts(RemoteFacts, frozen=True, kw_only=True):
    """depth: how deep it was accepted: tcp, tls, http, app
    handshake_ms: not through a proxy
    client_certificate: sent, or asked for and not configured
    certificate_age_s: since the host showed it, where TLS went on from an earlier session
    certificate: the one that matters: the first outside its dates, or the one that ends first
    chain: a line for each
    chain_not_after: when the first of them ends
    trust_file: the file of this terminal's own whose authorities are outdated, or that cannot be used; `certificate` is then the one of
    them that has ended
    segment_bytes: only segments as small as that pass
    response_code: DE39
    mapped: the cause that this host's code is configured to mean
    app_because: why nothing was asked now
    app_answer_age_s: how old the answer is that stands
    app_answered_at: when it came (RFC 3339), where it was not asked for in this look
    app_again_at: when the limit of messages allows the host to be asked again
    app_connection: established ones of the payment application
    connection_age_s: of one kept open
    reached_at: a later connection that was accepted, where only that was tried
    """

    KIND: ClassVar[Kind] = Kind.GATEWAY

    protocol: str | None = None
    role: str | None = None
    tls: bool | None = None
    depth: Phase | None = None
    handshake_ms: float | None = None
    tls_version: str | None = None
    client_certificate: ClientCertificate | None = None
    certificate_age_s: float | None = None
    certificate: Certificate | None = None
    chain: tuple[str, ...] = ()
    chain_not_after: str | None = None
    trust_file: str | None = None
    segment_bytes: int | None = field(default=None, name="segment")
    answer_ms: float | None = None
    retry_after: str | None = None
    response_code: str | None = None
    processing_requirement: int | None = None
    mapped: str | None = None
    trace: str | None = None
    tpdu: str | None = None
    app_because: str | None = None
    app_answer_age_s: float | None = None
    app_answered_at: str | None = None
    app_again_at: str | None = None
    app_connection: AppConnection | None = None
    connection_age_s: float | None = None
    reached_at: str | None = None
    note: str | None = None

    def of_connection(self) -> GatewayFacts:
        """What stays true of the connection as long as it is open."""
        return GatewayFacts(
            address=self.address,
            interface=self.interface,
            via=self.via,
            resolver=self.resolver,
            connect_ms=self.connect_ms,
            tls_version=self.tls_version,
            client_certificate=self.client_certificate,
            certificate=self.certificate,
            chain=self.chain,
            chain_not_after=self.chain_not_after,
        )
