"""The table of processes: who runs, in which state, and whether all of them can be seen."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from probes.edge.failures import CannotTell, raise_if_ours
from probes.edge.kernel import psutil_here
from probes.edge.kernel.matching import LONGEST, Matched, matched
from probes.edge.kernel.psutil_here import DEAD, STOPPED, TRACED, ZOMBIE
from probes.edge.kernel.reading import entries_of, text_of
from probes.ground.text import escape

if TYPE_CHECKING:
    import psutil

PROC = Path("/proc")
COMMAND_LIMIT = LONGEST  # characters of a command line, and of a name, that are searched
_KERNEL_NAME_LENGTH = 15

# Programs that carry another program's name among their arguments. A match of the command line alone does not make them it.
_SEARCH = {"awk", "egrep", "fgrep", "grep", "pgrep", "pkill", "ps", "rg", "sed"}
_READ_OR_EDIT = {
    "cat",
    "ed",
    "emacs",
    "joe",
    "less",
    "man",
    "mcedit",
    "more",
    "nano",
    "nvim",
    "tail",
    "tee",
    "vi",
    "view",
    "vim",
    "vim.basic",
    "vim.tiny",
}
_OVERSEE = {"gdb", "journalctl", "ltrace", "posdiag", "service", "strace", "systemctl", "watch"}
_BYSTANDERS = frozenset(_SEARCH | _READ_OR_EDIT | _OVERSEE)


class Process(Struct, frozen=True, kw_only=True):
    """`command` may hold secrets: it is searched, and goes nowhere else."""

    pid: int
    name: str
    command: str
    state: str  # psutil's word: running, sleeping, stopped, tracing-stop, zombie …
    exited_leader: bool = False  # the first thread has ended, others run on: the kernel shows a zombie that is none

    @property
    def zombie(self) -> bool:
        return self.state in (ZOMBIE, DEAD) and not self.exited_leader

    @property
    def stopped(self) -> bool:
        return self.state in (STOPPED, TRACED)

    def fits(self, matches: Matches) -> bool | None:
        """None where it cannot be told."""
        return matches.said.of(self.texts()) if not (self.zombie and self._cut_short(matches.expression)) else True

    def texts(self) -> tuple[str, ...]:
        """What an expression is held against."""
        if self.zombie or self.name in _BYSTANDERS or _is_posdiag(self.command):
            return (self.name,)
        return self.name, self.command

    def _cut_short(self, expression: str) -> bool:
        """Of a zombie no command line is left, and the kernel keeps 15 bytes of the name: a longer literal is compared with those."""
        plain = re.escape(expression) == expression or re.fullmatch(r"[\w-]+", expression) is not None
        return plain and len(self.name) == _KERNEL_NAME_LENGTH and expression.startswith(self.name)


class Matches(Struct, frozen=True):
    """What an expression says of some processes."""

    expression: str
    said: Matched


def matches(expression: str, processes: Iterable[Process]) -> Matches:
    return Matches(expression, matched(expression, {text for process in processes for text in process.texts()}))


def _is_posdiag(command: str) -> bool:
    return re.match(r"\S*python[\d.]* (-\S+ )*(\S*/posdiag|-m agent|-c 'posdiag')(\s|$)", command) is not None


class Census(Struct, frozen=True):
    """`complete` is false where processes of other users are hidden: then the absence of one proves nothing. Nor does it where
    `not_looked` says why not every process could be looked at."""

    processes: tuple[Process, ...]
    complete: bool
    not_looked: str | None = None


def census() -> Census:
    """Everybody but this process and those that started it."""
    found: list[Process | None] = []
    not_looked = None
    try:
        for process in _others():
            found.append(process)
    except CannotTell as trouble:
        not_looked = trouble.text
    return Census(tuple(process for process in found if process), None not in found, not_looked)


def _others() -> Iterator[Process | None]:
    """None for those that are hidden. Raises CannotTell."""
    if not sees_everybody():
        yield None
    psutil = psutil_here.loaded()
    family = ancestors()
    try:
        for process in psutil.process_iter():
            if process.pid in family:
                continue
            try:
                seen = _described(process)
            except psutil.NoSuchProcess:
                continue  # ended meanwhile
            except (psutil.AccessDenied, OSError) as error:
                raise_if_ours(error)
                seen = None
            yield seen
    except OSError as error:  # in the listing itself
        raise_if_ours(error)
        raise


def ancestors() -> frozenset[int]:
    """This process and its parents up to the first. Raises CannotTell."""
    return frozenset({os.getpid(), os.getppid(), *_parents(os.getpid())})


def _parents(pid: int) -> list[int]:
    """Up to the first; empty where there is no such process. Raises CannotTell."""
    psutil = psutil_here.loaded()
    try:
        return [parent.pid for parent in psutil.Process(pid).parents()]
    except (psutil.Error, OSError, ValueError, OverflowError) as error:
        raise_if_ours(error)
        return []


def sees_everybody() -> bool:
    """Whether `/proc` shows us the first process, which `hidepid` and application sandboxes hide. Raises CannotTell."""
    return bool(text_of(PROC / "1/stat"))


def described(pid: int) -> Process | None:
    """None where there is no such process, or nothing of it can be read. Raises CannotTell."""
    psutil = psutil_here.loaded()
    try:
        return _described(psutil.Process(pid))
    except (psutil.Error, OSError, ValueError, OverflowError) as error:
        raise_if_ours(error)
        return None


def belongs_to(pid: int, expressions: tuple[str, ...]) -> bool | None:
    """Whether the process, or one that started it, is of these: a child keeps the ports that its parent opened. None: the expression
    takes too long. Raises CannotTell."""
    family = [parent for parent in _parents(pid) if parent != 1]
    known = [process for process in map(described, [pid, *family]) if process]
    seen = []
    for expression in expressions:
        found = matches(expression, known)
        seen += [process.fits(found) for process in known]
        if True in seen:
            return True
        if None in seen and found.said.not_looked:
            raise CannotTell(str(found.said.because))
    return None if None in seen else False


def any_named(name: str, proc: Path) -> bool:
    """Whether a process that can be seen calls itself so: at most 15 characters. Raises CannotTell."""
    try:
        listed = entries_of(proc)
    except OSError:
        return False
    return any((text_of(entry / "comm") or "").rstrip("\n") == name for entry in listed if entry.name.isdigit())


def is_posdiag(process: Process) -> bool:
    """Whether it is another examination, of the daemon or by hand."""
    return process.name == "posdiag" or _is_posdiag(process.command)


def _described(process: psutil.Process) -> Process:
    """Raises what psutil raises."""
    with process.oneshot():
        state = str(process.status())
        zombie = state == ZOMBIE
        try:
            command = "" if zombie else " ".join(process.cmdline())[:COMMAND_LIMIT]
        except psutil_here.loaded().ZombieProcess:
            command, state, zombie = "", ZOMBIE, True
        return Process(
            pid=process.pid,
            name=process.name()[:COMMAND_LIMIT],
            command=command,
            state=state,
            exited_leader=zombie and process.num_threads() > 1,
        )


def shown(name: str) -> str:
    """A process names itself: its name is text from outside."""
    return escape(name, 64)
