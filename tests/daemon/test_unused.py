"""Tables and classes that the daemon gives up come back where they are asked for, and errors of connections keep their names."""

from __future__ import annotations

import _ssl
import os
import subprocess
import sys

import pytest

from tests.support.staged import ROOT

SMALL = "from agent.daemon import process_memory\nprocess_memory.shrink()\nprocess_memory.forget()\n"


def small(code: str) -> str:
    """What it prints in a process that has given up what the daemon does; nothing may come on standard error."""
    done = subprocess.run([sys.executable, "-c", SMALL + code], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.strip()


def test_tuples_of_psutil() -> None:
    """What an examination asks for is there; what a plug-in may ask for is made again."""
    code = """
import psutil
from psutil import _ntuples
process = psutil.Process()
print(psutil.virtual_memory().total > 0, len(psutil.net_if_stats()) > 0, psutil.cpu_count() > 0, process.name() != "", end=" ")
print("pmem" in vars(_ntuples), process.memory_info().rss > 0, psutil.cpu_times().user >= 0, len(psutil.Process().uids()), end=" ")
print("pmem" in vars(_ntuples), hasattr(_ntuples, "of_no_version"), psutil.disk_usage("/").total > 0)
"""
    assert small(code) == "True True True True False True True 3 True False True"


NAMES = """
import ssl, socket, threading
far, near = socket.socketpair()
threading.Thread(target=lambda: (far.recv(9), far.sendall(b"HTTP/1.1 400 no TLS here\\r\\n\\r\\n"), far.close())).start()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
for attempt in (lambda: context.wrap_socket(near, server_hostname="a.example"), lambda: context.load_verify_locations("/dev/null")):
    try:
        attempt()
    except ssl.SSLError as error:
        print(error.library, error.reason)
"""


def test_errors_of_connections_keep_their_names() -> None:
    plain = subprocess.run([sys.executable, "-c", NAMES], capture_output=True, text=True, check=True).stdout.strip()
    assert small(NAMES) == plain and "SSL WRONG_VERSION_NUMBER" in plain and "None" not in plain


REASONS = """
import _ssl
from probes.edge.tls import tls_client, client_certificate
known = set(_ssl.err_codes_to_names.values())
print(sorted(name for name in (*tls_client._BY_REASON, "UNEXPECTED_EOF_WHILE_READING", "MALLOC_FAILURE") if name not in known))
"""


@pytest.mark.skipif(
    not hasattr(_ssl, "err_codes_to_names"), reason="this Python keeps that table to itself (3.14), and nothing is given up of it"
)
def test_every_reason_that_tells_a_symptom_is_still_known() -> None:
    plain = subprocess.run([sys.executable, "-c", REASONS], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    assert small(REASONS) == plain


def test_the_configuration_can_be_read_again() -> None:
    code = """
import sys
print([name for name in sys.modules if name in ("msgspec.inspect", "agent.settings.read", "argparse")])
from agent.settings.read import read
print(read(None).settings.agent.interval_s)
"""
    assert small(code).splitlines() == ["[]", "60"]


def test_what_every_cause_foretells_is_given_up_after_a_look_and_there_again_in_the_next() -> None:
    code = """
import sys
from agent.diagnosis.diagnose import diagnose
from agent.daemon.process_memory import Tidier
from tests.support import scenario_files
[checks] = [each.checks for each in scenario_files.every() if "shop-router" in each.name]
tidier, said, blocks = Tidier(), set(), []
for look in range(30):
    said.add(str([(finding.code, finding.confidence) for finding in diagnose(checks).findings]))
    loaded = "agent.diagnosis.predictions" in sys.modules
    tidier.tidy()
    blocks.append(sys.getallocatedblocks())
    assert loaded and "agent.diagnosis.predictions" not in sys.modules
print(len(said), max(said).count("network.dns_unreachable"), blocks[-1] - blocks[9] < 200)
"""
    assert small(code) == "1 1 True"


def test_between_two_cycles_nothing_is_kept_of_what_reads_files_and_of_the_names_of_files() -> None:
    """The words for a cause are read, each once; what is imported later is found all the same."""
    code = """
from agent.diagnosis.causes import Cause
from agent.remedy.catalogue import entry
print(entry(Cause.CABLE_UNPLUGGED).name.en != "", "tomllib" in sys.modules, len(sys.path_importer_cache) > 0)
process_memory.Tidier().tidy()
print([name for name in sys.modules if name.startswith("tomllib")], len(sys.path_importer_cache))
print(entry(Cause.GATEWAY_DOWN).name.en != "", "tomllib" in sys.modules)
"""
    assert small("import sys\n" + code).splitlines() == ["True True True", "[] 0", "True True"]


def test_a_module_that_is_being_loaded_is_not_given_up() -> None:
    """Another thread has it in its hands then. One that is not comes back for whoever asks."""
    code = """
import sys
from agent.status import spoken
held = lambda: "agent.status.spoken" in sys.modules
give = lambda: process_memory.give_up("agent.status", ("spoken", "of_no_version"))
spoken.__spec__._initializing = True
give()
print(held(), end=" ")
spoken.__spec__._initializing = False
give()
print(held(), hasattr(sys.modules["agent.status"], "spoken"), end=" ")
from agent.status import spoken
print(spoken.on_one_line(" a  b "), held())
"""
    assert small(code) == "True False False a b True"


def test_an_annotation_that_is_a_text_is_still_understood() -> None:
    code = """
from typing import ForwardRef, Optional, get_type_hints
class Node:
    after: "Optional[Node]"
    names: "list[str] | None"
print(get_type_hints(Node, globals()) == {"after": Optional[Node], "names": list[str] | None}, ForwardRef("Node") == ForwardRef("Node"))
"""
    assert small(code) == "True True"
