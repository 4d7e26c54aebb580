"""Whether one single value is what a key wants; the answer is what was expected, in words."""

from __future__ import annotations

import math
import re
from typing import Any

from msgspec import inspect

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def leaf_fault(value: Any, shape: inspect.Type, meaning: str = "") -> str | None:
    """None where the value is right. A boolean is no number, and a number in quotes is a text."""
    match shape:
        case inspect.BoolType():
            return None if isinstance(value, bool) else "true or false, without quotes"
        case inspect.IntType() | inspect.FloatType():
            return None if _number_fits(value, shape) else _number_words(shape)
        case inspect.EnumType():
            choices = [str(member.value) for member in shape.cls]
            return None if isinstance(value, str) and value in choices else "one of " + ", ".join(f'"{choice}"' for choice in choices)
        case inspect.StrType():
            return _text_fault(value, shape, meaning)
    raise TypeError(f"the settings use a type that nothing here can check: {shape!r}")


def _number_fits(value: Any, shape: inspect.IntType | inspect.FloatType) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if isinstance(shape, inspect.IntType) else int | float):
        return False
    if (isinstance(value, int) and value.bit_length() > 63) or (isinstance(value, float) and not math.isfinite(value)):
        return False
    return not (
        (shape.ge is not None and value < shape.ge)
        or (shape.gt is not None and value <= shape.gt)
        or (shape.le is not None and value > shape.le)
        or (shape.lt is not None and value >= shape.lt)
    )


def _number_words(shape: inspect.IntType | inspect.FloatType) -> str:
    noun = "a whole number" if isinstance(shape, inspect.IntType) else "a number"
    if shape.ge is not None and shape.le is not None:
        return f"{noun} from {shape.ge:g} to {shape.le:.10g}"
    bounds = [
        f"{words} {bound:.10g}"
        for words, bound in (("of at least", shape.ge), ("above", shape.gt), ("of at most", shape.le), ("below", shape.lt))
        if bound is not None
    ]
    return " ".join([noun, " and ".join(bounds)]).strip()


def _text_fault(value: Any, shape: inspect.StrType, meaning: str) -> str | None:
    noun = meaning or "a text"
    if not isinstance(value, str):
        return f"{noun}, in quotes"
    if _CONTROL.search(value):
        return f"{noun} without line breaks or control characters"
    if shape.min_length is not None and len(value) < shape.min_length:
        return f"{noun}, not empty"
    if shape.max_length is not None and len(value) > shape.max_length:
        return f"{noun} of at most {shape.max_length} characters"
    if shape.pattern is not None and re.search(shape.pattern, value) is None:
        return noun
    return None
