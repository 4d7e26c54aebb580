"""A package of somebody else's with probes for posdiag: some that work, and one for each way in which a plug-in can go wrong."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from itertools import count
from typing import Any, cast

from probes.plugin import Bilingual, Deadline, Layer, Outcome, PluginProbe, PluginResult, Symptom


def cabinet(settings: dict[str, Any], deadline: Deadline) -> PluginResult:
    """The temperature is what the settings say."""
    assert deadline.remaining() > 0
    return PluginResult(target="cabinet-1", values={"inside_c": settings["inside_c"], "door_open": False, "note": "fan on"})


def shelves(settings: dict[str, Any], deadline: Deadline) -> list[PluginResult]:
    """As many results as the settings name shelves."""
    made = []
    for number, state in enumerate(settings.pop("shelves"), 1):
        said = Bilingual("卡住了", "it is jammed") if state == "jammed" else Symptom.PAPER_OUT if state == "empty" else None
        outcome = {"fine": Outcome.PASS, "away": Outcome.SKIP, "dark": Outcome.UNKNOWN, "worn": Outcome.WARN}.get(state, Outcome.FAIL)
        because = "it was taken out" if state == "away" else ""
        made.append(PluginResult(target=f"shelf {number}", outcome=outcome, symptom=said, because=because, values={"weight_g": None}))
    return made


def hangs(settings: dict[str, Any], deadline: Deadline) -> PluginResult:
    threading.Event().wait()
    raise AssertionError("nobody sets that")


def raises(settings: dict[str, Any], deadline: Deadline) -> PluginResult:
    raise ValueError("no \x1b[2J sensor")


def leaves(settings: dict[str, Any], deadline: Deadline) -> PluginResult:
    raise SystemExit(7)


def halfway(settings: dict[str, Any], deadline: Deadline) -> Iterator[PluginResult]:
    yield PluginResult(target="first")
    raise KeyboardInterrupt


def lacks(settings: dict[str, Any], deadline: Deadline) -> PluginResult:
    import posdiag_example_needs_this  # type: ignore[import-not-found]

    return cast(PluginResult, posdiag_example_needs_this)


def prints(settings: dict[str, Any], deadline: Deadline) -> PluginResult:
    """By each of the ways to standard output."""
    print("printed", flush=True)
    os.write(1, b"written\n")
    subprocess.run(["echo", "echoed"], check=True)
    return PluginResult()


def hostile(settings: dict[str, Any], deadline: Deadline) -> PluginResult:
    values: dict[str, Any] = {"text\n": "a\x07" * 9999, "nan": float("nan"), "huge": 10**400, "large": 2**60}
    return PluginResult(target="\x1b[31m\u202e" + "x" * 9999, values=values | {f"v{number}": number for number in range(500)})


def endless(settings: dict[str, Any], deadline: Deadline) -> Iterator[PluginResult]:
    return (PluginResult(target=f"{number} " + "x" * 70, values={f"{n} " + "y" * 30: "z" * 200 for n in range(40)}) for number in count())


class Odd:
    """An answer that nothing can be done with, not even say it."""

    def __repr__(self) -> str:
        raise RuntimeError("no words")


ANSWERS: dict[str, object] = {
    "none": None,
    "number": 7,
    "text": "fine",
    "table": {"target": "a dictionary"},
    "odd": Odd(),
    "among": [PluginResult(), Odd()],
    "target": PluginResult(target=cast(str, 7)),
    "same": [PluginResult(target="a"), PluginResult(target="a")],
    "outcome": PluginResult(outcome=cast(Outcome, "splendid")),
    "no outcome": PluginResult(outcome=cast(Outcome, ["pass"])),
    "symptom": PluginResult(outcome=Outcome.FAIL, symptom=cast(Symptom, "eaten")),
    "no symptom": PluginResult(outcome=Outcome.FAIL, symptom=cast(Symptom, 7)),
    "one language": PluginResult(outcome=Outcome.FAIL, symptom=Bilingual("坏了", "")),
    "no words": PluginResult(outcome=Outcome.FAIL, symptom=Bilingual(cast(str, 1), "broken")),
    "because": PluginResult(outcome=Outcome.SKIP, because=cast(str, b"so")),
    "values": PluginResult(values=cast(dict[str, Any], [1, 2])),
    "list": PluginResult(values=cast(dict[str, Any], {"a": [1]})),
    "name": PluginResult(values=cast(dict[str, Any], {7: 1})),
}


def answers(settings: dict[str, Any], deadline: Deadline) -> PluginResult:
    return cast(PluginResult, ANSWERS[settings["with"]])


def made(name: str, probe: Any, zh: str, **more: Any) -> PluginProbe:
    return PluginProbe(**{"api_version": 1, "name": name, "called": Bilingual(zh, name), "probe": probe} | more)


CABINET = made("cabinet", cabinet, "机柜")
SHELVES = made("shelves", shelves, "货架", layer=Layer.SERIAL)
HANGS = made("hangs", hangs, "不返回")
RAISES = made("raises", raises, "出错")
LEAVES = made("leaves", leaves, "退出")
HALFWAY = made("halfway", halfway, "半途")
LACKS = made("lacks", lacks, "缺少")
PRINTS = made("prints", prints, "打印")
HOSTILE = made("hostile", hostile, "恶意")
ENDLESS = made("endless", endless, "无尽")
ANSWERING = made("answers", answers, "回答")
NEWER = made("newer", cabinet, "新版", api_version=2)
MISNAMED = made("another", cabinet, "改名")
ON_THE_PATH = made("path", cabinet, "路径", layer=Layer.GATEWAY)
NAMELESS = made("nameless", cabinet, "无名", called="nobody")
NO_PROBE = cabinet
