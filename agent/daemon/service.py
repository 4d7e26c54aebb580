"""The daemon: wires the cycle to its rhythm and to the signals that end it."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable

from agent.daemon import process_memory
from agent.daemon.cycle import Cycle
from agent.daemon.events import Events
from agent.daemon.examiner import GRACE_S, Examine, Examiner
from agent.daemon.instance_lock import AlreadyRunning, InstanceLock
from agent.daemon.mount_watch import MountWatch
from agent.daemon.scheduler import Scheduler
from agent.daemon.signals import Signals
from agent.daemon.sources import of_connections, of_devices, of_path
from agent.outputs.notifier import Notifier
from agent.outputs.systemd import Systemd
from agent.settings.load import Loaded
from agent.settings.model import AgentSettings
from agent.storage.status_file import EXIT_STATUS
from probes.ground.clock import JumpWatch

TICK_S, MOST_TICK_S = 0.5, 5.0
PARTING_S = 0.3  # for threads that are about to end
RENEWED = 3  # the supervisor is to set up the directories anew
OCCUPIED = 3  # another daemon has the state directory


def run(loaded: Loaded, *, once: bool, timeout_s: float, examine: Examine | None = None, grace_s: float = GRACE_S) -> int:
    """The exit status. Call it from the main thread; SIGTERM and SIGINT end it with 0."""
    process_memory.one_arena()
    others = set(threading.enumerate())
    agent = loaded.settings.agent
    lock = InstanceLock((agent.state_dir, agent.status_home))
    with Signals() as signals:
        try:
            if not lock.begin(signals.wait):
                return 0
            examiner = Examiner(examine or _examine(), loaded, timeout_s, grace_s)
            code = _once(loaded, examiner, signals) if once else _forever(loaded, examiner, signals, lock)
        except AlreadyRunning as other:
            Systemd().say(other.text.of(loaded.settings.terminal.language))
            Notifier(loaded.settings.terminal.language).trouble("alone", "occupied", other.text)
            code = OCCUPIED
        return _leave(code, others)


def _examine() -> Examine:
    from agent.examination.examine import examine

    return examine


def _once(loaded: Loaded, examiner: Examiner, signals: Signals) -> int:
    cycle = Cycle(loaded, examiner, lambda: loaded.settings.agent.interval_s, lambda _: None)
    turn = threading.Thread(target=cycle.turn, name="cycle", daemon=True)
    turn.start()
    while turn.is_alive():
        if signals.wait(0.02):
            cycle.close()
            return 0
    return EXIT_STATUS[cycle.state]


def _forever(loaded: Loaded, examiner: Examiner, signals: Signals, lock: InstanceLock) -> int:
    """Raises `AlreadyRunning` where another has the state directory by now."""
    agent = loaded.settings.agent
    scheduler = Scheduler(agent.interval_s)
    cycle = Cycle(loaded, examiner, scheduler.remaining, scheduler.sooner)

    def turn(just_before: Callable[[], None] = lambda: None, called: bool = False) -> None:
        cycle.turn(just_before, called=called)
        process_memory.tidy()

    events = Events([*of_path(), *of_connections(loaded.settings.gateway)], of_devices(loaded.settings.serial), turn)
    clock, systemd, code = JumpWatch(), Systemd(), 0
    other: AlreadyRunning | None = None
    mount_watch = MountWatch((agent.state_dir, agent.status_home, agent.log_dir))
    events.start()
    scheduler.start(turn)
    tick_s = _tick_s(agent)
    while not signals.wait(TICK_S if systemd.waits else tick_s):
        moved = clock.jumped()
        if moved:
            cycle.clock_moved(moved)
        scheduler.keep_time()
        try:
            lock.keep()
        except AlreadyRunning as error:
            other = error
            break
        cycle.beat()
        systemd.hear(cycle.pulse)
        if systemd.present and mount_watch.lost(cycle.barred_s):
            code = RENEWED
            break
    systemd.stopping()
    events.stop()
    scheduler.stop()
    cycle.close(write=other is None)
    if other is not None:
        raise other
    return code


def _tick_s(agent: AgentSettings) -> float:
    """Between looks at the clock and at what has to be renewed: each wakes the processor."""
    return max(TICK_S, min(MOST_TICK_S, agent.heartbeat_s / 8, agent.interval_s / 8))


def _leave(code: int, others: set[threading.Thread]) -> int:
    """Ends the process at once where a thread still hangs: the interpreter waits for those of pools, daemonic or not."""
    patience = time.monotonic() + PARTING_S
    while set(threading.enumerate()) - others - {threading.current_thread()}:
        if time.monotonic() > patience:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError, ValueError, AttributeError):
                    stream.flush()
            os._exit(code)
        time.sleep(0.01)
    return code
