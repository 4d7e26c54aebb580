"""What keeps the daemon small, after cycles with nearly every kind of probe. That nothing misses what is left out: `test_stand_ins.py`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.contract.word import Word, written
from agent.storage.told_spool import Spool
from tests.support.packaged import install
from tests.support.patience import until
from tests.support.recorded import told
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.printer import Printer
from tests.support.world import World, acquirers, devices
from tests.support.world.daemon import daemon

# loaded by a dependency or for the start alone, and of no use to the daemon; with what each brings with it, 7 MiB
LEFT_OUT = {
    "_asyncio", "_bz2", "_csv", "_decimal", "_json", "_lzma", "_multiprocessing", "_opcode", "_pickle", "_statistics", "_strptime",
    "_zoneinfo", "_zstd", "agent.commands.option_table", "agent.commands.options", "agent.commands.said", "agent.commands.table",
    "agent.contract.audit", "agent.contract.word", "agent.readiness.audit", "agent.record.drills", "agent.record.intake",
    "agent.status.promises", "agent.status.ready", "agent.status.spoken", "agent.storage.printed", "argparse", "ast", "asyncio",
    "base64", "bz2", "calendar", "certifi",
    "chardet", "charset_normalizer", "concurrent.futures.process", "csv", "dataclasses", "decimal", "difflib", "dis",
    "email.base64mime", "email.charset", "email.encoders", "email.header", "email.quoprimime", "fractions", "gettext", "glob",
    "http.cookiejar", "http.cookies", "idna", "importlib.metadata", "importlib.resources", "importlib.util", "inspect", "json",
    "linecache", "locale", "lzma", "mimetypes", "msgspec.inspect", "multiprocessing", "netrc", "ntpath", "numbers", "pickle",
    "platform",
    "probes.ground.personal", "quopri", "selectors", "serial.rfc2217", "shutil", "statistics", "stringprep", "sysconfig",
    "tempfile", "tokenize",
    "traceback", "tzlocal", "urllib.request", "uuid", "xml", "zipfile", "zoneinfo",
}  # fmt: skip
OF_PATHLIB = {"glob", "ntpath"}  # from Python 3.12 and 3.13 on it is built on them
# of Python's library, loaded before the first line of ours can say how, or by that line
WITH_DOCSTRINGS = {"__future__", "encodings", "encodings.aliases", "encodings.utf_8"}
# what the package's launcher does; what is loaded is told at the end
LAUNCHER = """
import os, sys
sys.path.insert(0, sys.argv.pop(1))
end = os._exit
def told(status):
    print(status, *sorted(name for name, module in sys.modules.items() if module is not None))
    sources = {name: type(module.__loader__).__name__ for name, module in sys.modules.items() if getattr(module, "__cached__", None)}
    library = os.path.dirname(os.__file__)
    of_library = [name for name in sources if os.path.dirname(sys.modules[name].__file__).startswith(library)]
    print(*sorted(name for name in of_library if sources[name] != "_Lean"))
    print(sum(each.__module__ == "ast" for each in object.__subclasses__()), flush=True)
    end(0)
os._exit = told
from agent.__main__ import main
main()
"""


@pytest.mark.root
def test_a_cycle_loads_nothing_that_is_of_no_use(tmp_path: Path) -> None:
    with World(gateways="ab") as w:
        acquirers.speaks(w, Acquirer(), app_interval_s=0)
        devices.device(w, Printer(), "escpos")
        w.config["gateway"][1].update(protocol="https", http={"status": [200]})
        config = w.configure()
        spool = Spool(Path(w.config["agent"]["state_dir"]))
        spool.make()
        spool.put("w-0badc0de.json", written(Word(word="w-0badc0de", what="note", text="the plug was half out")))
        lib = install(tmp_path).with_name("lib")
        launcher = tmp_path / "launcher.py"  # of a text on the command line later Pythons keep the lines, for `linecache`
        launcher.write_text(LAUNCHER)
        argv = [sys.executable, "-ISB", str(launcher), str(lib), "run", "--once", "--config", str(config)]
        done = subprocess.run(["ip", "netns", "exec", w.terminal, *argv], capture_output=True, text=True, check=False)
        assert done.stderr == ""
        first, whole, trees = done.stdout.splitlines()
        status, *loaded = first.split()
        assert status in ("0", "1", "2"), "a whole cycle"
        assert {"requests", "apscheduler.schedulers.background", "iso8583", "serial", "ping3", "psutil", "msgspec", "ssl"} <= set(loaded)
        assert [each["text"] for each in told(spool.path.parent, "told")] == ["the plug was half out"], "what reads it was needed"
        assert sorted((LEFT_OUT - (OF_PATHLIB if sys.version_info >= (3, 12) else set())) & set(loaded)) == []
        assert trees == "0", "nothing was compiled"
        assert set(whole.split()) <= WITH_DOCSTRINGS, "each module of Python's that is loaded stands in packaging/library.py"


@pytest.mark.root
def test_a_daemon_that_goes_on_maps_none_of_their_libraries() -> None:
    with World() as w, daemon(w, {"agent": {"interval_s": 1}}) as running:
        running.until(lambda s: s["state"] == "ok" and s["sequence"] > 3)
        web = {c["id"]: (c["outcome"], c["facts"].get("http_status")) for c in running.status()["checks"] if "check-" in c["id"]}
        assert web == {"internet:check-1": ("pass", 204), "internet:check-2": ("pass", 204)}
        maps = Path(f"/proc/{running.pid}/maps").read_text()
        assert [name for name in sorted(LEFT_OUT) if f"/{name}." in maps] == []


@pytest.mark.root
def test_between_examinations_no_stacks_lie_about_and_no_huge_pages() -> None:
    """A dozen threads and more have ended by then; their stacks are 512 KiB of address space each."""
    with World() as w, daemon(w, {"agent": {"interval_s": 1}}) as running:
        running.until(lambda s: s["sequence"] > 2)

        def stacks() -> list[str]:
            lines = Path(f"/proc/{running.pid}/maps").read_text().splitlines()
            bounds = [re.match(r"([0-9a-f]+)-([0-9a-f]+) rw-p 0+ 00:00 0 *$", line) for line in lines]
            return [found[0] for found in bounds if found and int(found[2], 16) - int(found[1], 16) == 512 << 10]

        until(lambda: len(stacks()) <= len(list(Path(f"/proc/{running.pid}/task").iterdir())))
        assert "\nTHP_enabled:\t0\n" in Path(f"/proc/{running.pid}/status").read_text()
