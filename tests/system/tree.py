"""Trees of a Debian for the machines: made once by debootstrap, then laid under each machine as an overlay."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUITE = os.environ.get("SUITE", "bookworm")
BASE = ROOT / "build" / f"system-tree-{SUITE}"
PACKAGES = ("systemd", "systemd-sysv", "dbus", "python3")


def base() -> Path:
    """The smallest Debian with systemd and python3; about a minute the first time."""
    if not BASE.exists():
        draft = BASE.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        BASE.parent.mkdir(exist_ok=True)
        include = f"--include={','.join(PACKAGES)}"
        subprocess.run(["debootstrap", "--variant=minbase", include, SUITE, str(draft)], check=True, stdout=subprocess.DEVNULL)
        (draft / "var/log/journal").mkdir(exist_ok=True)
        draft.rename(BASE)
    return BASE


@contextlib.contextmanager
def overlaid(folder: Path) -> Iterator[Path]:
    """A tree of one's own over the base, on the file system of `folder`."""
    for name in ("upper", "work", "tree"):
        (folder / name).mkdir()
    options = f"lowerdir={base()},upperdir={folder / 'upper'},workdir={folder / 'work'}"
    subprocess.run(["mount", "-t", "overlay", "-o", options, "overlay", str(folder / "tree")], check=True)
    try:
        yield folder / "tree"
    finally:
        subprocess.run(["umount", "-l", str(folder / "tree")], check=True)
