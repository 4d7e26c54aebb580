"""A TLS handshake over an open connection, with the reason of a failure by OpenSSL's own numbers and names."""

from __future__ import annotations

import ssl
import struct
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET
from ssl import SSLContext, SSLError, SSLSession, SSLSocket
from weakref import WeakValueDictionary

from probes.edge.failures import (
    CannotTell,
    PeerFailed,
    cannot_tell,
    failure_of,
    raise_if_short_of_descriptors,
    raise_if_short_of_memory,
)
from probes.edge.net.byte_counter import Counted
from probes.edge.net.tcp import Connection
from probes.edge.tls import alerts, foreign_record
from probes.edge.tls.client_certificate import Watched, narrowed, watch
from probes.edge.tls.own_file import look_at, unusable
from probes.edge.tls.trust import add_authorities, add_other_authorities, authorities
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Symptom
from probes.model.facts import RemoteFacts

# X509_verify_cert_error codes (openssl-verification-options(1)).
_BY_VERIFY_CODE = {
    9: Symptom.CERT_NOT_YET_VALID,
    10: Symptom.CERT_EXPIRED,
    62: Symptom.CERT_WRONG_NAME,
    64: Symptom.CERT_WRONG_NAME,  # an address that the certificate does not name
}
# closed so, a connection is reset: a host that waits for what got lost of ours hears of the end, and turns to the next connection; an
# orderly end stands behind what is missing (a hello of OpenSSL 3.5 and later is larger than what a hole in the path lets through)
_AT_ONCE = struct.pack("ii", 1, 0)
_OUT_OF_MEMORY = 17
_NO_ISSUER = (2, 20)  # the authorities of a directory are read in the handshake
_BY_REASON = {
    "WRONG_VERSION_NUMBER": Symptom.PLAIN_TEXT,
    "HTTP_REQUEST": Symptom.PLAIN_TEXT,
    "RECORD_LAYER_FAILURE": Symptom.PLAIN_TEXT,
    "PACKET_LENGTH_TOO_LONG": Symptom.PLAIN_TEXT,
    "UNSUPPORTED_PROTOCOL": Symptom.TLS_INCOMPATIBLE,
    "TLSV1_ALERT_PROTOCOL_VERSION": Symptom.TLS_INCOMPATIBLE,
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": Symptom.TLS_INCOMPATIBLE,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": Symptom.TLS_INCOMPATIBLE,
    "NO_SHARED_CIPHER": Symptom.TLS_INCOMPATIBLE,
    "NO_CIPHERS_AVAILABLE": Symptom.TLS_INCOMPATIBLE,
    "WRONG_SSL_VERSION": Symptom.TLS_INCOMPATIBLE,
    "DH_KEY_TOO_SMALL": Symptom.TLS_INCOMPATIBLE,
    "WRONG_SIGNATURE_TYPE": Symptom.TLS_INCOMPATIBLE,
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": Symptom.TLS_INCOMPATIBLE,
    "TLSV1_ALERT_NO_APPLICATION_PROTOCOL": Symptom.TLS_INCOMPATIBLE,
    "TLSV1_ALERT_INAPPROPRIATE_FALLBACK": Symptom.TLS_INCOMPATIBLE,
    "TLSV1_ALERT_EXPORT_RESTRICTION": Symptom.TLS_INCOMPATIBLE,
    "TLSV13_ALERT_MISSING_EXTENSION": Symptom.TLS_INCOMPATIBLE,
    "TLSV1_UNSUPPORTED_EXTENSION": Symptom.TLS_INCOMPATIBLE,
    "SSLV3_ALERT_ILLEGAL_PARAMETER": Symptom.TLS_INCOMPATIBLE,
    "TLSV1_UNRECOGNIZED_NAME": Symptom.CERT_WRONG_NAME,  # the host serves others, and not this name (RFC 6066 section 3)
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": Symptom.CLIENT_CERT_MISSING,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": Symptom.CLIENT_CERT_EXPIRED,
    "SSLV3_ALERT_NO_CERTIFICATE": Symptom.CLIENT_CERT_MISSING,
    "SSLV3_ALERT_BAD_CERTIFICATE": Symptom.CLIENT_CERT_REFUSED,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": Symptom.CLIENT_CERT_REFUSED,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": Symptom.CLIENT_CERT_REFUSED,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": Symptom.CLIENT_CERT_REFUSED,
    "TLSV1_ALERT_UNKNOWN_CA": Symptom.CLIENT_CERT_REFUSED,
    "TLSV1_ALERT_ACCESS_DENIED": Symptom.CLIENT_CERT_REFUSED,
    "TLSV1_ALERT_DECRYPT_ERROR": Symptom.CLIENT_CERT_REFUSED,
}


class CountedTls(Watched, Counted, SSLSocket):
    """Whose bytes are counted when it is closed. Both sides may still say goodbye, in segments of their own."""

    _closing = 7
    remembers = False  # its newest session, until it is closed: a host may give that as late as with its last answer
    _read: SSLSession | None = None

    @property
    def newest(self) -> SSLSession | None:
        """The session, of one that remembers it. Read once: that may cost memory for good. One that OpenSSL cannot write down, as with a
        certificate of 64 KiB in it, is none."""
        if self.remembers and self._read is None and self.version() is not None:  # else half a session, which OpenSSL cannot copy
            try:
                self._read = self.session
            except (ValueError, MemoryError, SSLError):
                self.remembers = False
        return self._read

    def give_up(self) -> bool:
        """Its session is not wanted any more; whether it had still to be read."""
        unread, self.remembers = self.remembers and self._read is None, False
        return unread

    def close(self) -> None:
        _ = self.newest
        super().close()


Stamp = tuple[int, ...] | None
_shared: WeakValueDictionary[tuple[object, ...], SSLContext] = WeakValueDictionary()
_sharing = threading.Lock()


def context(ca_file: str = "", cert_file: str = "", key_file: str = "", *, verify: bool = True) -> SSLContext:
    """A client's context; without the environment's CA variables.

    Raises `CannotTell` where nobody's certificate can be judged, or our own may not be read: `Unusable` where that is so for everybody.

    The authorities of a system are 1 MB in memory. So connections that trust and show the same files, as they are now, have one
    context together, for as long as any of them needs it. The table of them is the process's: it keeps none alive, and no connection can
    tell whose others share its own.
    """
    if not verify:
        return _made(ca_file, cert_file, key_file, verify=False)
    files = (str(authorities(ca_file)), cert_file, key_file)
    key = (*files, *stamps(files))
    with _sharing:
        found = _shared.get(key)
        if found is None:
            found = _shared[key] = _made(ca_file, cert_file, key_file, verify=True)
        return found


def stamps(files: Iterable[str]) -> tuple[Stamp, ...]:
    """By which a file that was changed or replaced is known again; None for none."""
    return tuple(_stamp(each) if each else None for each in files)


def _stamp(file: str) -> Stamp:
    try:
        found = Path(file).stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def of_others(ca_file: str, cert_file: str, key_file: str) -> SSLContext | None:
    """A context that trusts the authorities which this machine has besides those that `ca_file` names. None where it has no others.

    It only tells whether the own ones are outdated: nothing is sent over what it trusts. Raises as `context`.
    """
    made = _made("", "", "", verify=False)
    if not add_other_authorities(made, ca_file):
        return None
    made.verify_mode = ssl.CERT_REQUIRED
    made.check_hostname = True
    if cert_file:
        _show(made, cert_file, key_file)
    return made


def _made(ca_file: str, cert_file: str, key_file: str, *, verify: bool) -> SSLContext:
    made = SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # to whoever reads, an end without a goodbye is an end: Python 3.13 and later make an error of it, which tells nothing of what came
    # before, and after which the session is lost
    made.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    made.minimum_version = ssl.TLSVersion.TLSv1_2  # the oldest that card schemes allow (PCI DSS 4.0, requirement 4.2.1)
    watch(made)
    made.sslsocket_class = CountedTls
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    else:
        add_authorities(made, ca_file)
    if cert_file:
        _show(made, cert_file, key_file)
    return made


def _show(made: SSLContext, cert_file: str, key_file: str) -> None:
    reading = cert_file
    try:
        for reading in filter(None, (key_file, cert_file)):
            look_at(reading)
        made.load_cert_chain(cert_file, key_file or None, password=lambda: "")  # OpenSSL would ask the terminal's user for one
    except OSError as error:  # SSLError too: the file is there, but is no certificate
        raise unusable(error, Symptom.CLIENT_CERT_UNUSABLE, reading, f"the client certificate in {cert_file}") from error


def handshake(connection: Connection, name: str, tls: SSLContext, deadline: Deadline, session: SSLSession | None = None) -> SSLSocket:
    """Completes the handshake, a short one where the host agrees to go on from the `session`. Raises `PeerFailed` with the symptom;
    `verify_code` where the certificate was the reason; and `CannotTell`.

    A dot at the end of the name is for DNS alone (RFC 6066 section 3). Without a name none is sent, which only a context that does not
    verify allows.
    """
    began = time.monotonic()
    connection.sock.settimeout(max(0.05, deadline.remaining()))
    wrapped: SSLSocket | None = None
    try:
        wrapped = tls.wrap_socket(
            connection.sock,
            server_hostname=name.removesuffix(".") or None,
            suppress_ragged_eofs=False,
            do_handshake_on_connect=False,
            session=session,
        )
        if isinstance(connection.sock, Counted) and isinstance(wrapped, Counted):
            connection.sock.goes_on_as(wrapped)
        try:
            wrapped.do_handshake()
        except BaseException as error:
            with suppress(OSError):
                if isinstance(error, TimeoutError):
                    wrapped.setsockopt(SOL_SOCKET, SO_LINGER, _AT_ONCE)
                wrapped.close()
            raise
        return wrapped
    except TimeoutError as error:
        raise PeerFailed(Symptom.TLS_STALLED, RemoteFacts(waited_ms=round((time.monotonic() - began) * 1000))) from error
    except SSLError as error:
        raise failure_of_tls(error, wrapped) from error
    except OSError as error:
        raise failure_of(error) from error
    except ValueError as error:  # a name that TLS cannot carry
        raise PeerFailed(Symptom.TLS_FAILED, RemoteFacts(text=escape(str(error)))) from error


def failure_of_tls(error: SSLError, connection: object = None) -> PeerFailed | CannotTell:
    """Ready to raise: of a failed handshake or read. The `connection` knows whether a client certificate was asked for."""
    try:
        raise_if_short_of_memory()
    except CannotTell as trouble:
        return trouble
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_certificate(error)
    foreign = foreign_record.version_of(connection.first) if isinstance(connection, Watched) else ""
    if foreign:
        return PeerFailed(Symptom.TLS_INCOMPATIBLE, RemoteFacts(text=f"an answer in {foreign}"))
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)) or error.reason == "UNEXPECTED_EOF_WHILE_READING":
        return PeerFailed(Symptom.CLOSED)
    reason = error.reason or ""
    if reason == "MALLOC_FAILURE":
        return cannot_tell(MemoryError())
    alert = connection.alert if isinstance(connection, Watched) else None
    symptom = _BY_REASON.get(reason, Symptom.TLS_FAILED) if alert is None else alerts.symptom_of(alert)
    symptom = narrowed(symptom, alert == alerts.HANDSHAKE_FAILURE or reason == "SSLV3_ALERT_HANDSHAKE_FAILURE", connection)
    words = reason or (str(error) if alert is None else alerts.in_words(alert))
    return PeerFailed(symptom, RemoteFacts(alert=alert, text=escape(words)))


def _of_certificate(error: ssl.SSLCertVerificationError) -> PeerFailed | CannotTell:
    code = error.verify_code
    if code == _OUT_OF_MEMORY:
        return cannot_tell(MemoryError())
    if code in _NO_ISSUER:
        try:
            raise_if_short_of_descriptors()
        except CannotTell as trouble:
            return trouble
    seen = RemoteFacts(verify_code=code, text=escape(error.verify_message or ""))
    return PeerFailed(_BY_VERIFY_CODE.get(code, Symptom.CERT_UNTRUSTED), seen)
