"""Which authorities this machine trusts: the file given for a gateway, the system's, those that came with the agent."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path
from ssl import SSLContext

from probes.edge.failures import loading, raise_if_ours
from probes.edge.tls import chain
from probes.edge.tls.own_file import look_at, unusable
from probes.ground.files import is_file, is_folder
from probes.model import Symptom
from probes.model.facts import Certificate

_STORES = tuple(
    map(
        Path,
        (
            "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine
            "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
            "/etc/ssl/ca-bundle.pem",  # openSUSE
            "/system/etc/security/cacerts",  # Android
            "/etc/ssl/certs",
        ),
    )
)


def authorities(ca_file: str = "") -> Path:
    """What holds the authorities to trust: the file given, else the system's store, else the one that came with requests (a minimal
    container has none of its own). Raises `CannotTell`."""
    if ca_file:
        return Path(ca_file)
    for path in _STORES:
        if is_file(path) or (is_folder(path) and _holds_any(path)):
            return path
    with loading():
        import certifi

    return Path(certifi.where())


def _holds_any(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError as error:
        raise_if_ours(error)
        return False


def add_authorities(made: SSLContext, ca_file: str) -> None:
    """Makes a context trust them. What a file of its own names is trusted as it is, an intermediate or a host's own certificate too,
    without anything above it: so do the applications that pin one (X509_V_FLAG_PARTIAL_CHAIN).

    Raises `CannotTell`: with the system's own words, or those of OpenSSL; `Unusable` where nobody can use them.
    """
    if ca_file:
        made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    path = authorities(ca_file)
    try:
        if is_folder(path) and not ca_file:
            made.load_verify_locations(capath=path)
        else:
            look_at(path)
            made.load_verify_locations(cafile=path)
    except OSError as error:  # SSLError too
        raise unusable(error, Symptom.TRUST_UNUSABLE, str(path), f"the authorities in {path}") from error


def add_other_authorities(made: SSLContext, ca_file: str) -> bool:
    """Makes a context trust what this machine has besides: the system's authorities, where a file was given, and those that came with the
    agent. Whether there are any. Raises `CannotTell`."""
    with loading():
        import certifi

    own = authorities(ca_file)
    others = [path for path in dict.fromkeys((authorities(), Path(certifi.where()))) if path != own]
    found = False
    for path in others:
        try:
            made.load_verify_locations(cafile=None if is_folder(path) else path, capath=path if is_folder(path) else None)
            found = True
        except OSError as error:  # SSLError too: one that cannot be read says nothing
            raise_if_ours(error)
    return found


def ended(made: SSLContext, now: float) -> tuple[Sequence[Certificate], bool]:
    """The trusted authorities that are outside their dates, and whether all are. `now` in seconds since the epoch. Those of a directory are
    not known before they are needed."""
    known = chain.read(lambda: [dict(info) for info in made.get_ca_certs()])
    past = [each for each in known if not chain.valid(each, now)]
    return past, bool(known) and len(past) == len(known)
