"""What can be read of a radio without any right: rfkill, signal, and (where its socket is open to us) wpa_supplicant's word."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from probes.edge.failures import raise_if_ours
from probes.edge.kernel.reading import entries_of, line_of

WEAK_DBM = -80  # below this, Wi-Fi frames are lost in numbers


def switched_off(interface: str, wireless: bool, sys: Path = Path("/sys")) -> str:
    """`hard` (a switch), `soft` (airplane mode, software) or nothing (rfkill, Documentation/driver-api/rfkill.rst). Raises CannotTell."""
    wanted = ("wlan",) if wireless else ("wwan",)
    phy = line_of(sys / "class/net" / interface / "phy80211/name")
    state = ""
    try:
        switches = entries_of(sys / "class/rfkill")
    except OSError:
        return ""
    for switch in switches:
        if line_of(switch / "type") not in wanted or (phy and line_of(switch / "name") not in ("", phy)):
            continue
        if line_of(switch / "hard") == "1":
            return "hard"
        if line_of(switch / "soft") == "1":
            state = "soft"
    return state


def signal_dbm(interface: str, proc: Path = Path("/proc")) -> int | None:
    """From `/proc/net/wireless`, where the driver reports decibels. Raises CannotTell."""
    for line in line_of(proc / "net/wireless").splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if name.strip() == interface and len(words) >= 3:
            try:
                level = int(float(words[2].rstrip(".")))
            except ValueError:
                return None
            return level if level < 0 else None
    return None


def password_refused(interface: str, run: Path = Path("/run")) -> bool:
    """Whether wpa_supplicant has put the network aside after a wrong key (`[TEMP-DISABLED]` in LIST_NETWORKS). Raises CannotTell."""
    control = run / "wpa_supplicant" / interface
    if not os.access(control, os.W_OK):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.bind("")  # an abstract address of the kernel's choice (unix(7)): the answer needs one
            sock.settimeout(0.5)
            sock.connect(str(control))
            sock.send(b"LIST_NETWORKS")
            return b"[TEMP-DISABLED]" in sock.recv(65536)
    except OSError as error:
        raise_if_ours(error)
        return False
