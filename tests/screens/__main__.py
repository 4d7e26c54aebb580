"""`python -m tests.screens` (as root): plays the faults anew, keeps their documents, writes docs/screens.md, the READMEs' screen
and its pictures (docs/screen.LANGUAGE.svg).

`--text`: only the text, of the documents as they are.
"""

from __future__ import annotations

import re
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from tests.lab.scenario import Scenario
from tests.lab.scenarios import SCENARIOS
from tests.screens.shown import FOLDER, READMES, SCREENS, pictures, readme, text
from tests.support.shifted import shifted
from tests.support.world import World

TARGET = Path(__file__).resolve().parents[2] / "docs" / "screens.md"
MOMENT = "2026-01-31T08:00:00.000Z"
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d")  # as steps have it
_STILL = "2026-01-31 08:00:00+00:00"
SUPPORT = {
    "acquirer": {"name": "Example Pay", "phone": "400-000-0001"},
    "technician": {"name": "小王", "phone": "138-0000-0002"},
    "isp": {"name": "Example Net", "phone": "10000"},
}


def played(scenario: Scenario) -> dict[str, Any]:
    with World(**scenario.world) as world, ExitStack() as stack:
        scenario.arrange(world)
        scenario.make(world)
        if scenario.shift_s:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pd-screen-")))
            folder.chmod(0o755)
            stack.enter_context(shifted(scenario.shift_s, folder))
        return world.check(user=scenario.user, changes={"support": SUPPORT}).status


def still(value: Any) -> Any:
    """Moments and durations as they always are, so that a renewal shows what really changed."""
    if isinstance(value, dict):
        return {key: 1.0 if key == "took_ms" else MOMENT if _moment(each) else still(each) for key, each in value.items()}
    if isinstance(value, str):
        return _LOCAL.sub(_STILL, value)
    return [still(each) for each in value] if isinstance(value, list) else value


def _moment(value: Any) -> bool:
    return isinstance(value, str) and len(value) == len(MOMENT) and value.endswith("Z") and value[4] == "-"


def main() -> int:
    if "--text" not in sys.argv[1:]:
        by_name = {scenario.name: scenario for scenario in SCENARIOS}
        for name, scenario in SCREENS.items():
            status = still(played(by_name[scenario]))
            said = status.get("cause")
            if said != by_name[scenario].causes[0]:
                print(f"error: {scenario}: {said}", file=sys.stderr)
                return 1
            (FOLDER / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(status), indent=1) + b"\n")
    TARGET.write_text(text(), encoding="utf-8")
    for language, drawn in pictures().items():
        TARGET.with_name(f"screen.{language}.svg").write_text(drawn, encoding="utf-8")
    for name in READMES:
        path = TARGET.parents[1] / name
        path.write_text(readme(name, path.read_text("utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
