"""What people ask of a terminal beside this machine, and say of it: its own record answers, and nothing of this machine's."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.daemon.instance_lock import alone
from agent.present.addressed import COMMANDS, addressed
from tests.support.android.terminal import PACKAGE, AndroidTerminal
from tests.support.command_line import posdiag
from tests.support.servers.adb import adb_server

CONFIG = """
[terminal]
id = "box-1"
[agent]
state_dir = "{place}/state"
log_dir = "{place}/log"
confirm = 1
[[gateway]]
name = "acquirer-a"
host = "gw-a.pay.example"
port = 8583
protocol = "iso8583"
[gateway.iso8583]
terminal_id = "00009876"
merchant_id = "123456789012345"
[[beside]]
name = "till-2"
adb = "usb:X1"
package = "{package}"
adb_server = "{server}"
[[beside]]
name = "till-3"
adb = "usb:X3"
adb_server = "{server}"
"""
REFUSED = "nc: connect: Connection refused\n"


class Shop:
    def __init__(self, place: Path) -> None:
        self.place, self.state = place, place / "state"

    def ask(self, *words: str, lang: str = "en", status: int = 0) -> str:
        done = posdiag(*words, "--lang", lang, "--config", str(self.place / "agent.toml"), "--no-color")
        assert done.returncode == status, done.stderr.decode()
        return " ".join((done.stdout + done.stderr).decode().split())

    def incidents(self, *words: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(self.ask("history", *words, "--json"))["incidents"]
        return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Two looks: its host refused, and refuses no more."""
    place = tmp_path_factory.mktemp("shop")
    with adb_server(AndroidTerminal().answer, path=str(place / "adb")) as adb:
        (place / "agent.toml").write_text(CONFIG.format(place=place, package=PACKAGE, server=adb.address))
        for terminal in (AndroidTerminal(hosts=REFUSED), AndroidTerminal()):
            adb.answers = terminal.answer
            posdiag("run", "--once", "--timeout", "3", "--config", str(place / "agent.toml"))
    yield Shop(place)


def test_its_history_is_its_own(shop: Shop) -> None:
    (only,) = shop.incidents("--beside", "till-2")
    assert only["cause"] == "system.gateway_down" and only["ended_at"]
    assert only["id"] not in [each["id"] for each in shop.incidents()]
    timeline = shop.ask("history", str(only["id"]), "--beside", "till-2")
    assert "host out of service" in timeline
    assert str(only["id"]) in shop.ask("history", str(only["id"]), status=3), "this machine has none of that name"


def test_every_command_that_it_names_is_about_it_too(shop: Shop) -> None:
    for lang in ("zh", "en"):
        for words in (("history", "nothing"), ("told",), ("status",), ("letter", "--incident", "nothing")):
            said = shop.ask(*words, "--beside", "till-2", lang=lang, status=0 if words in (("told",), ("status",)) else 3)
            named = re.findall(rf"posdiag (?:--check|{'|'.join(COMMANDS)})(?: --beside till-2)?", said)
            assert named and all(each.endswith("--beside till-2") for each in named), said


def test_what_is_said_of_it_goes_to_its_record(shop: Shop) -> None:
    said = shop.ask("told", "--beside", "till-2", "the host was moved")
    assert re.search(r"told --beside till-2 --forget (w-[0-9a-f]+)", said)
    (only,) = shop.incidents("--beside", "till-2")
    assert [each["text"] for each in only["told"]] == ["the host was moved"]  # type: ignore[attr-defined]
    with alone(shop.state) as ours:  # the service has it
        assert ours and "Left for the posdiag service" in shop.ask("told", "--beside", "till-2", "another word")
    assert len(list((shop.state / "beside/till-2/told").iterdir())) == 1 and not list((shop.state / "told").iterdir())
    shop.ask("told", "--beside", "till-2", "a third")
    assert not list((shop.state / "beside/till-2/told").iterdir()), "without a service both are taken in"


def test_which_terminal_an_answer_is_about_stands_first(shop: Shop) -> None:
    said = shop.ask(
        "status", "--beside", "all", status=int(posdiag("status", "--beside", "all", "--config", str(shop.place / "agent.toml")).returncode)
    )
    assert "Can terminal till-2 take payments?" in said and "Can terminal till-3 take payments?" in said and "this terminal" not in said
    shop.ask("status", "--html", "--beside", "till-2", "-o", str(shop.place / "page"))
    assert "<h1>till-2: " in (shop.place / "page").read_text()


def test_papers_are_about_it(shop: Shop) -> None:
    paper = shop.place / "paper"
    for words in (("report",), ("letter",), ("status", "--html")):
        shop.ask(*words, "--beside", "till-2", "-o", str(paper))
        made = paper.read_text()
        assert "till-2" in made and "box-1" not in made.replace("box-1/till-2", ""), words
    shop.ask("letter", "--beside", "till-2", "-o", str(paper))
    assert "9876" not in paper.read_text(), "the number of this machine is none of that terminal"


def test_a_bundle_holds_its_record_and_log_and_this_machine_as_where_it_was_seen_from(shop: Shop) -> None:
    made = shop.place / "till-2.zip"
    shop.ask("bundle", "--beside", "till-2", "-o", str(made))
    with zipfile.ZipFile(made) as files:
        log, status = files.read("posdiag.log").decode(), json.loads(files.read("status.json"))
        assert {line.split("[")[1].split("]")[0] for line in log.splitlines() if line.startswith("20")} == {"box-1/till-2"}
        assert (status["terminal"]["id"], status["vantage"]) == ("box-1/till-2", "beside")
        page = files.read("index.html").decode()
        assert "The machine beside it that looked" in page and "devices of this machine" not in page
        assert "system.gateway_down" in files.read("incidents.json").decode() and "till-3" in files.read("config.txt").decode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("history", "--beside", "all"), "there are: till-2, till-3"),
        (("status", "--html", "--beside", "all"), "there are: till-2, till-3"),
        (("told", "--beside", "till-9", "a word"), "till-2, till-3"),
        (("watch", "--beside", "till-2"), "--beside goes with check"),
        (("audit", "--beside", "till-2"), "--beside goes with check"),
        (("check", "--beside", "till-2", "--only", "dns"), "--beside and --only"),
        (("told", "--beside", "till-2", "--date", "Fee"), "--date, which is this machine's own"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_of_it_is_said(shop: Shop, words: tuple[str, ...], said: str) -> None:
    assert said in shop.ask(*words, status=3)


def test_one_that_nobody_has_looked_at_yet(shop: Shop) -> None:
    assert not [each for each in shop.incidents("--beside", "till-3") if each["cause"] == "system.gateway_down"]


def test_a_text_without_a_command_and_one_that_names_it_stay() -> None:
    as_it_is = "posdiag runs; posdiag checks; posdiag history --beside a"
    assert addressed(as_it_is, "b") == as_it_is
    assert addressed("posdiag --check --json, posdiag history ID", "b") == "posdiag check --beside b --json, posdiag history --beside b ID"
