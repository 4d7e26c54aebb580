"""A regular expression of the configuration over names from outside, in a time that has an end.

`re` goes back and forth for as long as it takes, minutes or years for `(a+)+$` over the wrong name, and holds the interpreter's lock
meanwhile: no deadline of ours would be heard. So how many ways an expression can fit a text of some length is reckoned first. Texts that
are short enough for it are searched here; longer ones in a process of their own, which the kernel ends (setitimer(2)).
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from msgspec import Struct

from probes.edge.kernel import child

LONGEST = 4096  # characters of a text
_ORDINARY = 100  # characters
_STEPS = 20_000_000  # of one search here: 0.1 s where each is simple, 0.3 s at worst (measured)
_HERE_S = 0.2  # of the processor, for all texts together that are searched here
_EACH_S, _THERE_S = 0.25, 1.0  # of the processor in a process of its own, for one text and for all
_PATIENCE_S = 2.5  # with that process, however busy the machine is
_MANY = 10**18

TOO_COSTLY = (
    "the expression takes too long on the name or command line of a process: write a simpler one, without repeats inside or behind repeats"
)
TOO_BUSY = "the machine is too busy to match the expression, which takes a process of its own: a simpler one does not"
NO_PROCESS = "the expression may take too long, and no process of its own can be started for it: write a simpler one"

# The mark in front is how another examination knows that this is no application. Unlike in a thread, a signal's handler of the main one
# ends a search; where it does not, the kernel ends the process.
_PROGRAM = """'posdiag'
import re, signal, sys
each, together = map(float, sys.argv[1:])
signal.setitimer(signal.ITIMER_PROF, together)
expression, *texts = sys.stdin.buffer.read().decode("utf-8", "surrogatepass").split("\\0")
search = re.compile(expression).search
def late(*_):
    raise TimeoutError
signal.signal(signal.SIGVTALRM, late)
for text in texts:
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, each)
        answer = "1" if search(text) else "0"
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except TimeoutError:
        answer = "?"
    sys.stdout.write(answer)
    sys.stdout.flush()
"""


class Matched(Struct, frozen=True):
    """Which texts fit and which do not; of what stands in neither, `because` says why it is not known. `not_looked`: that is not the
    expression's doing, but this machine's."""

    fit: frozenset[str]
    unfit: frozenset[str]
    because: str | None = None
    not_looked: bool = False

    def of(self, texts: Iterable[str]) -> bool | None:
        """Whether one of them fits; None where that is not known."""
        seen = [True if text in self.fit else False if text in self.unfit else None for text in texts]
        return True if True in seen else None if None in seen else False


def matched(expression: str, texts: Collection[str]) -> Matched:
    search, most = re.compile(expression).search, reach(expression)
    fit, unfit, rest = set(), set(), []
    end = time.thread_time() + _HERE_S
    for text in texts:
        if len(text) > most or time.thread_time() > end:
            rest.append(text)
        elif search(text):
            fit.add(text)
        else:
            unfit.add(text)
    because = None
    if rest:
        rest.sort(key=len)
        answers, because = _elsewhere(expression, rest)
        fit |= {text for text, answer in zip(rest, answers, strict=False) if answer == "1"}
        unfit |= {text for text, answer in zip(rest, answers, strict=False) if answer == "0"}
    return Matched(frozenset(fit), frozenset(unfit), because, because == NO_PROCESS)


def _elsewhere(expression: str, texts: list[str]) -> tuple[str, str | None]:
    """For each text 1, 0 or a question mark, as far as it came, and why not further."""
    argv = [sys.executable, "-I", "-S", "-c", _PROGRAM, str(_EACH_S), str(_THERE_S)]
    given = "\0".join((expression, *texts)).encode("utf-8", "surrogatepass")  # names go over its standard input
    try:
        done = child.run(argv, _PATIENCE_S, len(texts), given=given)
    except (OSError, ValueError, ImportError):  # no such program, none to be started, or no descriptor to read a module by
        return "", NO_PROCESS
    answers = done.output.decode("ascii", "replace")
    if done.late:
        return answers, TOO_BUSY
    if "?" not in answers and len(answers) == len(texts):
        return answers, None
    return answers, TOO_COSTLY if answers or (done.status or 0) < 0 else NO_PROCESS


def costly(expression: str) -> bool:
    """Whether texts of an ordinary length are too long for it to be searched here."""
    return reach(expression) < _ORDINARY


@lru_cache(maxsize=64)
def reach(expression: str) -> int:
    """The longest text that is searched here, in characters; -1 for none. An expression of any ordinary kind reaches `LONGEST`."""
    try:
        from re import _parser  # type: ignore[attr-defined]  # of CPython; where there is none, nothing is searched here

        tree = _parser.parse(expression)
    except (ImportError, AttributeError, RecursionError):
        return -1
    compared = 1 + len(expression) // 32  # characters one after the other, each of them far cheaper than a step
    low, high = -1, LONGEST
    while low < high:
        middle = (low + high + 1) // 2
        if (middle + 1) * _ways(tree, middle) * compared <= _STEPS:
            low = middle
        else:
            high = middle - 1
    return low


def _ways(tree: Any, length: int) -> int:
    """No fewer than the ways in which the parts can share a text of this length, as far as `_MANY`."""
    ways = 1
    for name, value in ((str(code), value) for code, value in tree):
        ways = min(_MANY, ways * _ways_of(name, value, length))
    return ways


def _ways_of(name: str, value: Any, length: int) -> int:
    match name:
        case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN" | "AT" | "FAILURE":
            return 1
        case "GROUPREF":  # compared with so much
            return length + 1
        case "SUBPATTERN":
            return _ways(value[-1], length)
        case "ATOMIC_GROUP":
            return _ways(value, length)
        case "ASSERT" | "ASSERT_NOT":
            return _ways(value[1], length)
        case "BRANCH":
            return sum(_ways(each, length) for each in value[1])
        case "GROUPREF_EXISTS":
            return sum(_ways(each, length) for each in value[1:] if each is not None) + 1
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = value
            return _repeated(_ways(inner, length), min(int(most), max(length, int(least))))
    return _MANY


def _repeated(ways: int, times: int) -> int:
    """Of none to all of the repeats, each in its own way."""
    if ways == 1:
        return min(_MANY, times + 1)
    total = power = 1
    for _ in range(times):
        power *= ways
        total += power
        if total > _MANY:
            return _MANY
    return total
