"""A package of somebody else's with probes for posdiag: one that works, and one for each way in which a plug-in can go wrong."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, cast

from probes.ground.deadline import Deadline
from probes.plugin import PluginProbe, PluginResult


def cabinet(settings: Mapping[str, str], deadline: Deadline) -> PluginResult:
    """The temperature is what the settings say."""
    assert deadline.remaining() > 0
    return PluginResult(target="cabinet-1", values={"inside_c": float(settings["inside_c"]), "door_open": False, "note": "fan on"})


def hangs(settings: Mapping[str, str], deadline: Deadline) -> PluginResult:
    threading.Event().wait()
    raise AssertionError("nobody sets that")


def raises(settings: Mapping[str, str], deadline: Deadline) -> PluginResult:
    raise ValueError("no \x1b[2J sensor")


def leaves(settings: Mapping[str, str], deadline: Deadline) -> PluginResult:
    raise SystemExit(7)


def other(settings: Mapping[str, str], deadline: Deadline) -> PluginResult:
    return cast(PluginResult, {"target": "a dictionary"})


def hostile(settings: Mapping[str, str], deadline: Deadline) -> PluginResult:
    values: dict[str, Any] = {f"v{number}": number for number in range(50)}
    values = {"text\n": "a\x07" * 9999, "nan": float("nan"), "list": [1], **values}
    return PluginResult(target="\x1b[31m\u202e" + "x" * 9999, values=values)


CABINET = PluginProbe(called_zh="机柜", called_en="cabinet", probe=cabinet)
HANGS = PluginProbe(called_zh="不返回", called_en="hanging", probe=hangs)
RAISES = PluginProbe(called_zh="出错", called_en="raising", probe=raises)
LEAVES = PluginProbe(called_zh="退出", called_en="leaving", probe=leaves)
OTHER = PluginProbe(called_zh="别的", called_en="other", probe=other)
NEWER = PluginProbe(called_zh="新版", called_en="newer", probe=cabinet, api=2)
HOSTILE = PluginProbe(called_zh="恶意", called_en="hostile", probe=hostile)
