"""What Python loads to look at types in annotations and protocols, without what reads sources and makes syntax trees: 1 MiB.

It stays with Python's own library, for everybody in the process; so what is put there does all that the real one does.
"""

from __future__ import annotations

import typing
from contextlib import suppress
from importlib import import_module
from types import GetSetDescriptorType
from typing import Any

from agent.daemon.stand_ins import StandIn, in_place

# `annotationlib` (Python 3.14 and later) makes one of each, and nobody asks more of it than its name.
_OPERATORS = "Add Sub Mult MatMult Div Mod LShift RShift BitOr BitXor BitAnd FloorDiv Pow Lt LtE Eq NotEq Gt GtE Invert UAdd USub"
_NOTHING = object()
_USUAL: Any = vars(type)["__dict__"]
_order, _held = vars(type)["__mro__"].__get__, _USUAL.__get__  # of a class, whatever its metaclass says


class _Transformer:
    """ast.NodeTransformer, which is loaded when there is a tree."""

    def visit(self, node: Any) -> Any:
        real: Any = import_module("ast").NodeTransformer
        return real.visit(self, node)

    def generic_visit(self, node: Any) -> Any:
        real: Any = import_module("ast").NodeTransformer
        return real.generic_visit(self, node)


def getattr_static(it: object, name: str, *default: object) -> object:
    """inspect.getattr_static. `typing` asks it of whatever is held against a protocol, from Python 3.12 on."""
    classes = _order(type(it))
    if type in classes or any(_shadows(each) for each in classes):
        return import_module("inspect").getattr_static(it, name, *default)
    own: Any = {}
    with suppress(AttributeError):
        own = object.__getattribute__(it, "__dict__")
    found = dict.get(own, name, _NOTHING)
    of_class = next((_held(each)[name] for each in classes if name in _held(each)), _NOTHING)
    if found is _NOTHING or (of_class is not _NOTHING and _rules(type(of_class))):
        found = of_class
    if found is _NOTHING and not default:
        raise AttributeError(name)
    return default[0] if found is _NOTHING else found


def _shadows(each: type) -> bool:
    """A `__dict__` of its own making, or of its metaclass's."""
    return any(not isinstance(_held(cls).get("__dict__", _USUAL), GetSetDescriptorType) for cls in (each, *_order(type(each))))


def _rules(descriptor: type) -> bool:
    """Over what an instance has: a data descriptor."""
    has = {name for each in _order(descriptor) for name in _held(each)}
    return "__get__" in has and bool(has & {"__set__", "__delete__"})


def lighten() -> None:
    """To be called before anything else is loaded.

    The first call of `compile` makes 119 classes, one for each kind of node of a tree that it might be given: 0.2 MiB. `typing`, or from
    Python 3.14 on `annotationlib`, calls it for each annotation that is a text, which is evaluated later; `eval` takes the text as well.
    """
    vars(typing)["compile"] = lambda source, *_: source
    trees = StandIn("ast", NodeTransformer=_Transformer, **{name: type(name, (), {}) for name in _OPERATORS.split()})
    with suppress(ImportError), in_place((trees,)):
        vars(import_module("annotationlib"))["compile"] = lambda source, *_: source
    with in_place((StandIn("inspect", getattr_static=getattr_static),)):
        isinstance(object(), typing.SupportsIndex)  # whoever is asked first takes it, and keeps it
