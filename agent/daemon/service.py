"""The daemon: wires the cycle to its rhythm and to the signals that end it."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable

from agent.daemon import process_memory
from agent.daemon.allocator import one_arena
from agent.daemon.cycle import Cycle
from agent.daemon.events import Events
from agent.daemon.examiner import GRACE_S, Examine, Examiner
from agent.daemon.instance_lock import Alone, Occupied
from agent.daemon.mount_watch import Footing
from agent.daemon.notifier import Complaints
from agent.daemon.scheduler import Rhythm
from agent.daemon.signals import Ending
from agent.daemon.sources import of_connections, of_devices, of_path
from agent.daemon.systemd import Supervisor
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
    one_arena()
    others = set(threading.enumerate())
    agent = loaded.settings.agent
    alone = Alone((agent.state_dir, agent.status_home))
    with Ending() as ending:
        try:
            if not alone.begin(ending.wait):
                return 0
            examiner = Examiner(examine or _examine(), loaded, timeout_s, grace_s)
            code = _once(loaded, examiner, ending) if once else _forever(loaded, examiner, ending, alone)
        except Occupied as other:
            Supervisor().say(other.text.of(loaded.settings.terminal.language))
            Complaints(loaded.settings.terminal.language).trouble("alone", "occupied", other.text)
            code = OCCUPIED
        return _leave(code, others)


def _examine() -> Examine:
    from agent.examination.examine import examine

    return examine


def _once(loaded: Loaded, examiner: Examiner, ending: Ending) -> int:
    cycle = Cycle(loaded, examiner, lambda: loaded.settings.agent.interval_s, lambda _: None)
    turn = threading.Thread(target=cycle.turn, name="cycle", daemon=True)
    turn.start()
    while turn.is_alive():
        if ending.wait(0.02):
            cycle.close()
            return 0
    return EXIT_STATUS[cycle.state]


def _forever(loaded: Loaded, examiner: Examiner, ending: Ending, alone: Alone) -> int:
    """Raises `Occupied` where another has the state directory by now."""
    agent = loaded.settings.agent
    rhythm = Rhythm(agent.interval_s)
    cycle = Cycle(loaded, examiner, rhythm.remaining, rhythm.sooner)

    def turn(just_before: Callable[[], None] = lambda: None, called: bool = False) -> None:
        cycle.turn(just_before, called=called)
        process_memory.tidy()

    events = Events([*of_path(), *of_connections(loaded.settings.gateway)], of_devices(loaded.settings.serial), turn)
    clock, supervisor, code = JumpWatch(), Supervisor(), 0
    other: Occupied | None = None
    footing = Footing((agent.state_dir, agent.status_home, agent.log_dir))
    events.start()
    rhythm.start(turn)
    tick_s = _tick_s(agent)
    while not ending.wait(TICK_S if supervisor.waits else tick_s):
        moved = clock.jumped()
        if moved:
            cycle.clock_moved(moved)
        rhythm.keep_time()
        try:
            alone.keep()
        except Occupied as error:
            other = error
            break
        cycle.beat()
        supervisor.hear(cycle.pulse)
        if supervisor.present and footing.lost(cycle.barred_s):
            code = RENEWED
            break
    supervisor.stopping()
    events.stop()
    rhythm.stop()
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
