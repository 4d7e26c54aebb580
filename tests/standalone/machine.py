"""Machines whose first process is a real init: OpenRC (as Alpine has it), runit, SysV, busybox's (as Buildroot has it), systemd."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.standalone.archive import TREES, links_of_busybox
from tests.support.patience import PATIENCE_S, until

_BOOTED = """
set -e
mount -t overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" overlay "$2/root"
cd "$2/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs dev
while read -r name major minor; do
    mknod -m 666 "dev/$name" c "$major" "$minor"
done <<END
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
console 1 3
END
mkdir dev/pts dev/shm
mount -t tmpfs -o mode=755 tmpfs run
ip link set lo up
exec chroot . /sbin/init
"""
_CONTAINER = """
mount -t overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" overlay "$2/root"
exec systemd-nspawn --quiet --directory "$2/root" --boot --register=no --keep-unit --private-network --link-journal=no --timezone=off \
    --resolv-conf=off --console=pipe
"""


@dataclass(frozen=True)
class Kind:
    """`tree`: which of Debian's packages; `prepared`: what their scripts would have done, and what a distribution adds."""

    tree: str
    prepared: Callable[[Path], None]
    up: tuple[str, ...]  # succeeds once it has started what it starts
    off: tuple[str, ...]  # an administrator's way of not having it started
    hurried: tuple[str, str, str]  # a file of the service's, and the minute in it that a test has no time for
    container: bool = False


def _alpine(root: Path) -> None:
    links_of_busybox(root, without=("start-stop-daemon",))  # OpenRC has its own
    (root / "sbin/init").symlink_to("/bin/busybox")
    (root / "etc/inittab").write_text(
        "::sysinit:/sbin/openrc sysinit\n::sysinit:/sbin/openrc boot\n::wait:/sbin/openrc default\n::shutdown:/sbin/openrc shutdown\n"
    )
    for level in ("sysinit", "boot", "default", "shutdown"):
        folder = root / "etc/runlevels" / level
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)


def _runit(root: Path) -> None:
    links_of_busybox(root)
    services = root / "etc/runit/runsvdir"
    for link in (services / "default").glob("getty*"):
        link.unlink()
    (services / "current").symlink_to("default")


def _sysv(root: Path) -> None:
    text = (root / "usr/share/sysvinit/inittab").read_text()
    (root / "etc/inittab").write_text("".join(line for line in text.splitlines(True) if "getty" not in line and "sulogin" not in line))


def _buildroot(root: Path) -> None:
    """And nothing there makes a user."""
    links_of_busybox(root, without=("adduser", "addgroup", "deluser", "delgroup", "start-stop-daemon", "setpriv", "chpst", "su", "setsid"))
    (root / "sbin/init").symlink_to("/bin/busybox")
    (root / "etc/inittab").write_text("::sysinit:/etc/init.d/rcS\n")
    (root / "etc/init.d").mkdir()
    (root / "etc/init.d/rcS").write_text(
        '#!/bin/sh\nfor i in /etc/init.d/S??* ; do\n    [ ! -f "$i" ] && continue\n    $i start\ndone\ntouch /run/booted\n'
    )
    (root / "etc/init.d/rcS").chmod(0o755)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\ndialout:x:20:\nlp:x:7:daemon\n")


def _systemd(root: Path) -> None:
    (root / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n")


INIT, SV = "etc/init.d/posdiag", "etc/sv/posdiag/finish"
KINDS = {
    "openrc": Kind(
        "openrc",
        _alpine,
        ("test", "-e", "/run/openrc/softlevel"),
        ("rc-update", "del", "posdiag"),
        (INIT, "respawn_delay=60", "respawn_delay=1"),
    ),
    "runit": Kind("runit", _runit, ("pidof", "runsvdir"), ("rm", "/etc/service/posdiag"), (SV, "sleep 60", "sleep 1")),
    "sysv": Kind("sysv", _sysv, ("test", "-d", "/etc/init.d"), ("update-rc.d", "posdiag", "disable"), (INIT, "sleep 60", "sleep 1")),
    "buildroot": Kind(
        "busybox", _buildroot, ("test", "-e", "/run/booted"), ("rm", "/etc/init.d/S99posdiag"), (INIT, "sleep 60", "sleep 1")
    ),
    "systemd": Kind(
        "systemd",
        _systemd,
        ("systemctl", "is-active", "--quiet", "multi-user.target"),
        ("systemctl", "disable", "posdiag"),
        ("usr/lib/systemd/system/posdiag.service", "RestartSec=60", "RestartSec=1"),
        container=True,
    ),
}


class Machine:
    """Boots when made; `cut` is its power cut, `boot` turns it on again."""

    def __init__(self, kind: Kind, folder: Path) -> None:
        self.kind, self.folder = kind, folder
        for name in ("base", "upper", "work", "root"):
            (folder / name).mkdir(parents=True)
        subprocess.run(["cp", "-a", f"{TREES / kind.tree}/.", str(folder / "base")], check=True)
        kind.prepared(folder / "base")
        self.boot()

    def boot(self) -> None:
        apart = ["--mount", "--propagation", "private"]
        if not self.kind.container:
            apart += ["--net", "--pid", "--fork", "--kill-child", "--uts", "--ipc"]
        script = _CONTAINER if self.kind.container else _BOOTED
        argv = ["unshare", *apart, "sh", "-c", script, "sh", str(self.folder / "base"), str(self.folder)]
        with (self.folder / "console").open("ab") as console:
            self._held = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        until(lambda: self.first() and self.run(*self.kind.up, check=False)[0] == 0, self.console)

    def first(self) -> int | None:
        """Its first process, as this machine numbers it, once it is the init that it shall be."""
        assert self._held.poll() is None, self.console()
        children = Path(f"/proc/{self._held.pid}/task/{self._held.pid}/children").read_text().split()
        if not children or Path(f"/proc/{children[0]}/comm").read_text().strip() in ("sh", "unshare", "chroot", "(sd-"):
            return None
        return int(children[0])

    def cut(self) -> None:
        first = self.first()
        assert first is not None
        os.kill(first, 9)
        self._held.kill()
        self._held.wait()

    def console(self) -> str:
        return (self.folder / "console").read_text(errors="replace")[-3000:]

    def run(self, *words: str, check: bool = True, umask: int = 0o022) -> tuple[int, str]:
        """Exit status, and what it prints, both streams, stripped."""
        inside = ["nsenter", "--target", str(self.first()), "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd", *words]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            inside, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S, check=False, umask=umask
        )
        said = (done.stdout + done.stderr).strip()
        assert not check or done.returncode == 0, f"{words} ended with {done.returncode}: {said}\n{self.console()}"
        return done.returncode, said

    def path(self, name: str) -> Path:
        """A file as it is there, for reading and writing while the machine runs."""
        return Path(f"/proc/{self.first()}/root") / name

    def daemons(self) -> list[int]:
        """The processes of the service itself, as this machine numbers them."""
        first, found = self.first(), []
        space = Path(f"/proc/{first}/ns/pid").readlink()
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and (entry / "ns/pid").readlink() == space:
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                    if b"/opt/posdiag/bin/posdiag" in words and b"run" in words:
                        found.append(int(entry.name))
            except OSError:
                continue
        return found
