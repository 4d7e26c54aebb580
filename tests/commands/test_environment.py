"""Every command in an environment that nobody tidied: it does what it is there for, in one way or another, and never fails of itself."""

from __future__ import annotations

import codecs
import encodings.aliases
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.present.encoding import encoding_of, is_console
from agent.present.page import NARROWEST, WIDEST, columns_of
from tests.support.command_line import INSIDE, ROOT, configured, current, environment, kept, posdiag
from tests.support.patience import PATIENCE_S

NO_CONSOLES = ("cp037", "cp500", "utf-7", "utf-16", "utf-32", "hz", "idna", "punycode", "rot13", "base64", "hex", "undefined", "iso2022_jp")
HOSTILE: list[dict[str, str]] = [
    *({"LC_ALL": f"zh_CN.{codec}"} for codec in NO_CONSOLES),
    *(
        {"LANG": f"en_US.{codec}", "LC_CTYPE": f"x.{codec}@euro"}
        for codec in ("cp037", "rot13", "nonsense", "../../x", "\x1b[2J", "é", "9" * 5000)
    ),
    *({"PYTHONIOENCODING": codec} for codec in ("cp037", "utf-16", "idna", "utf-7:strict", "latin-1:strict")),
    *({"COLUMNS": number, "LINES": number} for number in ("9" * 5000, "-1", "0", "1", "²", "٣", "1e9", "", " 80", "NaN", "9" * 18)),
    {"TERM": "\x1b]0;x\x07"},
    {"TERM": "/dev/zero", "NO_COLOR": "\x1b[31m"},
    {"TZ": "nonsense"},
    {"TZ": ":/etc/passwd"},
    {"TZ": "../../../../dev/null"},
    {"TZ": "9" * 5000},
    {"HOME": "/nowhere", "TMPDIR": "/nowhere", "XDG_RUNTIME_DIR": "/nowhere"},
    {"HOME": "\x1b[2J", "XDG_RUNTIME_DIR": "relative", "TMPDIR": "/proc/self/mem"},
    {"JOURNAL_STREAM": "²:²"},
    {"JOURNAL_STREAM": "9" * 5000 + ":1"},
    {"WATCHDOG_USEC": "9" * 5000, "WATCHDOG_PID": "²", "NOTIFY_SOCKET": "\x1b"},
    {"PYTHONWARNINGS": "error", "PYTHONDEVMODE": "1", "PYTHONINTMAXSTRDIGITS": "640", "PYTHONOPTIMIZE": "2", "PYTHONMALLOC": "debug"},
    {
        "http_proxy": "http://192.0.2.1:1",
        "HTTPS_PROXY": "nonsense",
        "NETRC": "/dev/zero",
        "SSL_CERT_FILE": "/dev/zero",
        "SSL_CERT_DIR": "/proc",
    },
]
COMMANDS = (["status"], ["explain"], ["explain", "03"], ["config", "show"], ["config", "check"], ["--help"], ["nonsense"])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = configured(tmp_path)
    kept(path, current())
    return path


@pytest.mark.parametrize("extra", HOSTILE, ids=lambda extra: ascii(extra)[:60])
def test_no_environment_makes_a_command_fail(config: Path, extra: dict[str, str]) -> None:
    for args in COMMANDS:
        told = ["--config", str(config)] if args[0] in ("status", "config") else []
        done = posdiag(*args, *told, **extra)
        said = done.stdout + done.stderr
        assert done.returncode in (0, 1, 2, 3), (args, done)
        assert said, args
        assert b"itself failed" not in said and b"Traceback" not in said and b"Warning" not in said, (args, said[-300:])


@pytest.mark.parametrize(
    "extra", [{"LC_ALL": "C.hex"}, {"COLUMNS": "9" * 5000}, {"JOURNAL_STREAM": "²:²"}, {"TZ": ":/etc/passwd"}], ids=ascii
)
def test_nor_does_it_an_examination(config: Path, extra: dict[str, str]) -> None:
    done = posdiag("--check", "--timeout", "3", "--config", str(config), **extra)
    assert done.returncode in (0, 1, 2, 3)
    assert b"itself failed" not in done.stderr and b"Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) > 3


def test_a_locale_that_names_no_consoles_encoding_says_nothing_about_the_console() -> None:
    for codec in NO_CONSOLES:
        assert encoding_of(None, {"LC_ALL": f"zh_CN.{codec}"}) == "utf-8", codec
    speaks = [name for name in set(encodings.aliases.aliases.values()) if is_console(name)]
    assert {"ascii", "utf_8", "gbk", "gb18030", "big5", "latin_1", "cp437", "cp1252", "koi8_r", "euc_jp", "shift_jis"} <= set(speaks)
    for name in speaks:
        assert codecs.lookup(name).encode("Payment 42 / ok: [x]")[0] == b"Payment 42 / ok: [x]"


@pytest.mark.parametrize(
    ("asked", "found"), [("9" * 5000, 80), ("-1", 80), ("0", 80), ("²", 80), ("1", NARROWEST), ("99999", WIDEST), ("72", 72)]
)
def test_columns_are_what_a_terminal_may_have(asked: str, found: int) -> None:
    assert columns_of(None, {"COLUMNS": asked}) == found


# Whoever imports the module of this name gets the signals at that moment, and the message that it came so far.
STRUCK = """
import os, signal, sys
class Strike:
    def find_spec(self, name, *_):
        if name == "agent.commands.explain":
            for number in map(int, os.environ["STRIKE_WITH"].split()):
                os.kill(os.getpid(), number)
sys.meta_path.insert(0, Strike())
"""
MEANINGLESS = (
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGALRM,
    signal.SIGVTALRM,
    signal.SIGPROF,
    signal.SIGIO,
    signal.SIGPWR,
    signal.SIGRTMIN + 3,
)


def struck(folder: Path, *numbers: int, before: str = "") -> subprocess.CompletedProcess[bytes]:
    (folder / "sitecustomize.py").write_text(before + STRUCK)
    given = environment(PYTHONPATH=f"{folder}:{ROOT}", STRIKE_WITH=" ".join(map(str, map(int, numbers))))
    command = [*INSIDE, sys.executable, "-m", "agent", "explain", "03"]
    return subprocess.run(command, capture_output=True, env=given, cwd="/", timeout=PATIENCE_S, check=False)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_command_that_is_ended_says_so(tmp_path: Path, number: signal.Signals) -> None:
    inherited = f"import signal; signal.signal({int(number)}, signal.SIG_DFL)\n"  # the tests may run under nohup
    done = struck(tmp_path, number, before=inherited)
    assert (done.returncode, done.stdout) == (128 + number, b"")
    assert number.name.encode() in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_hangup_that_was_ignored_before_stays_so(tmp_path: Path) -> None:
    done = struck(tmp_path, signal.SIGHUP, before="import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n")
    assert (done.returncode, done.stderr) == (0, b"") and done.stdout


def test_signals_without_a_meaning_end_nothing(tmp_path: Path) -> None:
    done = struck(tmp_path, *MEANINGLESS)
    assert (done.returncode, done.stderr) == (0, b"") and done.stdout


def test_the_service_passes_over_a_hangup_and_ends_well_afterwards(tmp_path: Path) -> None:
    config = configured(tmp_path)
    command = [*INSIDE, sys.executable, "-m", "agent", "--config", str(config), "run"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), cwd="/")
    while not (config.parent / "state" / "status.json").exists():
        assert process.poll() is None
        for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
            if _catches(process.pid, number):
                os.kill(process.pid, number)
        time.sleep(0.01)
    process.send_signal(signal.SIGHUP)
    process.terminate()
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, err) == (0, b"", b"")


def _catches(pid: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (number - 1) & 1)
