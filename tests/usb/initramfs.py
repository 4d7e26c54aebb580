"""The root file system of the guest: busybox, this Python with what posdiag needs, and posdiag as it lies in the checkout."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from tests.usb.kernel import Kernel

ROOT = Path(__file__).resolve().parents[2]
HOME = "/posdiag"
SITE = f"{HOME}/site"
_NOT_NEEDED = {
    "test",
    "tests",
    "idlelib",
    "lib2to3",
    "ensurepip",
    "site-packages",
    "dist-packages",
    "tkinter",
    "turtledemo",
    "pydoc_data",
    "sitecustomize.py",
}
_INIT = """#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
for module in {modules}; do /bin/busybox insmod /modules/$module.ko; done
/bin/busybox ip link set lo up
export PATH=/bin PYTHONHOME={prefix} PYTHONPATH={home}:{site} HOME=/root LANG=C.UTF-8
cd {home}
exec {python} {home}/guest.py /dev/ttyS1
"""


class Archive:
    """A cpio archive in the format "newc" (Documentation/driver-api/early-userspace/buffer-format.rst), written in memory."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._known: set[str] = set()

    def add(self, path: str, content: bytes, mode: int = 0o644, mtime: int = 0) -> None:
        """A file, and the directories above it."""
        name = path.strip("/")
        if name in self._known:
            return
        for parent in reversed(Path(name).parents):
            if str(parent) != ".":
                self.directory(str(parent))
        self._entry(name, content, stat.S_IFREG | mode, mtime)

    def directory(self, path: str) -> None:
        if path.strip("/") not in self._known:
            self._entry(path.strip("/"), b"", stat.S_IFDIR | 0o755, 0)

    def copy(self, source: Path, path: str | None = None) -> None:
        seen = source.stat()
        # the time of change stays: Python takes a compiled file only with the one of its source
        self.add(path or str(source), source.read_bytes(), seen.st_mode & 0o777, int(seen.st_mtime))

    def finished(self) -> bytes:
        self._entry("TRAILER!!!", b"", 0, 0)
        return b"".join(self._parts)

    def _entry(self, name: str, content: bytes, mode: int, mtime: int) -> None:
        self._known.add(name)
        encoded = name.encode() + b"\0"
        links = 1
        fields = (len(self._known), mode, 0, 0, links, mtime, len(content), 0, 0, 0, 0, len(encoded), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields) + encoded
        self._parts += [header, bytes(-len(header) % 4), content, bytes(-len(content) % 4)]


def initramfs(kernel: Kernel, busybox: Path) -> bytes:
    archive = Archive()
    for directory in ("proc", "sys", "dev", "tmp", "root", "run", "etc", "var/lib"):
        archive.directory(directory)
    archive.copy(busybox, "/bin/busybox")
    archive.add("/etc/passwd", b"root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")
    archive.add("/etc/group", b"root:x:0:\ndialout:x:20:\nnogroup:x:65534:\n")
    for module in kernel.modules:
        archive.add(f"/modules/{module.name}.ko", module.content)
    python = Path(sys.executable).resolve()
    for source, path in (*_standard_library(), *_requirements(), *_checkout()):
        archive.copy(source, path)
    archive.copy(python)
    for library in _shared_libraries([python, *(source for source, _ in (*_standard_library(), *_requirements()))]):
        archive.copy(library)
    names = " ".join(module.name for module in kernel.modules)
    init = _INIT.format(modules=names, home=HOME, site=SITE, python=python, prefix=sys.base_prefix)
    archive.add("/init", init.encode(), 0o755)
    return archive.finished()


def _standard_library() -> Iterator[tuple[Path, str]]:
    for top in sorted({Path(sysconfig.get_path(kind, vars={"base": sys.base_prefix})) for kind in ("stdlib", "platstdlib")}):
        home = Path(sys.base_prefix) / top.relative_to(sys.prefix) if top.is_relative_to(sys.prefix) else top
        for path in sorted(home.rglob("*")):
            parts = path.relative_to(home).parts
            if path.is_file() and _NOT_NEEDED.isdisjoint(parts) and not parts[0].startswith("config-"):
                yield path, str(path)


def _requirements() -> Iterator[tuple[Path, str]]:
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    for name in pinned:
        for file in metadata.distribution(name).files or ():
            source = Path(str(file.locate()))
            if ".." not in file.parts and source.is_file() and "tests" not in file.parts:
                yield source, f"{SITE}/{file}"


def _checkout() -> Iterator[tuple[Path, str]]:
    for folder in ("agent", "probes", "config"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in (".py", ".toml"):
                yield path, f"{HOME}/{path.relative_to(ROOT)}"
    for name in ("guest.py", "printer_device.py"):
        yield Path(__file__).with_name(name), f"{HOME}/{name}"


def _shared_libraries(files: list[Path]) -> list[Path]:
    binaries = [str(file) for file in files if file.suffix == ".so" or file == files[0]]
    told = subprocess.run(["ldd", *binaries], capture_output=True, text=True, check=False).stdout
    return [Path(path) for path in sorted(set(re.findall(r"(?:=> |^\t)(/\S+) \(0x", told, re.MULTILINE)))]
