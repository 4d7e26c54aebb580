"""Files of certificates and keys that this machine itself keeps: never waited for, and told from a right that only we lack."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from ssl import SSLError

from probes.edge.failures import CannotTell, Unusable, raise_if_ours
from probes.ground.text import escape
from probes.model import Symptom, rights

_OURS_ALONE = (errno.EACCES, errno.EPERM)  # the payment application runs as another user


def look_at(path: str | Path) -> None:
    """Raises OSError where it is gone, or no file: OpenSSL would wait for a pipe for ever."""
    mode = Path(path).stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a regular file")


def unusable(error: OSError, symptom: Symptom, file: str, what: str) -> CannotTell:
    """Ready to raise: of an error of the system's, or of OpenSSL's (no certificate in it, cut off, a key of another certificate). `what`
    was to be read. Raises `CannotTell` for what this process alone lacks."""
    raise_if_ours(error)
    if not isinstance(error, SSLError) and error.errno in _OURS_ALONE:
        key = " or its key" if symptom is Symptom.CLIENT_CERT_UNUSABLE else ""  # one file may hold both, or each has its own
        return CannotTell(escape(f"{what}{key} cannot be read: {rights.FILE.missing(file)}"))
    why = error.reason or "damaged, or not what it should be" if isinstance(error, SSLError) else error.strerror or str(error)
    return Unusable(escape(f"{file}: {why}"), symptom, file)
