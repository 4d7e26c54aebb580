"""The daemon: puts together outputs, cycle, scheduler and events, and ends them at a signal."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agent.daemon import pace, process_memory, stand_ins
from agent.daemon.cycle import Cycle
from agent.daemon.directory_watch import DirectoryWatch
from agent.daemon.events import Events
from agent.daemon.examiner import GRACE_S, Examine, Examiner
from agent.daemon.instance_lock import AlreadyRunning, InstanceLock
from agent.daemon.mount_watch import MountWatch
from agent.daemon.scheduler import Scheduler
from agent.daemon.signals import Signals
from agent.daemon.sources import of_application, of_connections, of_devices, of_path
from agent.outputs.error_stream import ErrorStream
from agent.outputs.notifier import Notifier
from agent.outputs.outputs import Outputs
from agent.outputs.registry import TABLE, Make, open_outputs
from agent.outputs.systemd import Systemd
from agent.settings.load import Loaded
from agent.settings.model import AgentSettings
from agent.settings.output_settings import OutputKind
from agent.storage.expire import expire
from agent.storage.identity import boot_id, identify
from agent.storage.places import places
from agent.storage.status_file import EXIT_STATUS
from probes.ground.clock import Clock, JumpWatch

if TYPE_CHECKING:
    from agent.daemon.beside import BesideWatch

TICK_S, MOST_TICK_S = 0.5, 5.0
CLOSE_PATIENCE_S = 1.0  # with outputs, at the end
ONCE_PATIENCE_S = 60.0  # the same where the process ends by itself, and not because it was told to
LAST_WORDS_S = 0.2  # with standard error
EXIT_PATIENCE_S = 0.3  # with threads that are about to end
START_ANEW = 3  # systemd is to set up the directories again
ALREADY_RUNNING = 3  # another daemon has the state directory


def run(
    loaded: Loaded,
    *,
    once: bool,
    timeout_s: float,
    examine: Examine | None = None,
    grace_s: float = GRACE_S,
    clock: Clock | None = None,
    table: Sequence[Make] = TABLE,
) -> int:
    """The exit status. Call it from the main thread; SIGTERM and SIGINT end it with 0."""
    process_memory.one_arena()
    others = set(threading.enumerate())
    clock = clock or Clock()
    agent, language = loaded.settings.agent, loaded.settings.terminal.language
    errors = ErrorStream(language)
    lock = InstanceLock((agent.state_dir, agent.status_home), clock)
    with Signals() as signals:
        try:
            if not lock.begin(signals.wait):
                return 0
            if any(each.kind is OutputKind.MQTT for each in loaded.settings.output):
                stand_ins.load((stand_ins.MQTT,))
            outputs = open_outputs(loaded.settings, errors, clock, table, once=once)
            from_s = float("-inf") if once else _gateways_from_s(loaded, clock)
            examiner = Examiner(examine or _examine(), loaded, timeout_s, clock, grace_s, gateways_from_s=from_s)
            beside = _beside(loaded, outputs, clock, timeout_s, from_s, once=once)
            if once:
                code = _once(loaded, examiner, outputs, beside, signals, clock)
            else:
                code = _forever(loaded, examiner, outputs, beside, signals, lock, clock)
        except AlreadyRunning as other:
            Systemd(clock).say(other.text.of(language))
            Notifier(language, errors).trouble("instance", "already running", other.text)
            code = ALREADY_RUNNING
        errors.flush(LAST_WORDS_S)
        return _leave(code, others, clock)


def _gateways_from_s(loaded: Loaded, clock: Clock) -> float:
    """Machines made of one image differ in something of this."""
    agent = loaded.settings.agent
    known = identify(loaded.settings.terminal, Path(agent.state_dir), keep=True)
    terminal = "\n".join((known.machine_id, known.serial_number, known.terminal_id, loaded.settings.terminal.merchant_id))
    return pace.first_look_at(clock.running(), terminal, agent.start_spread_s)


def _examine() -> Examine:
    from agent.examination.examine import examine

    return examine


def _beside(loaded: Loaded, outputs: Outputs, clock: Clock, timeout_s: float, from_s: float, *, once: bool) -> list[BesideWatch]:
    """Where there is none, it costs nothing."""
    if not loaded.settings.beside:
        return []
    from agent.daemon.beside import BesideWatch

    return [BesideWatch(loaded, outputs, clock, timeout_s, from_s, once=once)]


def _once(loaded: Loaded, examiner: Examiner, outputs: Outputs, beside: Sequence[BesideWatch], signals: Signals, clock: Clock) -> int:
    interval_s = loaded.settings.agent.interval_s
    cycle = Cycle(loaded, examiner, outputs, clock, remaining=lambda: interval_s, sooner=lambda _: None, once=True)

    def work() -> None:
        cycle.examine_once()
        for each in beside:
            each.once()
        cycle.wait(ONCE_PATIENCE_S)

    thread = threading.Thread(target=work, name="cycle", daemon=True)
    thread.start()
    while thread.is_alive():
        if signals.wait(0.02):
            cycle.close(CLOSE_PATIENCE_S)
            for each in beside:
                each.close(CLOSE_PATIENCE_S, write=True, stopped=False)
            return 0
    return EXIT_STATUS[cycle.state]


def _forever(
    loaded: Loaded,
    examiner: Examiner,
    outputs: Outputs,
    beside: Sequence[BesideWatch],
    signals: Signals,
    lock: InstanceLock,
    clock: Clock,
) -> int:
    """Raises `AlreadyRunning` where another has the state directory by now."""
    agent = loaded.settings.agent
    scheduler, memory = Scheduler(agent.interval_s, clock), process_memory.Tidier()
    cycle = Cycle(loaded, examiner, outputs, clock, remaining=scheduler.remaining, sooner=scheduler.sooner)

    def examine(happened: Callable[[], bool] = lambda: False) -> None:
        cycle.examine_once(happened)
        memory.tidy()

    traffic = of_application(loaded.settings)
    way_out = [*of_path(), *traffic, *of_connections(loaded.settings.gateway, examiner.carried.pool)]
    events = Events(way_out, of_devices(loaded.settings.serial), examine, clock)
    jumps = JumpWatch(clock)
    directories = DirectoryWatch(lock, MountWatch((agent.state_dir, agent.status_home, agent.log_dir), clock))
    supervised = Systemd(clock).present
    code = 0
    events.start()
    scheduler.start(examine)
    tick_s = _tick_s(agent)

    def within_s() -> float:
        """Until there is something to be looked at."""
        return min(
            [
                tick_s if cycle.health.delivered else TICK_S,
                cycle.within_s,
                *(watch.within_s for watch in traffic),
                *(each.within_s for each in beside),
            ]
        )

    while not signals.wait(within_s(), (*cycle.wakers, *(waker for each in beside for waker in each.wakers))):
        moved = jumps.jumped()
        if moved:
            cycle.clock_moved(moved)
            for each in beside:
                each.clock_moved(moved)
        scheduler.keep_time()
        for watch in traffic:
            watch.look()
        directories.look()
        if directories.other is not None:
            break
        cycle.renew()
        for each in beside:
            each.look()
        outputs.look()
        outputs.health(cycle.health)
        if supervised and directories.lost(outputs.files.barred_s):
            code = START_ANEW
            break
    outputs.tell_stopping()
    events.stop()
    scheduler.stop()
    for each in beside:
        each.close(CLOSE_PATIENCE_S, write=directories.other is None, stopped=code == 0)
    cycle.close(CLOSE_PATIENCE_S, write=directories.other is None)
    if directories.other is not None:
        raise directories.other
    if code == 0:
        _mark_stopped(loaded, clock)
    return code


def _mark_stopped(loaded: Loaded, clock: Clock) -> None:
    """Nobody takes what was last said for news: the service was told to end."""
    lying = places(loaded.settings.agent)

    def mark() -> None:
        for path in dict.fromkeys((lying.document, lying.copy)):
            expire(path, now=clock.wall(), boot_id=boot_id(), stopped=True)

    thread = threading.Thread(target=mark, name="stopped", daemon=True)  # the disk may hang
    with suppress(RuntimeError):  # no thread is left: the document's time runs out by itself
        thread.start()
        thread.join(CLOSE_PATIENCE_S)


def _tick_s(agent: AgentSettings) -> float:
    """Between looks at the clock and at what has to be renewed: each wakes the processor."""
    return max(TICK_S, min(MOST_TICK_S, agent.heartbeat_s / 8, agent.interval_s / 8))


def _leave(code: int, others: set[threading.Thread], clock: Clock) -> int:
    """Ends the process at once where a thread still hangs: the interpreter waits for those of pools, daemonic or not.

    Nothing is flushed then: standard output is not used, and standard error is what a thread may hang in.
    """
    end, pause = clock.monotonic() + EXIT_PATIENCE_S, threading.Event()
    while set(threading.enumerate()) - others - {threading.current_thread()}:
        if clock.monotonic() > end:
            os._exit(code)
        pause.wait(0.01)
    return code
