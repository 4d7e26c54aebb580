"""A root file system of a test's own: this machine's, seen through an overlay in memory, so that packages can be installed in earnest.

With processes and a network of its own: what an installation starts there ends with it, and reaches nothing.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

_LAID = """
set -e
mount -t tmpfs -o mode=755 tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root"
mount -t proc proc "$1/root/proc"
mount -t tmpfs -o mode=755 tmpfs "$1/root/run"
mount -t tmpfs -o mode=1777 tmpfs "$1/root/tmp"
mount --bind /dev "$1/root/dev"
echo laid
read -r _
"""
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class OwnRoot:
    def __init__(self, place: Path, holder: int) -> None:
        self._place, self._holder = place, holder

    def run(self, *argv: str, umask: int = 0o022, check: bool = True) -> str:
        """What it prints, both streams, stripped."""
        inside = ["nsenter", f"--target={self._holder}", "--mount", "--pid", "--net", "chroot", str(self._place / "root"), *argv]
        environment = {"PATH": _PATH, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            inside, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, umask=umask, check=False, timeout=120
        )
        said = (done.stdout + done.stderr).strip()
        assert not check or done.returncode == 0, f"{argv} ended with {done.returncode}: {said}"
        return said

    def put(self, source: Path) -> str:
        """A file or a folder of this machine's in its /tmp; the path there. Modes stay."""
        with subprocess.Popen(["tar", "-C", str(source.parent), "-c", source.name], stdout=subprocess.PIPE) as packed:
            argv = ["nsenter", f"--target={self._holder}", "--mount", "tar", "-C", str(self._place / "root/tmp"), "-xp"]
            subprocess.run(argv, stdin=packed.stdout, check=True)
        return f"/tmp/{source.name}"

    def modes(self, *paths: str) -> list[str]:
        """`owner:group mode` of each."""
        return self.run("stat", "-c", "%U:%G %a", *paths).splitlines()


@contextlib.contextmanager
def own_root(place: Path) -> Iterator[OwnRoot]:
    """Over an empty folder. Gone with all that was done to it, whatever ends this process."""
    for program in ("unshare", "nsenter", "chroot", "dpkg", "dpkg-deb"):
        if shutil.which(program, path=_PATH) is None:
            pytest.skip(f"no {program} here")
    spaces = ["--mount", "--propagation", "private", "--net", "--pid", "--fork", "--kill-child"]
    argv = ["unshare", *spaces, "sh", "-c", _LAID, "sh", str(place)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as holder:
        assert holder.stdout and holder.stderr
        if holder.stdout.readline() != "laid\n":
            pytest.skip(f"no overlay over the root file system here: {holder.stderr.read().strip()}")
        yield OwnRoot(place, int(Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text()))
        holder.communicate("\n")
