"""Whether one single value is what a key wants; the answer is what was expected, in words."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Any

from msgspec import inspect

from probes.ground.bilingual import Bilingual

_DEEPEST = 8  # tables and lists within each other
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def leaf_fault(value: Any, shape: inspect.Type, meaning: Bilingual | None = None) -> Bilingual | None:
    """None where the value is right. A boolean is no number, and a number in quotes is a text."""
    match shape:
        case inspect.BoolType():
            return None if isinstance(value, bool) else Bilingual("true 或 false，不加引号", "true or false, without quotes")
        case inspect.IntType() | inspect.FloatType():
            return None if _number_fits(value, shape) else _number_words(shape)
        case inspect.EnumType():
            choices = [str(member.value) for member in shape.cls]
            return None if isinstance(value, str) and value in choices else _one_of(choices)
        case inspect.StrType():
            return _text_fault(value, shape, meaning or Bilingual("文字", "a text"))
        case inspect.DateType():
            right = isinstance(value, date) and not isinstance(value, datetime)
            return None if right else meaning or Bilingual("日期，如 2027-01-31", "a day, such as 2027-01-31")
        case inspect.AnyType():
            return None if _plain(value) else meaning or Bilingual("文字、数字或布尔值", "a text, a number or a boolean")
    raise TypeError(f"the settings use a type that nothing here can check: {shape!r}")


def _plain(value: Any, depth: int = 0) -> bool:
    """Whether it is made of texts, numbers and booleans alone, as dates are not."""
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return depth < _DEEPEST and all(_plain(each, depth + 1) for each in inner)
    if isinstance(value, bool | str):
        return True
    if isinstance(value, int):
        return value.bit_length() <= 63
    return isinstance(value, float) and math.isfinite(value)


def _one_of(choices: list[str]) -> Bilingual:
    quoted = [f'"{choice}"' for choice in choices]
    return Bilingual(f"{'、'.join(quoted)} 之一", f"one of {', '.join(quoted)}")


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


def _number_words(shape: inspect.IntType | inspect.FloatType) -> Bilingual:
    noun = Bilingual("整数", "a whole number") if isinstance(shape, inspect.IntType) else Bilingual("数字", "a number")
    if shape.ge is not None and shape.le is not None:
        low, high = f"{shape.ge:g}", f"{shape.le:.10g}"
        return Bilingual(f"{low} 到 {high} 之间的{noun.zh}", f"{noun.en} from {low} to {high}")
    bounds = [
        (zh.format(f"{bound:.10g}"), en.format(f"{bound:.10g}"))
        for zh, en, bound in (
            ("不小于 {}", "of at least {}", shape.ge),
            ("大于 {}", "above {}", shape.gt),
            ("不大于 {}", "of at most {}", shape.le),
            ("小于 {}", "below {}", shape.lt),
        )
        if bound is not None
    ]
    if not bounds:
        return noun
    return Bilingual("、".join(zh for zh, _ in bounds) + f" 的{noun.zh}", f"{noun.en} {' and '.join(en for _, en in bounds)}")


def _text_fault(value: Any, shape: inspect.StrType, noun: Bilingual) -> Bilingual | None:
    if not isinstance(value, str):
        return Bilingual(f"{noun.zh}，加引号", f"{noun.en}, in quotes")
    if _CONTROL.search(value):
        return Bilingual(f"{noun.zh}，不含换行和控制字符", f"{noun.en} without line breaks or control characters")
    if shape.min_length is not None and len(value) < shape.min_length:
        return Bilingual(f"{noun.zh}，不能为空", f"{noun.en}, not empty")
    if shape.max_length is not None and len(value) > shape.max_length:
        return Bilingual(f"{noun.zh}，最多 {shape.max_length} 个字符", f"{noun.en} of at most {shape.max_length} characters")
    if shape.pattern is not None and re.search(shape.pattern, value) is None:
        return noun
    return None
