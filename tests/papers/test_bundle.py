"""A bundle as a whole: the same for the same state, no larger than it may be, and made of whatever is left where something is not there."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.contract.times import utc
from agent.papers.bundle.archive import LIMIT, Packed
from agent.papers.bundle.contents import bundle
from agent.papers.bundle.gather import Found, NoSuchIncidentError, gather
from agent.settings.load import load
from tests.support.browser import browser, complaints
from tests.support.clocks import SetClock
from tests.support.command_line import posdiag
from tests.support.planted import INCIDENT, LOG_AT, NOW, contents, terminal

SECRET = "nobody-may-see-this"


def found_in(folder: Path, incident: str | None = None, **more: Any) -> Found:
    nothing: dict[str, Any] = {"resolvers": {}, "checks": []}
    return gather(load(str(folder / "agent.toml")), SetClock(NOW), incident, look=lambda _loaded, _clock: nothing, **more)


def made(folder: Path, incident: str | None = None) -> Packed:
    return bundle(found_in(folder, incident), ("en",))


def missing(folder: Path) -> dict[str, str]:
    return {lack.what.en: lack.why.en for lack in found_in(folder).lacks}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    terminal(tmp_path, "printer")
    return tmp_path


def test_the_same_state_gives_the_same_bytes(shop: Path) -> None:
    first = made(shop, INCIDENT)
    for path in (shop / "state").iterdir():
        os.utime(path, (1, 1))
    assert made(shop, INCIDENT).content == first.content


def test_its_manifest_has_the_sum_of_every_other_file(shop: Path) -> None:
    files = contents(made(shop).content)
    listed = [line.split("  ") for line in files["MANIFEST"].decode().splitlines() if not line.startswith("#")]
    assert {name: digest for digest, name in listed} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "MANIFEST"
    }
    assert all(name in files["index.html"].decode() for name in files)


def test_it_is_of_the_last_days_or_around_an_incident(shop: Path) -> None:
    line = json.dumps({"schema": "posdiag.event/1", "sequence": 9, "kind": "change", "at": "AT", "what": "wifi", "subject": "far"})
    with (shop / "state" / "history.ndjson").open("a") as record:
        record.writelines(line.replace("AT", utc(NOW - days * 86400)).replace("far", f"{days} days ago") + "\n" for days in (20, 5))
    of_days, around = (contents(each.content)["history.ndjson"].decode() for each in (made(shop), made(shop, INCIDENT.upper())))
    assert "5 days ago" in of_days and "20 days ago" not in of_days
    assert "5 days ago" not in around and "20 days ago" not in around and INCIDENT in around


def test_an_incident_that_there_is_not_is_none(shop: Path) -> None:
    with pytest.raises(NoSuchIncidentError) as raised:
        made(shop, "I-9")
    assert raised.value.lack is None


def test_what_is_oldest_is_left_out_of_what_is_too_much(shop: Path) -> None:
    source = random.Random(1)
    entries = []
    for number in range(3000):
        noise = "".join(chr(source.randrange(0x4E00, 0x9FA0)) for _ in range(1000))
        entries.append(f"2026-01-{25 + number // 600} {number // 60 % 10 + 8:02}:{number % 60:02}:00+08:00 [T-1001] n={number} {noise}\n")
    for part, name in enumerate(["posdiag.log.2", "posdiag.log.1", "posdiag.log"]):
        (shop / "log" / name).write_text("".join(entries[part * 1000 : part * 1000 + 1000]), "utf-8")
    packed = made(shop)
    files = contents(packed.content)
    assert LIMIT * 0.8 < len(packed.content) <= LIMIT
    kept = [line.split("n=")[1].split()[0] for line in files["posdiag.log"].decode().splitlines()]
    assert kept == [str(number) for number in range(packed.left_out["posdiag.log"], 3000)]
    said = f"the oldest {packed.left_out['posdiag.log']} were left out"
    assert said in files["MANIFEST"].decode() and said in files["index.html"].decode()
    assert contents(made(shop).content) == files


PLANTED: dict[str, Callable[[Path, Path], object]] = {
    "a link": lambda path, other: path.symlink_to(other),
    "a link to nothing": lambda path, _other: path.symlink_to("/nowhere"),
    "a pipe": lambda path, _other: os.mkfifo(path),
    "a directory": lambda path, _other: path.mkdir(),
    "a link to a device": lambda path, _other: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("what", PLANTED)
@pytest.mark.parametrize("name", ["state/history.ndjson", "state/status.json", "log/posdiag.log"])
def test_what_lies_in_the_place_of_a_file_is_not_followed(shop: Path, name: str, what: str) -> None:
    """What it leads to is a file of the same form: nothing but that it is a link keeps it out."""
    path, other = shop / name, shop / "elsewhere"
    other.write_bytes(path.read_bytes().replace(b"printer", SECRET.encode()))
    path.unlink()
    PLANTED[what](path, other)
    for kept in (shop / "log").glob("posdiag.log.*"):
        kept.unlink()
    packed = made(shop)
    assert not [each for each, content in contents(packed.content).items() if SECRET.encode() in content]
    about = {"history": "the record", "status": "the service's last result", "posdiag": "the log"}[path.name.split(".")[0]]
    assert missing(shop).keys() == {about}
    assert f"missing: {about}: " in contents(packed.content)["MANIFEST"].decode()


def test_a_link_of_the_service_itself_is_followed(shop: Path) -> None:
    memory = shop / "memory"
    memory.mkdir()
    (shop / "state" / "status.json").rename(memory / "status.json")
    (shop / "state" / "status.json").symlink_to(memory / "status.json")
    config = (shop / "agent.toml").read_text("utf-8")
    (shop / "agent.toml").write_text(config.replace("[agent]", f'[agent]\nstatus_dir = "{memory}"'), "utf-8")
    assert "status.json" in contents(made(shop).content) and not missing(shop)


def test_of_files_beyond_measure_the_end_is_read(shop: Path) -> None:
    for name in ("state/history.ndjson", "log/posdiag.log"):
        content = (shop / name).read_bytes()
        with (shop / name).open("r+b") as file:
            file.seek(1 << 40)
            file.write(b"\n" + content)
    files = contents(made(shop).content)
    assert INCIDENT.encode() in files["history.ndjson"] and LOG_AT.encode() in files["posdiag.log"]
    assert "only its end was read" in files["MANIFEST"].decode()


def test_garbage_stays_here(shop: Path) -> None:
    noise = random.Random(2).randbytes(20_000)
    for name in ("state/history.ndjson", "log/posdiag.log"):
        with (shop / name).open("ab") as file:
            file.write(b"root:$6$abc:1::\n" + noise + b'\n{"schema": "other"}\n[[[[\n' + b"[" * 100_000)
    files = contents(made(shop).content)
    assert INCIDENT.encode() in files["history.ndjson"] and LOG_AT.encode() in files["posdiag.log"]
    assert not [name for name, content in files.items() if b"root:" in content or noise[:50] in content]
    assert "damaged or none of it, and stayed here" in files["MANIFEST"].decode()


def test_without_anything_it_is_made_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text(f'[agent]\nstate_dir = "{tmp_path}/state"\nlog_dir = "{tmp_path}/log"\n')
    files = contents(made(tmp_path).content)
    assert sorted(files) == ["MANIFEST", "config.txt", "index.html", "machine.json", "versions.json"]
    assert missing(tmp_path).keys() == {"the service's last result", "the record", "the log"}
    assert complaints(files["index.html"]) == ""


def test_a_machine_that_cannot_be_looked_at_is_told(shop: Path) -> None:
    def broken(_loaded: object, _clock: object) -> dict[str, Any]:
        raise RuntimeError("no netlink")

    found = gather(load(str(shop / "agent.toml")), SetClock(NOW), look=broken)
    assert [lack.what.en for lack in found.lacks] == ["the network and devices of this machine"]


def test_a_configuration_that_cannot_be_used_comes_with_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text('[agent]\nintervall_s = 3\n[network]\nproxy = "http://u:hunterhunter@"\n')
    target = tmp_path / "b.zip"
    done = posdiag("bundle", "-o", str(target), *config_of(tmp_path))
    assert done.returncode == 0 and b"Without the configuration: it cannot be used" in done.stderr
    files = contents(target.read_bytes())
    assert "missing: the configuration" in files["MANIFEST"].decode()
    assert "intervall_s" in files["config.txt"].decode()
    assert not [name for name, content in files.items() if b"hunterhunter" in content]
    assert target.stat().st_mode & 0o777 == 0o600


def test_where_the_settings_may_not_be_read_every_long_number_is_masked(shop: Path) -> None:
    terminal(shop, "8983A0154B10001 and 10012345")
    found = found_in(shop, wrong="This user may not read it.\n", denied=True)
    for name, content in contents(bundle(found, ("en",)).content).items():
        assert b"8983A0154B" not in content and b"10012345" not in content, name
    assert [lack.what.en for lack in found.lacks] == ["the configuration"]


@pytest.mark.root
def test_as_another_user_it_says_what_that_one_may_not_read(shop: Path) -> None:
    (shop / "state" / "history.ndjson").chmod(0o600)
    for path in (shop, *shop.parents[:3]):
        path.chmod(path.stat().st_mode | 0o055)
    done = subprocess.run(
        ["unshare", "--net", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *PYTHON, "bundle", "-o", "-", *config_of(shop)],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0 and b"sudo posdiag bundle" in done.stderr.replace(b"\n", b" ")
    files = contents(done.stdout)
    assert "history.ndjson" not in files and "posdiag.log" in files and "missing: the record" in files["MANIFEST"].decode()


PYTHON = [sys.executable, "-m", "agent"]


def config_of(folder: Path) -> list[str]:
    return ["--config", str(folder / "agent.toml"), "--lang", "en"]


def test_no_other_command_loads_what_reads_archives() -> None:
    root = Path(__file__).parents[2]
    having = [str(path.relative_to(root)) for path in (root / "agent").rglob("*.py") if "import zipfile" in path.read_text("utf-8")]
    having = [name for name in having if not name.startswith("agent/fleet/")]  # of which a terminal has nothing
    assert having == ["agent/papers/bundle/archive.py"]


def test_nothing_in_it_is_named_by_anybody_else(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(made(shop).content)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        for entry in archive.infolist():
            assert entry.filename.replace(".", "").isalnum() and entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_as_it_is_seen(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    file.write_bytes(contents(made(shop, INCIDENT).content)["index.html"])
    assert complaints(file.read_bytes()) == ""
    with browser() as shown:
        shown.open(file)
        assert shown.cut_off() == []
