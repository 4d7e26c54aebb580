"""A real adbd under a real adb server, in namespaces of their own. What an Android system has besides, its `getprop` and `dumpsys`, are
scripts that say what a made terminal says; `ping` and `nc` are real ones, and find what really is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.support.android.terminal import PACKAGE, AndroidTerminal
from tests.support.command_line import environment
from tests.support.patience import PATIENCE_S, until

ROOT = Path(__file__).resolve().parents[2]
TREE = ROOT / "build/adb"
ADB_DEVICE = "127.0.0.1:5555"
_SCRIPT = """#!/bin/sh
said="/answers/$(echo ${0##*/} "$@" | tr / _)"
[ -e "$said" ] || { echo "Can't find it: $said" >&2; exit 1; }
cat "$said"
"""
_SAID = (
    "getprop",
    "dumpsys connectivity",
    "dumpsys telephony.registry",
    "dumpsys battery",
    "cmd wifi status",
    "settings get global airplane_mode_on",
)
_BUSYBOX = ("sh", "ls", "cat", "echo", "sleep", "date", "df", "ping", "env", "grep", "tr", "yes", "id")
_TOYBOX = '#!/bin/sh\nexec /usr/bin/busybox "$@"\n'


class Phone:
    def __init__(self, place: Path) -> None:
        self.place = place
        self._children: list[subprocess.Popen[bytes]] = []
        self._app: subprocess.Popen[bytes] | None = None  # a process of its name: the shell of the tree has a real pidof

    def __enter__(self) -> Self:
        programs = TREE / "usr/bin"
        for name in _BUSYBOX:
            link = programs / name
            if not link.is_symlink():
                link.symlink_to("busybox")
        for name in ("getprop", "dumpsys", "cmd", "settings", "pm", "logcat"):
            script(programs / name, _SCRIPT)
        script(programs / "toybox", _TOYBOX)
        (TREE / "etc/hosts").write_text("127.0.0.1 localhost gw-a.pay.example www.one.example\n")
        inside = f"ip link set lo up; mount -t proc proc {TREE}/proc; mount --rbind /dev {TREE}/dev; exec sleep 900"
        self._start(["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", inside])
        until(lambda: (Path(f"/proc/{self._children[0].pid}/root") / str(TREE).lstrip("/") / "proc/self").exists() or None)
        self.begin_adbd()
        self.run("usr/bin/adb", "start-server")
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.run("usr/bin/adb", "kill-server")
        for child in reversed(self._children):
            child.kill()
            child.wait()

    def begin_adbd(self) -> None:
        self.adbd = self._start([*self._into(), "chroot", str(TREE), "/usr/lib/android-sdk/platform-tools/adbd"])

    def end_adbd(self) -> None:
        self.adbd.kill()
        self.adbd.wait()

    def connect(self) -> None:
        """A server takes up again by itself what it had, some seconds later, and not what did not listen yet."""

        def connected() -> bool:
            self.run("usr/bin/adb", "connect", ADB_DEVICE)
            return f"{ADB_DEVICE}\tdevice" in self.run("usr/bin/adb", "devices")

        until(connected)

    def says(self, terminal: AndroidTerminal) -> None:
        answers = TREE / "answers"
        for old in answers.iterdir():
            old.unlink()
        for command in _SAID:
            (answers / command.replace("/", "_")).write_text(terminal.answer(command).out)
        (answers / "logcat -b events -d -v threadtime -t 2000").write_text(terminal.answer("logcat").out)
        if terminal.app and not self._app:
            self._app = self._start([str(shutil.copy("/bin/sleep", self.place / PACKAGE)), "900"])
        if terminal.installed:
            (answers / f"pm path {PACKAGE}").write_text(f"package:/data/app/{PACKAGE}/base.apk\n")

    def serve(self, port: int) -> subprocess.Popen[bytes]:
        """A gateway that accepts: a real one, in the device's own network."""
        code = f"import socket,time; s=socket.create_server(('127.0.0.1',{port})); print('ready',flush=True); time.sleep(900)"
        child = subprocess.Popen([*self._into(), sys.executable, "-c", code], stdout=subprocess.PIPE)
        self._children.append(child)
        assert child.stdout and child.stdout.readline() == b"ready\n"
        return child

    def check(self, *options: str, keys: str = "") -> subprocess.CompletedProcess[bytes]:
        """`keys`: more of its table."""
        config = self.place / "agent.toml"
        config.write_text(
            f"""
            [agent]
            state_dir = "{self.place}"
            log_dir = "{self.place}"
            [network]
            expect_internet = false
            addresses = ["127.0.0.1:53"]
            public_names = ["www.one.example"]
            [[gateway]]
            name = "acquirer-a"
            host = "gw-a.pay.example"
            port = 8583
            protocol = "tcp"
            [[beside]]
            name = "till-2"
            adb = "{ADB_DEVICE}"
            package = "{PACKAGE}"
            {keys}
            """
        )
        command = [*self._into(), sys.executable, "-m", "agent", "check", "--beside", "till-2", "--config", str(config), *options]
        env = environment() | {"PATH": f"{self._own_adb()}:{os.environ['PATH']}"}
        return subprocess.run(command, capture_output=True, env=env, timeout=PATIENCE_S, check=False, cwd="/")

    def _own_adb(self) -> Path:
        """A directory with the tree's adb as a program of this machine."""
        folder, libraries = self.place / "bin", TREE / "usr/lib/x86_64-linux-gnu"
        folder.mkdir(exist_ok=True)
        loader = next(iter(sorted(TREE.glob("lib64/ld-linux-*"))), next(iter(sorted(TREE.glob("lib/ld-linux-*"))), Path("/nowhere")))
        where = f"{libraries}:{libraries}/android"
        script(folder / "adb", f'#!/bin/sh\nexec {loader} --library-path {where} {TREE}/usr/lib/android-sdk/platform-tools/adb "$@"\n')
        return folder

    def listening(self) -> str:
        """The ports and sockets on which somebody listens in its network."""
        done = subprocess.run([*self._into(), "ss", "-Hlntux"], capture_output=True, text=True, timeout=PATIENCE_S, check=True)
        return done.stdout

    def run(self, *words: str) -> str:
        done = subprocess.run([*self._into(), "chroot", str(TREE), *words], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        return done.stdout + done.stderr

    def _into(self) -> list[str]:
        return ["nsenter", "--target", str(self._children[0].pid), "--net", "--mount"]

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._children.append(child)
        return child


def script(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text)
    os.chmod(path, 0o755)
