"""What Prometheus is told of a fleet: aggregates, well formed, and no more series than that whatever terminals say."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from agent.fleet.watching.groups import MOST, REST, groups
from agent.fleet.watching.metrics import MOST_CAUSES, MOST_FAULTS, metrics
from tests.support.fleet_answers import answer, fault

HOSTILE = 'x"} 1\nposdiag_fleet_terminals 0\n\\‮' + "y" * 400


def samples(text: str) -> dict[str, float]:
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    found = [re.fullmatch(r"([a-z_]+(?:\{.*\})?) (\S+)", line) for line in rows]
    assert all(found)
    told = {each[1]: float(each[2]) for each in found if each}
    assert len(told) == len(rows)
    return told


def row(number: int, **attributes: str) -> Row:
    return Row(id=f"T-{number}", generated=1, valid_until=2, received=1, state=0, can_pay=number % 2, attributes=attributes)


def linted(text: str) -> str:
    assert shutil.which("promtool"), "promtool (Debian: prometheus) is needed"
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr + (f"status {done.returncode}" if done.returncode else "")


def test_what_a_fleet_manager_counts_is_there() -> None:
    told = samples(metrics(answer(fault(), fault("f-2", family="silence", causes={}, cannot_pay=0, owner="isp"))))
    assert told["posdiag_fleet_terminals"] == 1120
    assert told['posdiag_fleet_terminals_by_answer{can_pay="no"}'] == 100
    assert told['posdiag_fleet_faults{family="gateway",severity="critical"}'] == 1
    assert told['posdiag_fleet_faults{family="silence",severity="warning"}'] == 1
    assert told['posdiag_fleet_faults{family="names",severity="critical"}'] == 0
    assert told['posdiag_fleet_fault_failing{fault="f-1",family="gateway",owner="acquirer"}'] == 100
    assert told['posdiag_fleet_fault_info{fault="f-1",family="gateway",owner="acquirer",place="host=gw-a.pay.example"}'] == 1
    assert told["posdiag_fleet_generated_timestamp_seconds"] == 1795766400
    assert told["posdiag_fleet_never_reported"] == 3


def test_without_an_inventory_nobody_never_reported() -> None:
    assert "never_reported" not in metrics(answer(totals=_totals(never_reported=None)))


def test_a_remnant_is_counted_as_no_fault_of_its_own() -> None:
    told = samples(metrics(answer(fault(), fault("f-2", remnant_of="f-1"))))
    assert told['posdiag_fleet_faults{family="gateway",severity="critical"}'] == 1
    assert told['posdiag_fleet_fault_failing{fault="f-2",family="gateway",owner="acquirer"}'] == 100


def test_groups_are_counted_and_few() -> None:
    table = Table([row(number, region="south" if number < 6 else f"r-{number}", isp="isp-a") for number in range(300)])
    silent = [number in (0, 2) for number in range(300)]
    told = samples(metrics(answer(), groups(table, silent)))
    # of the six of the south 0, 2 and 4 cannot pay; 0 and 2 are silent, and nobody knows that of them any more
    assert told['posdiag_fleet_group_terminals{by="region",value="south"}'] == 6
    assert told['posdiag_fleet_group_cannot_pay{by="region",value="south"}'] == 1
    assert told['posdiag_fleet_group_silent{by="region",value="south"}'] == 2
    assert told[f'posdiag_fleet_group_terminals{{by="region",value="{REST}"}}'] == 300 - 6 - (MOST - 1)
    regions = [name for name in told if name.startswith('posdiag_fleet_group_terminals{by="region"')]
    assert len(regions) == MOST + 1
    assert sum(told[name] for name in regions) == 300


def test_no_terminal_makes_the_series_many_or_another() -> None:
    many = [fault(f"f-{number}", where=({"host": HOSTILE + str(number)},), owner=HOSTILE) for number in range(400)]
    table = Table([row(number, region=HOSTILE + str(number), isp=f"isp-{number}") for number in range(500)])
    hostile = answer(*many, single={HOSTILE + str(number): 1 for number in range(500)}, notices={HOSTILE: 2})
    text = metrics(hostile, groups(table, [0] * 500))
    told = samples(text)
    assert told["posdiag_fleet_terminals"] == 1120
    assert len(told) < 5 * MOST_FAULTS + 3 * 2 * (MOST + 1) + 2 * (MOST_CAUSES + 1) + 40
    assert max(map(len, text.splitlines())) < 1000
    assert text.replace("\n", "").isprintable()
    assert linted(text) == ""


@pytest.mark.parametrize("faults", [(), (fault(),), (fault(), fault("f-2", where=(), since=None, owner="", step=None))])
def test_promtool_finds_nothing(faults: tuple[object, ...]) -> None:
    table = Table([row(1, region="south", isp="isp-a")])
    assert linted(metrics(answer(*faults), groups(table, [0]))) == ""  # type: ignore[arg-type]


def _totals(**more: int | None):  # type: ignore[no-untyped-def]
    from msgspec.structs import replace

    return replace(answer().totals, **more)
