"""Network namespaces: made, entered by a thread, and removed with everything in them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

CLONE_NEWNET = 0x40000000
NAME = re.compile(r"^pd(?P<pid>\d+)-\d+[a-z]$")  # the maker's pid, a counter, a letter for the part
T = TypeVar("T")

_libc = ctypes.CDLL(None, use_errno=True)
_thread = threading.local()


class CommandFailed(RuntimeError):
    """A command that lays out a world did not work; the text has the command and what it said."""


def command(*argv: str, stdin: str = "") -> str:
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandFailed(f"{' '.join(argv)}: {done.stderr.strip()}\n{stdin}")
    return done.stdout


def ip(namespace: str, *lines: str) -> None:
    """Runs `ip` commands in a namespace, all in one process."""
    command("ip", "-n", namespace, "-batch", "-", stdin="\n".join(lines) + "\n")


def nft(namespace: str, rules: str) -> None:
    command("ip", "netns", "exec", namespace, "nft", "-f", "-", stdin=rules + "\n")


def sysctl(namespace: str, values: dict[str, str]) -> None:
    """`values`: path below `/proc/sys/net` and what to write there."""

    def write() -> None:
        for path, value in values.items():
            Path("/proc/sys/net", path).write_text(value)

    call(namespace, write)


def create(name: str) -> None:
    command("ip", "netns", "add", name)


def delete(name: str) -> None:
    """Ends what still runs in the namespace and removes it; safe to repeat."""
    listed = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False)
    for pid in listed.stdout.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    shutil.rmtree(etc(name), ignore_errors=True)


def etc(name: str) -> Path:
    """The directory whose files `ip netns exec` shows in `/etc`."""
    return Path("/etc/netns", name)


def existing() -> Iterable[str]:
    folder = Path("/run/netns")
    return sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []


def reap() -> None:
    """Removes what a killed test run left behind."""
    left = [*existing(), *(p.name for p in Path("/etc/netns").glob("pd*"))]
    for name in left:
        found = NAME.match(name)
        if found and not Path("/proc", found["pid"]).exists():
            delete(name)
    with contextlib.suppress(OSError):
        Path("/etc/netns").rmdir()


def enter(namespace: str) -> None:
    """Moves this thread into the namespace, for good."""
    with open(f"/run/netns/{namespace}") as handle:
        if _libc.setns(handle.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter namespace {namespace}")
    _thread.inside = True


def is_inside() -> bool:
    """Whether this thread is inside a world's namespace: it entered one, or was started by a thread that had."""
    if getattr(_thread, "inside", False):
        return True
    return os.stat("/proc/thread-self/ns/net").st_ino != os.stat("/proc/self/ns/net").st_ino


def call(namespace: str, function: Callable[[], T]) -> T:
    """Runs `function` in a thread of its own inside the namespace. Sockets made there stay there."""
    results: list[T] = []
    errors: list[BaseException] = []

    def body() -> None:
        try:
            enter(namespace)
            results.append(function())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=body, name=f"in {namespace}")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def start(namespace: str, function: Callable[[], None]) -> None:
    """Runs `function` beside the test, inside the namespace."""

    def body() -> None:
        enter(namespace)
        function()

    threading.Thread(target=body, name=f"in {namespace}", daemon=True).start()
