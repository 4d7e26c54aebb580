"""How long a program waits for a name, by what each name server does: the GNU C library's getaddrinfo, as its res_send.c has it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

_TIMEOUT_S, _MOST_TIMEOUT_S = 5, 30
_ATTEMPTS, _MOST_ATTEMPTS = 2, 5


class Answers(Struct, frozen=True, kw_only=True):
    """Of one server. `ended`: it has answered all that was asked, or part of it for good. `missing`: it left one of two questions
    unanswered, or one alone; `alone`: that one is answered when it is not sent beside the other. `at_once`: whatever it did, nobody waits
    for it (an error of its own, or a port that is closed)."""

    server: str
    took_s: float = 0.0
    ended: bool = False
    missing: str = ""
    alone: bool = False
    at_once: bool = False


class Cost(Struct, frozen=True):
    """`waits_for`: the server that costs most of it, and `question` the kind that it leaves unanswered, where it answers the other."""

    seconds: float
    waits_for: str = ""
    question: str = ""


def cost(servers: Sequence[Answers], options: Sequence[str]) -> Cost | None:
    """None where no server ends the lookup: then the name is not found, and that is another matter. With `rotate` the worst order."""
    orders = [tuple(servers[n:]) + tuple(servers[:n]) for n in range(len(servers))] if "rotate" in options else [tuple(servers)]
    costs = [found for order in orders if (found := _in_order(order, options)) is not None]
    return max(costs, key=lambda each: each.seconds, default=None)


def _in_order(servers: Sequence[Answers], options: Sequence[str]) -> Cost | None:
    timeout = min(_MOST_TIMEOUT_S, _number(options, "timeout:", _TIMEOUT_S))
    attempts = min(_MOST_ATTEMPTS, _number(options, "attempts:", _ATTEMPTS))
    waited: list[tuple[float, Answers]] = []
    for _ in range(max(1, attempts)):
        for place, each in enumerate(servers):
            patience = max(1, (timeout << place) // (len(servers) if place else 1))
            if each.at_once:
                continue
            waited.append((_wait(each, patience, options), each))
            if each.ended:
                return _cost(waited)
    return None


def _wait(each: Answers, patience: float, options: Sequence[str]) -> float:
    """For what one server says: where one of two answers stays out, both are asked for again one after the other, then over a new port."""
    if not each.missing:
        return each.took_s if each.ended else patience
    single, reopens = "single-request" in options, "single-request-reopen" in options
    if each.alone:
        return 0.0 if single or reopens else patience
    return patience * (3 - single - reopens)


def _cost(waited: Sequence[tuple[float, Answers]]) -> Cost:
    _, slowest = max(waited, key=lambda each: each[0])
    return Cost(round(sum(seconds for seconds, _ in waited), 2), slowest.server, slowest.missing if slowest.ended else "")


def _number(options: Sequence[str], name: str, usual: int) -> int:
    told: Callable[[str], str] = lambda option: option.removeprefix(name)  # noqa: E731
    numbers = [int(told(option)) for option in options if option.startswith(name) and told(option).isascii() and told(option).isdigit()]
    return numbers[-1] if numbers else usual
