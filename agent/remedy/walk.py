"""A person is led through the steps, one at a time: where they are, what a key does, what a look tells, and what is to be recorded. Pure.

The steps are those of a status document, cause by cause. Another document does not move anybody off a step in the middle of it: a router
that is being restarted takes the link along, and that is no new fault. It counts once a person goes on.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.document import CauseEntry, Status, Step
from agent.remedy.route import check_in, idle, incident_of, interrupts, key_of, lasting, route, told_as, well
from probes.model import Check, Facts, Outcome, kind_of
from probes.model.vocabulary import REMOTE

READ_S = 5.0  # nobody has read and done a step sooner
JUST_LEFT_S = 20.0  # after going on: what gets better is still by the step before, which was done
TAKES_EFFECT_S = 180.0  # a step that was done may still help, as a router that starts
AGAIN_S = 30.0  # between two looks at everything that a check which stays good calls for
_GOOD = (Outcome.PASS, Outcome.WARN)


class Phase(StrEnum):
    """`ask`: the step would interrupt payments, and they work; `call`: whom to call, in between; `failed`: no step is left;
    `was`: all is well, and nobody knows whether by the step."""

    NOTHING = "nothing"
    ASK = "ask"
    STEP = "step"
    CALL = "call"
    FAILED = "failed"
    WAS = "was"
    WELL = "well"
    LEFT = "left"


class Key(StrEnum):
    NEXT = "next"
    BACK = "back"
    DID = "did"
    YES = "yes"
    CALL = "call"
    QUIT = "quit"


class Word(Struct, frozen=True):
    """What a person did, for the record. `step`: its id with its cause's code; `helped`: yes, no or unknown."""

    step: str
    helped: str


class Helped(Struct, frozen=True):
    """A fault that is over. `step`: by which, where one can be named, and its number."""

    cause: CauseEntry
    step: Step | None
    number: int = 0


class Moved(Struct, frozen=True):
    """A step that was done, and the moment at which the person went on without its help."""

    step: Step
    at: float


class Walk(Struct, frozen=True, kw_only=True):
    """`status`: the document that the steps are taken from; `latest`: the newest. `trail`: the steps that were shown, in this order.
    `agreed`: the step on the screen may interrupt payments; `done`: it was done. `before`: what the check of the step was when it came on
    the screen, `check`: the last look at it. `sure`: it has become good, and everything is to be looked at; `but`: everything was, and the
    fault is still there. `words`: not recorded yet."""

    status: Status
    latest: Status
    phase: Phase
    step: Step | None = None
    trail: tuple[Step, ...] = ()
    shown_at: float = 0.0
    agreed: bool = False
    done: bool = False
    before: Outcome | None = None
    check: Check[Facts] | None = None
    sure: bool = False
    sure_at: float | None = None
    but: bool = False
    moved: Moved | None = None
    over: tuple[Helped, ...] = ()
    incident: str = ""
    words: tuple[Word, ...] = ()

    @property
    def ended(self) -> bool:
        return self.phase in (Phase.NOTHING, Phase.WELL, Phase.LEFT)

    @property
    def good(self) -> bool:
        """Whether the last look shows that the step's check has become good. One that was good all along shows nothing."""
        if self.check is None or self.before is Outcome.PASS:
            return False
        return self.check.outcome is Outcome.PASS or (self.check.outcome is Outcome.WARN and self.before is not Outcome.WARN)

    @property
    def cause(self) -> CauseEntry | None:
        """The one that the step on the screen is for, else the first that is no notice."""
        causes = lasting(self.status)
        wanted = self.step.cause if self.step else None
        return next((each for each in causes if each.code == wanted), next(iter(causes), None))

    @property
    def place(self) -> tuple[int, int]:
        """Which step this is for whoever is led, and how many its cause has: another document may have them in another order."""
        return self.number(self.step), sum(self.step is not None and each.cause == self.step.cause for each in route(self.status))

    def number(self, step: Step | None) -> int:
        mine = [key_of(each) for each in self.trail if step is not None and each.cause == step.cause]
        return mine.index(key_of(step)) + 1 if step is not None and key_of(step) in mine else 0


def begin(status: Status, now: float) -> Walk:
    walk = Walk(status=status, latest=status, phase=Phase.NOTHING, incident=incident_of(status))
    if well(status):
        return walk
    steps = route(status)
    return _at(walk, steps[0], now) if steps else replace(walk, phase=Phase.FAILED)


def press(walk: Walk, key: Key, now: float) -> Walk:
    if walk.ended:
        return walk
    if walk.phase is Phase.WAS:
        return _was(walk, key)
    if key is Key.QUIT:
        return leave(walk)
    if walk.step is None:
        return walk
    match key, walk.phase:
        case Key.CALL | Key.BACK | Key.NEXT, Phase.CALL:
            return replace(walk, phase=_phase(walk.step, walk))
        case Key.CALL, Phase.STEP | Phase.ASK:
            return replace(walk, phase=Phase.CALL)
        case Key.NEXT, Phase.STEP | Phase.ASK:
            return _on(walk, now)
        case Key.BACK, Phase.STEP | Phase.ASK | Phase.FAILED:
            return _back(walk, now)
        case Key.YES, Phase.ASK:
            return replace(walk, phase=Phase.STEP, agreed=True, shown_at=now)
        case Key.DID, Phase.STEP if not walk.done:
            return _on(walk, now) if idle(walk.step) else replace(walk, done=True)
    return walk


def looked(walk: Walk, check: Check[Facts], now: float) -> Walk:
    """After a look at what the step on the screen is to change."""
    if walk.ended or walk.phase is Phase.WAS or walk.step is None or check.id != walk.step.verify:
        return walk
    was = walk.good
    walk = replace(walk, check=check)
    if not walk.good:
        return replace(walk, but=False, sure=False)
    if walk.sure or (was and walk.sure_at is not None and now - walk.sure_at < AGAIN_S):
        return walk
    return replace(walk, sure=True, sure_at=now)


def told(walk: Walk, status: Status, now: float) -> Walk:
    """After a look at everything, or with the service's newest document. One that is still to be confirmed decides nothing."""
    if walk.ended or walk.phase is Phase.WAS:
        return walk
    walk = replace(walk, latest=status, incident=incident_of(status) or walk.incident)
    if well(status):
        return _over(walk, now)
    if status.pending is not None:
        return walk
    if walk.step is None:
        return replace(begin(status, now), over=walk.over, words=walk.words, incident=walk.incident)
    wanted = key_of(walk.step)
    same = next((each for each in route(status) if key_of(each) == wanted), None)
    if same is not None:  # in its newest words
        return still(replace(walk, status=status, step=same, check=_newer(walk.check, check_in(status, same.verify))))
    shown = check_in(status, walk.step.verify)
    over = all(each.code != walk.step.cause for each in lasting(status)) and shown is not None and shown.outcome in _GOOD
    return _over(walk, now) if over else still(walk)


def still(walk: Walk) -> Walk:
    """Everything was looked at, and nothing is over."""
    return replace(walk, but=walk.but or walk.sure, sure=False)


def leave(walk: Walk) -> Walk:
    """At any moment: what was done and not seen to help stays unknown, and is recorded as that."""
    if walk.ended:
        return walk
    if walk.phase is Phase.WAS:
        return replace(walk, phase=Phase.WELL)
    words = [Word(told_as(walk.step), "unknown")] if walk.step and walk.done else []
    return replace(walk, phase=Phase.LEFT, moved=None, done=False, words=(*walk.words, *_in_vain(walk), *words))


def _newer(one: Check[Facts] | None, other: Check[Facts] | None) -> Check[Facts] | None:
    return other if one is None or (other is not None and other.observed_at > one.observed_at) else one


def _was(walk: Walk, key: Key) -> Walk:
    """The answer to: was it this step?"""
    if key in (Key.YES, Key.DID) and walk.step is not None:
        over = (*walk.over[:-1], replace(walk.over[-1], step=walk.step, number=walk.number(walk.step)))
        return replace(walk, phase=Phase.WELL, over=over, words=(*walk.words, Word(told_as(walk.step), "yes")))
    return walk if key is Key.CALL else replace(walk, phase=Phase.WELL)


def _phase(step: Step, walk: Walk) -> Phase:
    return Phase.ASK if interrupts(step, walk.latest) and not walk.agreed else Phase.STEP


def _at(walk: Walk, step: Step, now: float) -> Walk:
    shown = key_of(step) in map(key_of, walk.trail)
    walk = replace(walk, step=step, trail=walk.trail if shown else (*walk.trail, step), shown_at=now, agreed=False, done=False)
    known = check_in(walk.latest, step.verify)
    walk = replace(walk, check=known, sure=False, sure_at=None, but=False, before=known.outcome if known else None)
    return replace(walk, phase=_phase(step, walk))


def _on(walk: Walk, now: float) -> Walk:
    """To what was shown after this one before, else to the first step that was not shown yet."""
    walk = replace(_gone_on(walk, now), status=walk.latest)
    steps, shown = route(walk.status), [key_of(each) for each in walk.trail]
    after = shown[_position(walk) + 1 :]
    following = next((each for key in after for each in steps if key_of(each) == key), None)
    following = following or next((each for each in steps if key_of(each) not in shown), None)
    return _at(walk, following, now) if following else replace(walk, phase=Phase.FAILED, sure=False)


def _back(walk: Walk, now: float) -> Walk:
    if walk.phase is Phase.FAILED and walk.step is not None:
        return _at(walk, walk.step, now)
    steps, before = route(walk.status), walk.trail[: _position(walk)]
    found = next((each for gone in reversed(before) for each in steps if key_of(each) == key_of(gone)), None)
    return _at(_gone_on(walk, now), found, now) if found else walk


def _position(walk: Walk) -> int:
    keys = [key_of(each) for each in walk.trail]
    return keys.index(key_of(walk.step)) if walk.step is not None and key_of(walk.step) in keys else -1


def _gone_on(walk: Walk, now: float) -> Walk:
    """From a step that was done: whether it helped is known once the next one is, or a while has passed."""
    if not walk.done or walk.step is None:
        return walk
    return replace(walk, moved=Moved(walk.step, now), done=False, words=(*walk.words, *_in_vain(walk)))


def _in_vain(walk: Walk) -> tuple[Word, ...]:
    return (Word(told_as(walk.moved.step), "no"),) if walk.moved else ()


def _over(walk: Walk, now: float) -> Walk:
    """The fault in hand is over: by which step, and what comes next."""
    helped, cause = _credit(walk, now), walk.cause
    perhaps = helped is None and _doing(walk, now)
    words = list(walk.words)
    if walk.moved and walk.moved.step is not helped:
        words += _in_vain(walk)
    if helped is not None:
        words.append(Word(told_as(helped), "yes"))
    over = walk.over if cause is None else (*walk.over, Helped(cause, helped, walk.number(helped)))
    walk = replace(walk, over=over, words=tuple(words), moved=None, done=False, sure=False)
    if well(walk.latest):
        return replace(walk, phase=Phase.WAS if perhaps else Phase.WELL)
    walk = replace(walk, status=walk.latest)
    shown = [key_of(each) for each in walk.trail]
    following = next((each for each in route(walk.latest) if key_of(each) not in shown), None)
    return _at(walk, following, now) if following else replace(walk, phase=Phase.FAILED)


def _credit(walk: Walk, now: float) -> Step | None:
    """The step that helped: the one that was done; else the one on the screen, where what changed can only have been done on site; none
    where nobody had the time to do it."""
    if walk.done:
        return walk.step
    moved = walk.moved.step if walk.moved and now - walk.moved.at <= TAKES_EFFECT_S else None
    if moved is not None and now - walk.shown_at <= JUST_LEFT_S:
        return moved
    if walk.step is not None and _doing(walk, now) and kind_of(walk.step.verify).layer not in REMOTE:
        return walk.step
    return moved


def _doing(walk: Walk, now: float) -> bool:
    """Somebody had the time to do the step on the screen."""
    on_screen = walk.phase in (Phase.STEP, Phase.CALL) and walk.step is not None and not idle(walk.step)
    return on_screen and now - walk.shown_at >= READ_S
