"""A shop whose terminal runs the real service for a month: between two looks time is cut out, and every act has its moment."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.lab.month import seat
from tests.lab.traces.at_the_till import App, Plugged
from tests.lab.traces.machine_and_hosts import memory
from tests.lab.traces.site import EVENT_S, Site
from tests.support.patience import PATIENCE_S
from tests.support.world import World, behaviours, netns, plan
from tests.support.world.verdict import ROOT, environment

UP_S = 20.0  # since the machine's start, when the service starts
LATER_S = 90.0  # than planned comes a look while nothing happens: sooner than after three cycles, so that it counts as watched


class Shop(Site):
    """Everything that can be done at a site, for a service that looks by itself. Moments are seconds of the month."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.things: dict[str, Any] = {"printer": Plugged(world, "printer"), "app": App(world), "memory": memory(world)}
        self.things["memory"].write_text(self.things["memory"].read_text())
        self.things["disk"] = self._disk()
        self.boots: dict[str, float] = {}
        self.looks = world.folder / "looks.ndjson"
        self._starts = 0
        self._seen_from: float | None = None  # the last act is one that the service was told of at once, at this moment
        self.ahead_s = 0.0
        self._started_anew(UP_S)

    def _disk(self) -> str:
        point = self.world.folder / "disk"
        point.mkdir()
        self.world.machine.append(f"mount -t tmpfs -o size=8m tmpfs {point}")
        self.world.config["system"] |= {"disk_paths": [str(point)], "disk_used_percent": 95}
        return str(point)

    def now(self) -> float:
        return seat.now() + self._by_s

    def done_at(self) -> float:
        """When the last act took effect."""
        return self.now() if self._seen_from is None else self._seen_from

    def _started_anew(self, up_s: float) -> None:
        self._booted_s = self.now() - up_s
        (self.world.folder / "boot_id").write_text(f"{uuid.uuid4()}\n")
        self.boots[(self.world.folder / "boot_id").read_text().strip()] = self._booted_s

    def start(self) -> None:
        self._seen_from = self.now()
        self._starts += 1
        of_terminal = self.world.seat()
        lines = [*of_terminal.machine, *self._mounts, 'exec "$@"']
        words = (self.world.configure(), self._by_s, self.ahead_s, self._booted_s, self.looks, self._starts)
        program = [sys.executable, "-m", "tests.lab.month.seat", *map(str, words)]
        argv = ["ip", "netns", "exec", self.world.terminal, "sh", "-euc", "\n".join(lines), "sh", *program]
        log = (self.world.folder / "seat.log").open("ab")
        self._process = subprocess.Popen(
            argv, cwd=ROOT, env=environment(Path(ROOT)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        self._hosts_live_on()
        self._say_it("step 0")

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
            assert process.returncode == 0, f"the service left with {process.returncode}: {self.log()}"

    def restart(self, after_s: float = 5.0, meanwhile: Callable[[], object] = lambda: None) -> None:
        """The service alone, with a farewell."""
        self.stop()
        meanwhile()
        self._by_s += after_s
        self.start()

    def killed(self, after_s: float = 5.0) -> None:
        """The service, and its supervisor starts it anew."""
        self.kill()
        self._by_s += after_s
        self.start()

    def reboot(self, after_s: float = 40.0) -> None:
        self.kill()
        app: App = self.things["app"]
        if app.process is not None:
            app.kill()
            app.start()
        self._by_s += after_s
        self._started_anew(UP_S)
        self.start()

    def look(self, after_s: float = EVENT_S) -> dict[str, Any]:
        """Something was done of which the kernel may tell."""
        self._seen_from = self.now()
        return self._say_it("look")

    def wait(self, seconds: float) -> dict[str, Any]:
        return self._live(seconds, 0.0)

    def last(self, seconds: float) -> dict[str, Any]:
        """The same for as long as nothing is expected to happen."""
        return self._live(seconds, LATER_S)

    def _live(self, seconds: float, more_s: float) -> dict[str, Any]:
        self._seen_from = None
        end = self.now() + seconds
        while (left := end - self.now()) > seat.SMALLEST_S:
            later_s = 0.0 if self.said["pending"] else more_s
            self._step(min(left, max(seat.SMALLEST_S, self.said["next_s"] + later_s + seat.SMALLEST_S)))
        return self.said

    def cut_out(self, seconds: float) -> None:
        """Nobody looks meanwhile: the machine was asleep."""
        self._seen_from = None
        self._step(seconds)

    def _step(self, seconds: float) -> None:
        self._by_s += seconds
        self._hosts_live_on()
        self._by_s -= seconds
        self._say_it(f"step {seconds}")

    def until(self, *, bad: bool, looks: int = 12) -> bool:
        """Whether the state is confirmed within so many looks."""
        for _ in range(looks):
            if (self.said["state"] != "ok") == bad and not self.said["pending"]:
                return True
            self._step(max(seat.SMALLEST_S, self.said["next_s"] + seat.SMALLEST_S))
        return False

    def router_on(self, boots_s: float, line_s: float, *, switch: bool = False, mac: str = "", line: bool = True) -> None:
        """What runs in the router listens on its other address too."""
        netns.ip(self.world.router, f"address replace {plan.ROUTER_6}/64 dev lan0 nodad")
        super().router_on(boots_s, line_s, switch=switch, mac=mac, line=line)

    def clock(self, by_s: float) -> None:
        self._seen_from = self.now()
        self.ahead_s += by_s
        self._say_it(f"wall {by_s}")

    def log(self) -> str:
        return (self.world.folder / "seat.log").read_text()[-2000:]

    def _hosts_live_on(self) -> None:
        for number in (1, 2):
            server = self.world.servers[f"check_{number}"]
            if not getattr(server.behaviour, "changed", False):
                server.behaviour = behaviours.http(204, skew_s=self._by_s)

    def _say_it(self, line: str) -> dict[str, Any]:
        self.said = self._say(line)
        self._by_s = self.said["by_s"]
        return self.said

    def clock_is_off_by(self) -> int:
        """The month's clock, against this machine's."""
        return round(self._by_s + self.ahead_s)

    def examined(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.looks.read_text().splitlines()]
