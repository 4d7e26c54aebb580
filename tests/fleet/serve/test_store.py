"""The store of `serve` is one as a scan's: terminals are retired, faults taken on, an inventory counts, and a past is kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.patience import until
from tests.support.served import Served, served, summary

ROOT = Path(__file__).resolve().parents[3]
CAUSE = "system.gateway_down"


def command(server: Served, *words: str) -> str:
    more = ("--store", str(server.store), "--config", str(server.config), "--lang", "en")
    ended = subprocess.run([sys.executable, "-m", "agent", "fleet", *words, *more], capture_output=True, cwd=ROOT)
    return (ended.stdout + ended.stderr).decode()


def fleet(server: Served) -> None:
    """40 terminals, of which those of one host fail."""
    server.push(
        *(summary(f"T-{number:02d}", attributes={"host": "good", "isp": f"isp-{number % 3}"}) for number in range(30)),
        *(
            summary(
                f"B-{number:02d}",
                state=2,
                can_pay=0,
                cause=CAUSE,
                causes=[CAUSE],
                attributes={"host": "bad", "isp": f"isp-{number % 3}"},
            )
            for number in range(10)
        ),
    )
    server.until_terminals(40)


def test_a_fault_that_is_shared_is_one_and_can_be_taken_on_and_shown(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        fleet(server)
        (fault,) = server.answer()["faults"]
        assert fault["where"][0] == {"host": "bad"} and fault["failing"] == 10
        command(server, "ack", fault["id"], "--note", "called them")
        until(lambda: server.answer()["faults"][0].get("acknowledged") == "called them", server.said)
        assert server.answer()["faults"][0]["id"] == fault["id"]
        page = server.ask("GET", "/?lang=en").body.decode()
        assert "B-00" in page and "bad" in page


def test_a_retired_terminal_is_left_out_until_it_is_heard_again(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        fleet(server)
        server.stop()
        server.start()  # what is known is kept now and then, and at an orderly end
        assert "is retired" in command(server, "retire", "T-00")
        server.until_terminals(39)
        until(lambda: server.push(summary("T-00", sequence=2)).status == 202 and server.answer()["totals"]["terminals"] == 40, server.said)


def test_an_inventory_counts_who_never_reported_and_may_change(tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.csv"
    inventory.write_text("id,region\nT-1,north\nT-2,south\n", encoding="utf-8")
    with served(tmp_path, settings=f'inventory = "{inventory}"\n[serve]\nevery_s = 1') as server:
        server.push(summary("T-1"))
        until(lambda: server.answer()["totals"]["never_reported"] == 1, server.said)
        inventory.write_text("id,region\nT-1,north\nT-2,south\nT-3,south\n", encoding="utf-8")
        until(lambda: server.answer()["totals"]["never_reported"] == 2, server.said)
        inventory.write_text("store\nA\n", encoding="utf-8")  # one that is wrong changes nothing, and is said
        until(lambda: "the column id" in server.said(), server.said)
        assert server.answer()["totals"]["never_reported"] == 2


def test_what_is_left_is_what_a_scan_would_leave(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        fleet(server)
        assert server.stop() == 0
    assert (server.store / "latest.parquet").stat().st_size > 0
    assert list(server.store.glob("snapshot/day=*/terminals.parquet"))
    shown = command(server, "show", "B-03")
    assert "B-03" in shown and "Traceback" not in shown
