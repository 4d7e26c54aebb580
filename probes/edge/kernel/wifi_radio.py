"""What can be read of a radio without any right: rfkill, signal, and (where its socket is open to us) wpa_supplicant's word."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

WEAK_DBM = -80  # below this, Wi-Fi frames are lost in numbers


def read(path: Path) -> str:
    """A one-line file of sysfs, or nothing."""
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def switched_off(interface: str, wireless: bool, sys: Path = Path("/sys")) -> str:
    """`hard` (a switch), `soft` (airplane mode, software) or nothing (rfkill, Documentation/driver-api/rfkill.rst)."""
    wanted = ("wlan",) if wireless else ("wwan",)
    phy = read(sys / "class/net" / interface / "phy80211/name")
    state = ""
    try:
        switches = sorted((sys / "class/rfkill").iterdir())
    except OSError:
        return ""
    for switch in switches:
        if read(switch / "type") not in wanted or (phy and read(switch / "name") not in ("", phy)):
            continue
        if read(switch / "hard") == "1":
            return "hard"
        if read(switch / "soft") == "1":
            state = "soft"
    return state


def signal(interface: str, proc: Path = Path("/proc")) -> dict[str, Any]:
    """`signal_dbm` from `/proc/net/wireless`, where the driver reports decibels."""
    for line in read(proc / "net/wireless").splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if name.strip() == interface and len(words) >= 3:
            try:
                level = int(float(words[2].rstrip(".")))
            except ValueError:
                return {}
            return {"signal_dbm": level} if level < 0 else {}
    return {}


def password_refused(interface: str, run: Path = Path("/run")) -> bool:
    """Whether wpa_supplicant has put the network aside after a wrong key (`[TEMP-DISABLED]` in LIST_NETWORKS)."""
    control = run / "wpa_supplicant" / interface
    if not os.access(control, os.W_OK):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind("")  # an abstract address of the kernel's choice (unix(7)): the answer needs one
            sock.settimeout(0.5)
            sock.connect(str(control))
            sock.send(b"LIST_NETWORKS")
            return b"[TEMP-DISABLED]" in sock.recv(65536)
        except OSError:
            return False
