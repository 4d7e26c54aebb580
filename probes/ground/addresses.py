"""What is an IP address, and what is a name."""

from __future__ import annotations

from ipaddress import ip_address


def is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
