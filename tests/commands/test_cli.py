"""The commands as people and other programs run them: exit status, streams, encodings, and nothing that looks like a crash."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from agent.contract.document import Status
from agent.contract.times import utc
from agent.examination.memory import FILE as MEMORY_FILE
from tests.support.command_line import ROOT, configured, current, environment, kept, posdiag
from tests.support.patience import PATIENCE_S


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return configured(tmp_path)


@pytest.mark.parametrize("args", [["--lang", "en", "explain", "03"], ["explain", "--lang", "en", "03"], ["explain", "03", "--lang", "en"]])
def test_options_stand_before_or_after_the_command(args: list[str]) -> None:
    done = posdiag(*args)
    assert done.returncode == 0
    assert done.stdout.startswith(b"Response code 03\n")


def test_version_and_help() -> None:
    assert posdiag("--version").stdout.split()[0] == b"posdiag"
    assert posdiag("--help").returncode == 0
    assert posdiag("status", "--help", "--lang", "en").stdout.startswith(b"posdiag finds out")


@pytest.mark.parametrize("asked", ["network.dns_unreachable", "dns_unreachable", "DNS-Unreachable", "Network.DNS_UNREACHABLE"])
def test_a_cause_is_explained_however_it_is_written(asked: str) -> None:
    done = posdiag("--lang", "en", "explain", asked)
    assert done.returncode == 0
    assert b"network.dns_unreachable" in done.stdout
    assert b"How it is recognised" in done.stdout


@pytest.mark.parametrize(("asked", "code"), [("03", "03"), ("3", "03"), ("a0", "A0"), ("A0", "A0"), ("97", "97")])
def test_a_response_code_is_explained(asked: str, code: str) -> None:
    done = posdiag("--lang", "en", "explain", asked)
    assert done.returncode == 0
    assert done.stdout.decode().startswith(f"Response code {code}\n")


@pytest.mark.parametrize(
    ("asked", "near"),
    [("dns_unreachble", "network.dns_unreachable"), ("network.paper_out", "operator.paper_out"), ("wifi_pasword", "wifi_password")],
)
def test_what_does_not_exist_exits_3_and_names_what_is_near(asked: str, near: str) -> None:
    done = posdiag("--lang", "en", "explain", asked)
    assert (done.returncode, done.stdout) == (3, b"")
    assert "Did you mean" in done.stderr.decode() and near in done.stderr.decode()


@pytest.mark.parametrize("asked", ["22", "２２", "Z9", "n7"])
def test_a_response_code_that_the_table_lacks_is_not_looked_for_in_addresses(asked: str) -> None:
    done = posdiag("--lang", "en", "explain", asked)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.decode().startswith(f"The response code {asked} is not in the table here: call the acquirer")


def test_explaining_needs_no_valid_configuration(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("nonsense")
    assert posdiag("explain", "--config", str(tmp_path / "bad.toml")).returncode == 0


def test_nothing_heavy_is_loaded_for_light_commands() -> None:
    program = (
        "import sys\nfrom agent.cli import run\nfor argv in (['--version'], ['explain', '03'], ['explain']):\n    assert run(argv) == 0\n"
        "heavy = ('requests', 'apscheduler', 'psutil', 'ping3', 'serial', 'ssl', 'asyncio')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment(), timeout=PATIENCE_S, check=True, cwd="/")
    assert done.stderr.decode().strip() == "[]"


def test_config_check_names_every_error_at_once(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_text('[agent]\nretry_s = "soon"\nnonsense = 1\n[[gateway]]\nname = "a"\nport = 99999\n')
    done = posdiag("config", "check", "--config", str(path), "--lang", "en")
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (3, b"")
    for key in ("line 2: agent.retry_s", "line 3: agent.nonsense", 'line 4: gateway "a" host', 'line 6: gateway "a" port'):
        assert key in said
    assert str(path) in said.replace("\n", "").replace("    ", "") or path.name in said
    for command in (["--check"], ["run", "--once"], ["status"], ["config", "show"]):
        assert posdiag(*command, "--config", str(path)).returncode == 3


@pytest.mark.parametrize("command", [["check", "--json"], ["run", "--once"]])
def test_a_file_that_is_gone_since_is_named_by_config_check_and_ends_no_look(config: Path, command: list[str]) -> None:
    gone = config.parent / "authorities.pem"
    gateway = '[[gateway]]\nname = "a"\nhost = "192.0.2.3"\nport = 8583\nprotocol = "tls"\n'
    config.write_text(config.read_text("utf-8") + gateway + f'ca_file = "{gone}"\n', encoding="utf-8")
    checked = posdiag("config", "check", "--config", str(config), "--lang", "en")
    said = " ".join(checked.stderr.decode().split())
    assert checked.returncode == 3 and "1 error" in said and "ca_file" in said and "expected: a file that exists" in said
    looked = posdiag(*command, "--config", str(config), "--timeout", "3")
    document = msgspec.json.decode(looked.stdout if command[0] == "check" else (config.parent / "state" / "status.json").read_bytes())
    assert looked.returncode == 2 and {"gateway:a", "system:clock"} <= {check["id"] for check in document["checks"]}


def test_config_check_of_a_good_file_is_one_line(config: Path) -> None:
    done = posdiag("config", "check", "--config", str(config), COLUMNS="200")
    assert done.returncode == 0
    assert done.stdout.decode().startswith("配置有效：")


def test_config_show_and_example_are_toml() -> None:
    import tomllib

    assert "network" in tomllib.loads(posdiag("config", "show").stdout.decode())
    assert "agent" in tomllib.loads(posdiag("config", "example").stdout.decode())


def test_config_schema_is_the_schema_of_the_document() -> None:
    done = posdiag("config", "schema")
    assert done.returncode == 0
    assert "can_pay" in json.loads(done.stdout)["$defs"]["Status"]["properties"]


def test_config_schema_agent_is_the_schema_of_the_configuration() -> None:
    done = posdiag("config", "schema", "agent")
    assert done.returncode == 0
    made = json.loads(done.stdout)
    assert made["$defs"]["Gateway"]["properties"].keys() >= {"name", "host", "port", "protocol", "iso8583"}
    assert made["$defs"]["Gateway"]["additionalProperties"] is False


@pytest.mark.parametrize(("state", "expected"), [("ok", 0), ("degraded", 1), ("outage", 2), ("unknown", 3)])
def test_status_exits_as_the_state_says(config: Path, state: str, expected: int) -> None:
    kept(config, current(state=state))
    done = posdiag("status", "--details", "--config", str(config), "--lang", "en")
    assert done.returncode == expected
    assert done.stdout.startswith(b"Can this terminal take payments? NO\n")
    assert b"ago)" in done.stdout
    assert str(config.parent / "state").encode()[:20] in done.stdout


def test_a_stale_status_is_shown_as_such_and_exits_3(config: Path) -> None:
    for changes in ({"valid_until": utc(time.time() - 1)}, {"boot_id": "another"}):
        kept(config, current(state="ok", can_pay="yes", **changes))
        done = posdiag("status", "--config", str(config), "--lang", "en")
        assert done.returncode == 3
        assert done.stdout.startswith(b"Can this terminal take payments? CANNOT TELL\n")
        assert b"stale" in done.stdout


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"schema": "other"}', b"\xff\xfe"])
def test_a_status_file_that_cannot_be_read_is_no_crash(config: Path, content: bytes | None) -> None:
    if content is not None:
        (config.parent / "state" / "status.json").write_bytes(content)
    done = posdiag("status", "--config", str(config), "--lang", "en")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"status.json" in done.stderr.replace(b"\n", b"")  # a long path may be broken to fit the width
    assert b"Traceback" not in done.stderr
    assert b"posdiag --check" in done.stderr


def test_a_fault_of_the_agent_itself_is_one_line(tmp_path: Path) -> None:
    """A module that raises as it is imported stands for any fault that nobody foresaw."""
    (tmp_path / "sitecustomize.py").write_text(
        "import agent.present.explain as e\ndef broken(*_):\n    raise RuntimeError('a\\nb\\x1b[2J')\ne.response_lines = broken\n"
    )
    done = posdiag("explain", "03", PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert done.returncode == 3
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.startswith(b"posdiag itself failed: RuntimeError: a\\x0ab\\x1b[2J")


@pytest.mark.root
def test_check_prints_the_verdict_and_writes_nothing(config: Path) -> None:
    state = config.parent / "state"
    done = posdiag("--check", "--config", str(config), "--lang", "en", "--timeout", "5")
    assert done.returncode in (0, 1, 2, 3)
    assert done.stderr == b""
    assert done.stdout.startswith(b"Can this terminal take payments? ")
    assert b"\x1b" not in done.stdout
    assert list(state.iterdir()) == []


@pytest.mark.root
def test_check_as_json_is_the_document_and_nothing_else(config: Path) -> None:
    done = posdiag("--check", "--json", "--config", str(config), "--timeout", "5", LC_ALL="C")
    document = msgspec.json.decode(done.stdout, type=Status)
    assert done.stderr == b""
    assert done.returncode == {"ok": 0, "degraded": 1, "outage": 2, "unknown": 3}[document.state]
    assert not (config.parent / "state" / MEMORY_FILE).exists()


@pytest.mark.root
def test_ctrl_c_ends_a_check_with_130_and_no_traceback(tmp_path: Path) -> None:
    """An examination that never ends of itself stands for one in the middle of its work."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, threading, types\nmodule = types.ModuleType('agent.examination.examine')\n"
        "def examine(*args, **kwargs):\n    print('begun', file=sys.stderr, flush=True)\n    threading.Event().wait()\n"
        "module.examine = examine\nsys.modules['agent.examination.examine'] = module\n"
    )
    command = subprocess.Popen(
        [sys.executable, "-m", "agent", "--check"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(PYTHONPATH=f"{tmp_path}:{ROOT}"),
        cwd="/",
    )
    assert command.stderr is not None
    assert command.stderr.readline() == b"begun\n"
    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=PATIENCE_S)
    assert (command.returncode, out, err) == (130, b"", b"")
