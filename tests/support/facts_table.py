"""The table of facts in `docs/architecture.md`, made from the structs: `python -m tests.support.facts_table --write` renews it."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator

import msgspec
from msgspec.structs import FieldInfo

from probes.model import Facts, Kind, kind_of
from probes.model.facts import FACTS
from tests.support.documented import ROOT, section

DOCUMENT, TITLE = "docs/architecture.md", "Facts that checks carry"
ANY = "any check"
_NAMED_BY = {
    **dict.fromkeys((Kind.LINK, Kind.ADDRESS, Kind.CONFLICT, Kind.LOSS, Kind.BACKUP), "IF"),
    **dict.fromkeys((Kind.ROUTER, Kind.RESOLVER), "ADDR"),
    **dict.fromkeys((Kind.NAMES_ELSEWHERE, Kind.TLS_SPOKEN), "GATEWAY"),
    Kind.HTTP_CHECK: "N",
    Kind.REACH: "ADDR:PORT",
    Kind.NTP: "HOST",
    Kind.DISK: "PATH",
}
_KINDS = tuple(kind for kind in Kind if kind is not Kind.OTHER)
_MEANING = re.compile(r"(\w+): (.+)")


def pattern(kind: Kind) -> str:
    """`link:IF`; a kind is named by NAME where nothing else says by what."""
    return kind.id(_NAMED_BY.get(kind, "NAME"))


def table() -> str:
    """A row for what all checks may have, for what several kinds share, and for each kind."""
    return "\n".join(["| check | facts |", "|---|---|", *(f"| {checks} | {facts} |" for checks, facts in _rows())])


def fits(check_id: str, cell: str) -> bool:
    """Whether a row that begins with this cell is about the check."""
    return cell == ANY or f"`{pattern(kind_of(check_id))}`" in cell


def _rows() -> Iterator[tuple[str, str]]:
    yield ANY, _told(Facts, ())
    shared: dict[type[Facts], list[Kind]] = {}
    for kind in _KINDS:
        for base in _ancestors(FACTS[kind]):
            shared.setdefault(base, []).append(kind)
    apart = {base: kinds for base, kinds in shared.items() if len(kinds) > 1}
    for base, kinds in apart.items():
        yield ", ".join(f"`{pattern(kind)}`" for kind in kinds), _told(base, _ancestors(base))
    for kind in _KINDS:
        yield f"`{pattern(kind)}`", _told(FACTS[kind], tuple(base for base in _ancestors(FACTS[kind]) if base in apart))


def _ancestors(shape: type[Facts]) -> tuple[type[Facts], ...]:
    """Between it and `Facts`, the farthest first."""
    return tuple(base for base in reversed(shape.__mro__[1:]) if issubclass(base, Facts) and base is not Facts)


def _told(shape: type[Facts], apart: tuple[type[Facts], ...]) -> str:
    """What the facts are about, and their fields but for those that are told in a row of their own."""
    bases: tuple[type[Facts], ...] = (*apart, Facts) if shape is not Facts else apart
    above = {name for base in bases for name in base.__struct_fields__}
    return " ".join(filter(None, (_described(shape)[0], _fields(shape, above))))


def _fields(shape: type[msgspec.Struct], above: set[str]) -> str:
    meanings = _described(shape)[1]
    return ", ".join(_field(each, meanings.get(each.name, "")) for each in msgspec.structs.fields(shape) if each.name not in above)


def _field(each: FieldInfo, meaning: str) -> str:
    inner = _struct_in(each.type)
    said = ": ".join(filter(None, (meaning, _fields(inner, set()) if inner else "")))
    return f"`{each.encode_name}`" + (f" ({said})" if said else "")


def _struct_in(shape: object) -> type[msgspec.Struct] | None:
    """The struct within `X | None` or `tuple[X, ...]`."""
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        return shape
    found = (_struct_in(each) for each in getattr(shape, "__args__", ()))
    return next((each for each in found if each is not None), None)


def _described(shape: type[msgspec.Struct]) -> tuple[str, dict[str, str]]:
    """From the docstrings of the struct and of those it is made of: its own sentences, and the meaning of fields by their names."""
    about: list[str] = []
    meanings: dict[str, str] = {}
    for base in (base for base in reversed(shape.__mro__) if issubclass(base, msgspec.Struct) and base is not msgspec.Struct):
        lines = list(filter(None, inspect.cleandoc(base.__dict__.get("__doc__") or "").splitlines()))
        own = {match[1]: match[2] for line in lines if (match := _MEANING.fullmatch(line))}
        strangers = set(own) - {each.name for each in msgspec.structs.fields(base)}
        assert not strangers, f"{base.__name__} has no {sorted(strangers)}"
        meanings |= own
        about = [line for line in lines if not _MEANING.fullmatch(line)] if base is not Facts else []
    return " ".join(about), meanings


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        path = ROOT / DOCUMENT
        old = "\n".join(line for line in section(DOCUMENT, TITLE).splitlines() if line.startswith("|"))
        path.write_text(path.read_text(encoding="utf-8").replace(old, table()), encoding="utf-8")
    else:
        print(table())
