"""OpenSSL reads its configuration when it is loaded, in C, before any time of ours runs: a pipe in that place would hold us up for ever."""

from __future__ import annotations

import os
import stat

_VARIABLE = "OPENSSL_CONF"
_PLACES = ("/usr/lib/ssl", "/etc/ssl", "/etc/pki/tls", "/usr/local/ssl", "/opt/openssl")  # as distributions build it


def spare(places: tuple[str, ...] = _PLACES) -> None:
    """To be called before anything is imported that loads OpenSSL. Where its file is none, it is given an empty one."""
    chosen = os.environ.get(_VARIABLE)
    for file in [chosen] if chosen else [f"{place}/openssl.cnf" for place in places]:
        try:
            regular = stat.S_ISREG(os.stat(file).st_mode)  # noqa: PTH116 - pathlib is not loaded yet
        except (OSError, ValueError):
            continue
        if not regular:
            os.environ[_VARIABLE] = os.devnull
