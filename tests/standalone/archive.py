"""The archive as it was built, and roots that hold nothing of a C library of ours."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
TREES = BUILD / "standalone"
VERSION = re.findall("__version__ = .(.*).", (ROOT / "agent/__init__.py").read_text())[0]
NAME = f"posdiag-standalone_{VERSION}_amd64"
ARCHIVE = BUILD / f"{NAME}.tar.xz"
PACKAGE = BUILD / f"posdiag_{VERSION}_amd64.tar.gz"
CONFIG = '[agent]\nstatus_dir = "/run/posdiag"\n[network]\nexpect_internet = false\n[[app]]\nname = "payapp"\nprocess = "payapp"\n'
INSIDE = """
for name in proc sys dev; do
    [ ! -d "$1/$name" ] || case $name in
    proc) mount -t proc proc "$1/proc" ;;
    *) mount --rbind "/$name" "$1/$name" ;;
    esac
done
ip link set lo up
root=$1
shift
exec chroot "$root" "$@"
"""


def unpack(folder: Path, archive: Path = ARCHIVE) -> Path:
    """The folder that the archive holds."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-C", str(folder), "-xf", str(archive)], check=True)
    return folder / archive.name.removesuffix(".tar.xz").removesuffix(".tar.gz")


def links_of_busybox(root: Path, without: tuple[str, ...] = ()) -> None:
    """Each of its programs that the root does not have from elsewhere."""
    there = {path.name for folder in ("bin", "sbin", "usr/bin", "usr/sbin") for path in (root / folder).glob("*")}
    for name in subprocess.run([str(root / "bin/busybox"), "--list"], capture_output=True, text=True, check=True).stdout.split():
        if name not in there and name not in without:
            (root / "bin" / name).symlink_to("/bin/busybox")


class Bare:
    """A root file system, entered anew for each program, in namespaces of its own or in a network that is given."""

    def __init__(self, root: Path, network: str = "") -> None:
        self.root, self.network = root, network

    def run(self, *words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        net = ["nsenter", f"--net=/run/netns/{self.network}"] if self.network else ["unshare", "--net"]
        argv = [
            *net,
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--propagation",
            "private",
            "sh",
            "-ec",
            INSIDE,
            "sh",
            str(self.root),
            *words,
        ]
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **(environment or {})}
        return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def empty(folder: Path, archive: Path = ARCHIVE) -> Path:
    """Nothing but the program; not a shell, no /etc, no /proc."""
    root = folder / "root"
    made = unpack(folder / "unpacked", archive)
    root.mkdir()
    (made / "opt").rename(root / "opt")
    shutil.rmtree(folder / "unpacked")
    assert os.listdir(root) == ["opt"]
    return root
