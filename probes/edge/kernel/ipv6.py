"""Whether IPv6 is spoken on an interface at all."""

from __future__ import annotations

from pathlib import Path

from probes.edge.failures import raise_if_ours
from probes.ground.files import read_small

IPV6_LEAST_MTU = 1280  # bytes: below that the kernel takes its addresses away (RFC 8200 section 5)
_CONF = Path("/proc/sys/net/ipv6/conf")
_LIMIT = 16


def is_off(interface: str, conf: Path = _CONF) -> bool:
    """Switched off there (`disable_ipv6`). False where that may not be read. Raises CannotTell."""
    try:
        return read_small(conf / interface / "disable_ipv6", _LIMIT).strip() == b"1"
    except OSError as error:
        raise_if_ours(error)
        return False
