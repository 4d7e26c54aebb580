"""Another machine than this one, as posdiag sees it: disks, memory, load, heat, battery, radios, USB devices.

What the kernel tells in `/proc` and `/sys` is covered by files of the world in the mount namespace of posdiag alone
(`tests.support.world.verdict.Seat`); file systems are real ones.
"""

from __future__ import annotations

import itertools
import os
import socket
import stat
import threading
from pathlib import Path

from tests.support.world import netns
from tests.support.world.world import World

_counter = itertools.count()


def _folder(w: World) -> Path:
    made = w.folder / f"machine-{next(_counter)}"
    made.mkdir()
    return made


def _file(w: World, path: str, text: str) -> None:
    """The kernel's file says this."""
    stand_in = _folder(w) / "file"
    stand_in.write_text(text)
    w.machine.append(f"mount --bind {stand_in} {path}")


def _class(w: World, name: str, entries: dict[str, str]) -> Path:
    """A class of devices under `/sys/class`: file below it -> its line. Its folder."""
    folder = _folder(w)
    for path, text in entries.items():
        file = folder / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    w.machine.append(f"mount -t overlay -o lowerdir={folder}:/sys/class overlay /sys/class")
    return folder / name


def memory(w: World, available_percent: float) -> None:
    total = 4_000_000
    lines = {"MemTotal": total, "MemFree": total // 100, "MemAvailable": int(total * available_percent / 100), "Buffers": 0, "Cached": 0}
    lines |= {"SwapTotal": 0, "SwapFree": 0, "Active": total // 2, "Inactive": total // 4, "Shmem": 0, "Slab": 0, "SReclaimable": 0}
    _file(w, "/proc/meminfo", "".join(f"{key + ':':<16}{value:>8} kB\n" for key, value in lines.items()))
    w.config["system"].pop("memory_available_percent", None)


def temperature(w: World, degrees: float, sensor: str = "cpu", *, moves: bool = True) -> None:
    """One thermal zone."""
    zone = {"type": sensor, "temp": _millidegrees(degrees), "trip_point_0_type": "critical", "trip_point_0_temp": "110000"}
    folder = _class(w, "thermal", {f"thermal_zone0/{key}": value for key, value in zone.items()})
    if moves:
        _moving(w, folder / "thermal_zone0/temp", degrees)
    w.config["system"].pop("temperature_c", None)


def sensors(w: World, *chips: tuple[str, str, float, bool]) -> None:
    """Chips of the kernel's hardware monitors: name, label, degrees, and whether what it reads moves."""
    entries: dict[str, str] = {}
    for number, (chip, label, degrees, _) in enumerate(chips):
        place = f"hwmon{number}"
        entries |= {f"{place}/name": chip, f"{place}/temp1_input": _millidegrees(degrees), f"{place}/temp1_label": label}
    folder = _class(w, "hwmon", entries)
    for number, (_, _, degrees, moves) in enumerate(chips):
        if moves:
            _moving(w, folder / f"hwmon{number}/temp1_input", degrees)
    w.config["system"].pop("temperature_c", None)


def _millidegrees(degrees: float) -> str:
    return str(int(degrees * 1000))


def _moving(w: World, file: Path, degrees: float) -> None:
    """What the sensor reads goes up and down by half a degree, as long as the world stands."""
    ended = threading.Event()
    states = itertools.cycle([f"{_millidegrees(degrees + 0.5)}\n", f"{_millidegrees(degrees)}\n"])

    def move() -> None:
        with file.open("r+") as opened:
            while not ended.wait(0.1):
                opened.seek(0)
                opened.write(next(states))
                opened.flush()

    thread = threading.Thread(target=move, daemon=True)
    thread.start()
    w.cleanup.callback(thread.join)
    w.cleanup.callback(ended.set)


def battery(w: World, percent: int | None, *, status: str = "", charger: int | None = None, energy: tuple[int, int] | None = None) -> None:
    """`charger`: what its `online` says; `energy`: now and full, for a battery that tells no percentage."""
    entries = {"BAT0/type": "Battery", "BAT0/present": "1"}
    if percent is not None:
        entries["BAT0/capacity"] = str(percent)
    if energy is not None:
        entries |= {"BAT0/energy_now": str(energy[0]), "BAT0/energy_full": str(energy[1])}
    if status:
        entries["BAT0/status"] = status
    if charger is not None:
        entries |= {"USB/type": "USB", "USB/online": str(charger)}
    _class(w, "power_supply", entries)


def disk(w: World, *, filled_mb: float, files: int = 0, read_only: bool = False, inodes: int = 0) -> str:
    """A real file system of 8 MB with so much in it; it is one that the configuration names. Its mount point."""
    point = _folder(w)
    size = f"size=8m{f',nr_inodes={inodes}' if inodes else ''}"
    w.machine += [f"mount -t tmpfs -o {size} tmpfs {point}", f"head -c {int(filled_mb * 2**20)} /dev/zero > {point}/data"]
    if files:
        w.machine.append(f"i=0; while [ $i -lt {files} ]; do : > {point}/$i; i=$((i+1)); done")
    if read_only:
        w.machine.append(f"mount -o remount,ro {point}")
    w.config["system"] = w.config["system"] | {"disk_paths": [str(point)], "disk_used_percent": 95}
    return str(point)


def bound_read_only(w: World) -> None:
    """A place that the configuration names became read-only by a mount of its own."""
    point = _folder(w)
    w.machine += [f"mount -t tmpfs -o size=8m tmpfs {point}", f"mount --bind {point} {point}", f"mount -o remount,bind,ro {point}"]
    w.config["system"] = w.config["system"] | {"disk_paths": [str(point)]}


def root_by_design_read_only(w: World) -> None:
    """The root file system can never be written, as a squashfs image, and the configuration does not name it."""
    own = [f"mount -t tmpfs tmpfs {w.folder / name}" for name in ("state", "log")]
    w.machine += [*own, "mount -o remount,bind,ro /"]
    w.config["system"].pop("disk_paths", None)


def radio_switched_off(w: World, kind: str, *, hard: bool) -> None:
    """`kind`: wlan or wwan, as rfkill calls them."""
    _class(w, "rfkill", {"rfkill0/type": kind, "rfkill0/name": "phy0", "rfkill0/soft": str(int(not hard)), "rfkill0/hard": str(int(hard))})


def node(w: World, name: str) -> None:
    """A node below /dev, as the kernel makes one for each of its ports; nobody is behind it. What is mounted below /dev stays."""
    folder = w.folder / "nodes"
    if not folder.exists():
        below = w.folder / "below-dev"
        for each in ("pts", "shm"):
            (below / each).mkdir(parents=True)
        w.machine += [f"mount --bind /dev/{each} {below / each}" for each in ("pts", "shm")]
        w.machine.append(f"mount -t overlay -o lowerdir={folder}:/dev overlay /dev")
        w.machine += [f"mount --bind {below / each} /dev/{each}" for each in ("pts", "shm")]
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(188, 0))
    path.chmod(0o666)


def usb_serial(w: World, at: str, usb: str, number: str = "", port: str = "1-1", *, in_dev: bool = True) -> None:
    """A USB serial adapter that the kernel lists at this node. `in_dev`: which is where the kernel puts it."""
    unit = f"{port}.device"  # below /sys/class/tty, as the class is what can be covered
    vendor, product = usb.split(":")
    _class(w, "tty", {f"{unit}/idVendor": vendor, f"{unit}/idProduct": product, f"{unit}/serial": number, f"{unit}/{at}/tty": ""})
    cover = w.machine[-1].split("lowerdir=")[1].split(":")[0]
    entry = Path(cover, "tty", at)
    entry.mkdir()
    (entry / "device").symlink_to(f"../{unit}/{at}")
    if in_dev:
        node(w, at)


def usb_node(w: World, group: str, at: str, usb: str, *, kind: str, number: str = "", port: str = "1-1") -> None:
    """A USB device of which the kernel lists this node in a class other than that of serial ports; `kind`: of its interface."""
    unit = f"{port}.device"  # below the class, as that is what can be covered
    vendor, product = usb.split(":")
    about = {"idVendor": vendor, "idProduct": product, "serial": number, "1-1:1.0/bInterfaceClass": kind, "1-1:1.0/report/uevent": ""}
    folder = _class(w, group, {f"{unit}/{key}": text for key, text in about.items()} | {f"{at}/uevent": ""})
    node(w, f"usb/{at}" if group == "usbmisc" else at)
    (folder / at / "device").symlink_to(f"../{unit}/1-1:1.0" + ("/report" if group == "hidraw" else ""))


def usb_without_port(w: World, usb: str, *, driver: str = "", interface_class: str = "ff", **more: str) -> None:
    """A USB device on the bus that no port came of; `driver`: what has its interface."""
    folder = _folder(w)
    vendor, product = usb.split(":")
    unit = folder / "usb/devices/1-1"
    for name, text in {"idVendor": vendor, "idProduct": product, "bDeviceClass": "00", **more}.items():
        unit.mkdir(parents=True, exist_ok=True)
        (unit / name).write_text(f"{text}\n")
    part = folder / "usb/devices/1-1:1.0"
    part.mkdir()
    (part / "bInterfaceClass").write_text(f"{interface_class}\n")
    if driver:
        (part / "driver").symlink_to(f"../../drivers/{driver}")
    w.machine.append(f"mount -t overlay -o lowerdir={folder}:/sys/bus overlay /sys/bus")


def other_adapter_at(w: World) -> str:
    """A serial node that no driver of this machine stands behind; its path."""
    point = "/dev/shm/ttyUSB0"
    w.machine += ["mount -t tmpfs -o mode=755 tmpfs /dev/shm", f"mknod -m 666 {point} c 250 101"]
    return point


def wifi(w: World) -> None:
    """The terminal's uplink is a radio instead of a cable, as far as its name says."""
    netns.ip(w.terminal, "link set eth0 down", "link set eth0 name wlan0", "link set wlan0 up")


def supplicant(w: World, networks: bytes) -> None:
    """A wpa_supplicant that lists these networks on its control socket."""
    folder = _folder(w)
    folder.chmod(0o755)
    sock = netns.call(w.terminal, lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    sock.bind(str(folder / "wlan0"))
    (folder / "wlan0").chmod(0o666)
    w.cleanup.callback(sock.close)

    def serve() -> None:
        while True:
            try:
                _, peer = sock.recvfrom(4096)
                sock.sendto(networks, peer)
            except OSError:
                return

    netns.start(w.terminal, serve)
    w.machine += ["mount -t tmpfs tmpfs /run", "mkdir /run/wpa_supplicant", f"mount --bind {folder} /run/wpa_supplicant"]
