"""A shop with a terminal whose daemon looks when a real one would: at the kernel's events at once, every few seconds while a change of
the verdict is not confirmed, and else once a minute."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_S
from tests.support.world import World, behaviours, faults, netns, plan
from tests.support.world.verdict import ROOT, environment

EVENT_S, RETRY_S, INTERVAL_S = 0.3, 5.0, 60.0


class Site:
    """`ahead_s`: by how much the terminal's clock is wrong from the start. `thing`: what the world was arranged with.
    `by_lease`: a cable that is pushed in gives no address yet."""

    def __init__(self, world: World, ahead_s: float = 0.0, thing: Any = None, *, by_lease: bool = False) -> None:
        self.world, self.thing, self._by_s, self._ahead_s = world, thing, 0.0, ahead_s
        self.by_lease = by_lease
        self._process: subprocess.Popen[str] | None = None
        self._boot()
        self.said: dict[str, Any] = {}

    def _boot(self) -> None:
        boot = self.world.folder / "boot_id"
        boot.write_text(f"{uuid.uuid4()}\n")
        self._mounts = [f"mount --bind {boot} /proc/sys/kernel/random/boot_id"]

    def start(self) -> None:
        """The daemon; whatever the world's machine is by then."""
        seat = self.world.seat()
        lines = [*seat.machine, *self._mounts, 'exec "$@"']
        python = [sys.executable, "-m", "tests.lab.traces.seat", str(self.world.configure()), str(self._by_s)]
        argv = ["ip", "netns", "exec", self.world.terminal, "sh", "-euc", "\n".join(lines), "sh", *python]
        log = (self.world.folder / "seat.log").open("ab")
        self._process = subprocess.Popen(
            argv, cwd=ROOT, env=environment(Path(ROOT)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        if self._ahead_s:
            self._say(f"clock {self._ahead_s}")

    def stop(self) -> None:
        if self._process is not None:
            self._say("end")
            self._process.wait(PATIENCE_S)
            self._process = None

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self, after_s: float = 5.0) -> None:
        """The service alone."""
        self.stop()
        self._by_s += after_s
        self.start()

    def reboot(self, after_s: float = 40.0) -> None:
        """The terminal: its power went, and it starts anew. What runs on no longer does so by itself."""
        self.kill()
        self._by_s += after_s
        self._boot()
        self.start()

    def look(self, after_s: float = EVENT_S) -> dict[str, Any]:
        self._by_s += after_s
        for number in (1, 2):  # the hosts of the world live by the same time
            server = self.world.servers[f"check_{number}"]
            if not getattr(server.behaviour, "changed", False):
                server.behaviour = behaviours.http(204, skew_s=self._by_s)
        self.said = self._say(f"look {after_s}")
        return self.said

    def wait(self, seconds: float) -> dict[str, Any]:
        """So much time goes by, and the daemon looks as it does."""
        while seconds > 0.01:
            step = min(seconds, RETRY_S if self.said.get("pending") else INTERVAL_S)
            self.look(step) if step >= RETRY_S or seconds == step else None
            seconds -= step
        return self.said

    def until_bad(self) -> None:
        """The fault is there, and confirmed."""
        for _ in range(6):
            if self.said["state"] != "ok" and not self.said["pending"]:
                return
            self.look(RETRY_S)
        raise AssertionError(f"no incident: {self.said}")

    def until_well(self) -> bool:
        """Whether it recovered within some minutes."""
        for _ in range(8):
            if self.said["state"] == "ok" and not self.said["pending"]:
                return True
            self.look(RETRY_S if self.said["pending"] else INTERVAL_S)
        return False

    def clock(self, by_s: float) -> None:
        self._say(f"clock {by_s}")
        self.look(EVENT_S)

    def do(self, shell: str) -> None:
        self._say(f"do {shell}")

    def lines(self) -> list[dict[str, Any]]:
        path = self.world.folder / "state" / "history.ndjson"
        return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []

    def _say(self, line: str) -> dict[str, Any]:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        process.stdin.write(line + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise AssertionError(f"the daemon ended: {(self.world.folder / 'seat.log').read_text()[-2000:]}")
        told: dict[str, Any] = json.loads(answer)
        return told

    # what people do to the path

    def cable(self, *, plugged: bool) -> None:
        if plugged and self.by_lease:
            netns.ip(self.world.router, "link set port1 up")
        elif plugged:
            faults.cable_in(self.world)
        else:
            faults.cable_out(self.world)
        self.look()

    def replug(self, seconds: float = 4.0) -> None:
        self.cable(plugged=False)
        self.wait(seconds)
        self.cable(plugged=True)

    def router_off(self, *, switch: bool = False) -> None:
        """`switch`: one with its own power stands between, and the terminal's link stays."""
        w = self.world
        faults.router_gone(w)
        if not switch:
            netns.ip(w.router, "link set port1 down")
        self.forget()
        if not switch:
            self.look()

    def router_on(self, boots_s: float, line_s: float, *, switch: bool = False, mac: str = "", line: bool = True) -> None:
        """Its ports come first, then the router, then its line."""
        w = self.world
        line_was = self.line_dead
        self.line(dead=True)
        if not switch:
            netns.ip(w.router, "link set port1 up")
            self.look()
        self.wait(boots_s)
        if mac:
            netns.ip(w.router, f"link set lan0 address {mac}")
        netns.ip(w.router, f"address add {plan.ROUTER}/24 dev lan0")
        netns.ip(w.terminal, f"route replace default via {plan.ROUTER} dev eth0 metric 100")
        self.forget()
        self.wait(line_s)
        self.line(dead=line_was if not line else False)

    line_dead = False

    def line(self, *, dead: bool) -> None:
        netns.nft(self.world.net, "flush chain inet faults early")
        self.line_dead = dead
        if dead:
            faults.wan_silent(self.world)

    def forget(self) -> None:
        """The kernel's table of neighbours, as after the time that is cut out."""
        netns.command("ip", "-n", self.world.terminal, "neigh", "flush", "dev", "eth0")
