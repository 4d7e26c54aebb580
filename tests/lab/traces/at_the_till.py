"""Traces at the devices of the terminal, and of its application."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.lab.traces.case import Case, Does
from tests.lab.traces.on_the_way import replug, steps, wait
from tests.lab.traces.site import Site
from tests.support.servers.far_end import FarEnd
from tests.support.servers.printer import Printer
from tests.support.world import World, devices

WELL = Printer()


def printer(world: World) -> FarEnd:
    return devices.device(world, WELL, "escpos", name="printer", role="printer")


def says(answer: Any) -> Does:
    def play(site: Site) -> None:
        site.thing.answer = answer

    return play


def mute(_: bytes) -> bytes:
    return b""


class Plugged:
    """A device whose name in the system is there while it is plugged in."""

    def __init__(self, world: World, name: str = "printer") -> None:
        self.end = FarEnd(WELL)
        world.cleanup.callback(self.end.close)
        os.chmod(self.end.node, 0o666)
        self.port = world.folder / f"{name}-port"
        self.port.symlink_to(self.end.node)
        devices.configured(world, str(self.port), "escpos", name=name, role=name)


def plug(there: bool) -> Does:
    def play(site: Site) -> None:
        port: Path = site.thing.port
        gone = port.with_suffix(".out")
        gone.rename(port) if there else port.rename(gone)
        site.look()

    return play


class Two(Plugged):
    """A PIN pad's plug, and beside it a printer."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "pinpad")
        self.printer = printer(world)


def prints(answer: Any) -> Does:
    """The printer of two, or the one that is plugged in."""

    def play(site: Site) -> None:
        end: FarEnd = site.thing.printer if isinstance(site.thing, Two) else site.thing.end
        end.answer = answer

    return play


class App:
    """The payment application, which can be killed and started."""

    def __init__(self, world: World, *, runs: bool = True) -> None:
        self.world, self.process = world, None
        devices.application_absent(world)
        self._program = world.folder / devices.application_of(world)
        self._program.symlink_to(Path(sys.executable).resolve())
        world.cleanup.callback(self.kill)
        if runs:
            self.start()

    process: subprocess.Popen[bytes] | None

    def start(self) -> None:
        self.process = subprocess.Popen([str(self._program), "-c", "import sys; print(flush=True); sys.stdin.read()"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)  # fmt: skip
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


def app_of(site: Site) -> App:
    found: App = site.thing
    return found


def app_killed(site: Site) -> None:
    app_of(site).kill()


def app_started(site: Site) -> None:
    app_of(site).start()


def app_anew(site: Site) -> None:
    app_killed(site)
    app_started(site)


def stopped(number: signal.Signals) -> Does:
    def play(site: Site) -> None:
        process = app_of(site).process
        assert process is not None
        process.send_signal(number)

    return play


EMPTY, OPEN, JAM = Printer(paper_end=True), Printer(cover_open=True), Printer(cutter_jam=True)
OPEN_EMPTY = Printer(cover_open=True, paper_end=True)

CASES: tuple[Case, ...] = (
    Case("paper is loaded", "paper_loaded", says(EMPTY), steps(wait(120), says(WELL)), arrange=printer, fixed=True),
    Case("paper is loaded: the cover opened for it", "paper_loaded", says(EMPTY),
         steps(wait(60), says(OPEN_EMPTY), wait(20), says(WELL)), arrange=printer),
    Case("paper is loaded: switched off and on in vain", "paper_loaded", says(EMPTY),
         steps(says(mute), wait(60), says(EMPTY), wait(60), says(WELL)), arrange=printer),
    Case("paper is loaded while the PIN pad is plugged anew", "paper_loaded", prints(EMPTY),
         steps(wait(60), plug(False), wait(10), plug(True), prints(WELL)), tried=("device_replugged",), arrange=Two),
    Case("the cover is closed", "cover_closed", says(OPEN), steps(wait(60), says(WELL)), arrange=printer, fixed=True),
    Case("the cover is closed after an hour", "cover_closed", says(OPEN), steps(wait(3600), says(WELL)), arrange=printer),
    Case("a jam: the printer switched off and on", "device_restarted", says(JAM), steps(wait(60), says(mute), wait(60), says(WELL)),
         arrange=printer, fixed=True),
    Case("a jam: the printer switched off for long", "device_restarted", says(JAM), steps(wait(300), says(mute), wait(200), says(WELL)),
         arrange=printer),
    Case("a jam: the cover opened and closed", "cover_closed", says(JAM), steps(wait(60), says(OPEN), wait(60), says(WELL)),
         arrange=printer),
    Case("a silent printer answers again", "", says(mute), steps(wait(120), says(WELL)), arrange=printer),
    Case("the printer's plug, in again", "device_replugged", plug(False), steps(wait(20), plug(True)), arrange=Plugged, fixed=True),
    Case("the printer's plug, in after an hour", "device_replugged", plug(False), steps(wait(3600), plug(True)), arrange=Plugged),
    Case("the printer's plug: in vain the cable of the network", "device_replugged", plug(False), steps(replug(), wait(90), plug(True)),
         ("link_replugged",), arrange=Plugged),
    Case("a silent printer, plugged anew", "device_replugged", prints(mute),
         steps(wait(60), plug(False), wait(20), prints(WELL), plug(True)), arrange=Plugged),
    Case("the application is started", "app_restarted", app_killed, steps(wait(60), app_started), arrange=App, fixed=True),
    Case("the application is started after an hour", "app_restarted", app_killed, steps(wait(3600), app_started), arrange=App),
    Case("the application hangs, is killed and started", "app_restarted", stopped(signal.SIGSTOP), steps(wait(60), app_anew), arrange=App),
    Case("the application was stopped, and goes on", "", stopped(signal.SIGSTOP), steps(wait(60), stopped(signal.SIGCONT)), arrange=App),
    Case("the application is started, a moment after the cable was in vain", "app_restarted", app_killed,
         steps(wait(30), replug(3), wait(5), app_started), tried=("link_replugged",), arrange=App),
)  # fmt: skip
