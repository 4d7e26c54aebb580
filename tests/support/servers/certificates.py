"""Certificates beyond the world's: for addresses, and clients' own; and the server's side that asks for one."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import warnings
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID, NameOID

from tests.support.world.ca import DAY, Authority, Pair, pem


def for_address(authority: Authority, address: str) -> Pair:
    """A leaf that names an IP address and no host."""
    now = datetime.datetime.now(datetime.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    via = authority.intermediate
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Acquirer")]))
        .issuer_name(via.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(names, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(via.key.public_key()), critical=False)
        .sign(via.key, hashes.SHA256())
    )
    return Pair(certificate, key, (via.certificate,))


def large(authority: Authority, name: str, size: int) -> Pair:
    """A leaf of about `size` bytes, by the many other names that it is for."""
    now = datetime.datetime.now(datetime.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    via = authority.intermediate
    others = [x509.DNSName(f"host-{number:06}.{'x' * 50}.example") for number in range(size // 73)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(via.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name), *others]), critical=False)
        .sign(via.key, hashes.SHA256())
    )
    return Pair(certificate, key, (via.certificate,))


def odd_name(authority: Authority, name: str) -> Pair:
    """A leaf that is for `name`, and for another that is no text in any encoding."""
    now = datetime.datetime.now(datetime.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    via = authority.intermediate
    names = b"".join(b"\x82" + bytes([len(each)]) + each for each in (name.encode(), b"\xff\xfe.example"))
    extension = x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"\x30" + bytes([len(names)]) + names)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(via.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(extension, critical=False)
        .sign(via.key, hashes.SHA256())
    )
    return Pair(certificate, key, (via.certificate,))


def weak_key(authority: Authority, name: str, folder: Path) -> Path:
    """A leaf with an RSA key of 1024 bits, in one file with its key and its chain."""
    now = datetime.datetime.now(datetime.UTC)
    key = rsa.generate_private_key(65537, 1024)
    via = authority.intermediate
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(via.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(via.key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "weak.pem"
    path.write_bytes(private + pem(certificate) + pem(via.certificate))
    return path


def encrypted(pair: Pair, folder: Path) -> Path:
    """Certificate and key in one file, the key under a password."""
    secret = serialization.BestAvailableEncryption(b"secret")
    key = pair.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret)
    path = folder / "encrypted.pem"
    path.write_bytes(key + pem(pair.certificate))
    return path


def asking(context: ssl.SSLContext, trusted: Path, version: ssl.TLSVersion) -> ssl.SSLContext:
    """The server wants a client certificate of this authority, and speaks this version only."""
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cafile=trusted)
    return only(context, version)


def only(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    return between(context, version, version)


def between(context: ssl.SSLContext, oldest: ssl.TLSVersion, newest: ssl.TLSVersion) -> ssl.SSLContext:
    """The server speaks these versions; old ones too, of which Python warns whoever sets them."""
    if oldest < ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = newest
        context.minimum_version = oldest
    return context
