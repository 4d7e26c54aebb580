"""A certificate authority with an intermediate, and the leaves that go wrong in the ways leaves do."""

from __future__ import annotations

import datetime
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)
_MAY_SIGN = x509.KeyUsage(
    digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
    key_agreement=False, encipher_only=False, decipher_only=False,
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """A certificate with its key; `chain` is what a server sends after it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    def write(self, path: Path) -> Path:
        """All in one PEM file, key first."""
        key = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(key + b"".join(pem(one) for one in (self.certificate, *self.chain)))
        return path


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def make(
    name: str,
    signer: Pair | None = None,
    *,
    days: float = 365,
    begins: float = -30,
    names: tuple[str, ...] = (),
    authority: bool = False,
    strict: bool = True,
) -> Pair:
    """Signed by itself without a `signer`. Valid from `begins` to `days`, in days from now. `strict`: with all that RFC 5280 asks for, and
    programs of Python 3.13 and later with it (VERIFY_X509_STRICT); many an acquirer's own authority does without."""
    now = datetime.datetime.now(datetime.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.certificate.subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins * DAY)
        .not_valid_after(now + days * DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if strict:
        above = signer.key if signer else key
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False)
        builder = builder.add_extension(_MAY_SIGN, critical=True) if authority else builder
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
    certificate = builder.sign(signer.key if signer else key, hashes.SHA256())
    return Pair(certificate, key)


def resigned(pair: Pair, signer: Pair, *, days: float, begins: float = -900) -> Pair:
    """An authority of the same name and key, signed by another one: crossed, or renewed."""
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(pair.certificate.subject)
        .issuer_name(signer.certificate.subject)
        .public_key(pair.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins * DAY)
        .not_valid_after(now + days * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return Pair(builder.sign(signer.key, hashes.SHA256()), pair.key)


class Authority:
    """Root and intermediate; `root_file` is what a terminal is configured to trust."""

    def __init__(self, folder: Path, name: str = "Acquirer") -> None:
        self._folder = folder
        self._made = 0
        self._name = name
        self.root = make(f"{name} Root", authority=True, days=3650)
        self.intermediate = make(f"{name} Intermediate", self.root, authority=True, days=1000)
        self.root_file = folder / f"{name.lower()}-root.pem"
        self.root_file.write_bytes(pem(self.root.certificate))

    def leaf(self, name: str, *, days: float = 365, begins: float = -30, intermediate: Pair | None = None) -> Pair:
        via = intermediate or self.intermediate
        made = make(name, via, days=days, begins=begins, names=(name,))
        return Pair(made.certificate, made.key, (via.certificate,))

    def expired_intermediate(self) -> Pair:
        return make(f"{self._name} Old Intermediate", self.root, authority=True, days=-1)

    def context(self, pair: Pair) -> ssl.SSLContext:
        """A server's side of TLS that shows this certificate."""
        self._made += 1
        path = pair.write(self._folder / f"{self._name.lower()}-{self._made}.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context
