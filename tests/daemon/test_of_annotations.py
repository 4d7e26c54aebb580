"""What looks at annotations and protocols in the daemon says what it says elsewhere, and loads neither `inspect` nor `ast` for that."""

from __future__ import annotations

import inspect
import subprocess
import sys
from enum import Enum

import pytest

from agent.daemon.of_annotations import getattr_static
from tests.support.staged import ROOT


def small(code: str) -> str:
    """What it prints where nothing was loaded before."""
    head = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom agent.daemon import of_annotations\nof_annotations.lighten()\n"
    done = subprocess.run([sys.executable, "-IS", "-c", head + code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.strip()


class Base:
    both, inherited, none = "of the class", 1, None

    def __init__(self) -> None:
        self.own = self.both = self.ruled = "of the instance"
        vars(self)["asked"] = "of the instance"

    @property
    def asked(self) -> str:
        raise AssertionError("asked")

    ruled = "of the class"


class Slotted:
    __slots__ = ("own",)


class Asks(Base):
    def __getattr__(self, name: str) -> str:
        raise AssertionError(name)


class Shadowed(Base):
    @property
    def __dict__(self) -> dict[str, object]:  # type: ignore[override]
        raise AssertionError("__dict__")


class Meta(type):
    of_meta = 1


class Made(metaclass=Meta):
    of_class = 2


class Colour(Enum):
    RED = 1


THINGS: tuple[object, ...] = (
    Base(), Asks(), Slotted(), Made(), Made, Colour.RED, Colour, 1, "text", len, sys, {"own": 1}, ["own"], None, object(), "".join,
)  # fmt: skip
NAMES = (
    "own",
    "both",
    "ruled",
    "asked",
    "none",
    "inherited",
    "of_meta",
    "of_class",
    "value",
    "read",
    "keys",
    "__index__",
    "__dict__",
    "RED",
)


def test_an_attribute_is_found_as_by_the_real_one() -> None:
    nothing = object()
    for thing in (*THINGS, Shadowed.__new__(Shadowed)):
        for name in NAMES:
            found, real = getattr_static(thing, name, nothing), inspect.getattr_static(thing, name, nothing)
            assert found is real or found == real, (type(thing), name)
            if real is nothing:
                with pytest.raises(AttributeError):
                    getattr_static(thing, name)


def test_a_protocol_loads_nothing_that_reads_sources() -> None:
    code = """
import sys, typing
@typing.runtime_checkable
class Reads(typing.Protocol):
    def read(self) -> bytes: ...
class File:
    def read(self): ...
class Unread:
    read = None
late = Unread()
late.read = len
print(*(isinstance(each, Reads) for each in (File(), Unread(), late, 1)), "inspect" in sys.modules, "ast" in sys.modules)
"""
    assert small(code) == "True False True False False False"


@pytest.mark.skipif(sys.version_info < (3, 14), reason="annotations are put into words by Python from 3.14 on")
def test_annotations_in_words_are_the_same() -> None:
    operators = ["+", "-", "*", "@", "/", "%", "<<", ">>", "|", "^", "&", "//", "**", "<", "<=", "==", "!=", ">", ">="]
    told = "".join(f"    b{number}: x {sign} (y {sign} 1)\n" for number, sign in enumerate(operators))
    code = f"""
import annotationlib
class Told:
    u0: ~x
    u1: -(+x)
    g: list[x | None]
{told}
print(annotationlib.get_annotations(Told, format=annotationlib.Format.STRING))
print(annotationlib.get_annotations(Told, format=annotationlib.Format.FORWARDREF))
"""
    plain = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert small(code) == plain.stdout.strip()
