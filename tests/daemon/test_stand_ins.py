"""The daemon's dependencies work without what they import and never use, and nobody else goes without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.daemon.stand_ins import TABLE
from tests.support.servers.local import Local
from tests.support.staged import ROOT
from tests.support.world import behaviours
from tests.support.world.ca import Authority

SMALL = "from agent.daemon import process_memory\nprocess_memory.shrink()\n"
NAMES = sorted({each if isinstance(each, str) else each.__name__ for _, stand_ins in TABLE for each in stand_ins})


def small(code: str, *arguments: str, **environment: str) -> str:
    """What it prints in a process that has loaded its dependencies as the daemon does; nothing may come on standard error."""
    argv = [sys.executable, "-c", SMALL + code, *arguments]
    done = subprocess.run(argv, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.strip()


HELD = """
import sys
from types import ModuleType
from agent.daemon import stand_ins
def passes_on(it):  # whatever it is asked for, the real one does it
    if isinstance(it, stand_ins.StandIn):
        return all(name.startswith("__") or passes_on(each) for name, each in vars(it).items())
    return isinstance(it, stand_ins.Later) or getattr(it, "__qualname__", "").startswith("later.")
def ours(it):
    if isinstance(it, (stand_ins.StandIn, stand_ins.Later)):
        return True
    return not isinstance(it, ModuleType) and getattr(it, "__module__", "") == stand_ins.__name__
def holders(held):
    return sorted({name.split(".")[0] for name, module in sys.modules.items() if any(map(held, vars(module).values()))})
print(holders(lambda it: ours(it) and not passes_on(it)))
print(holders(ours))
print(sorted(name for name, module in sys.modules.items() if isinstance(module, stand_ins.StandIn) or module is None))
"""


def test_only_the_dependencies_hold_a_stand_in_that_does_less() -> None:
    """One that a module of the standard library has taken is everybody's, for good: it has to do all that the real one does."""
    less, holders, left = small(HELD).splitlines()
    less = less.replace("'annotationlib', ", "")  # of Python 3.14 and later: see test_of_annotations.py
    assert less == str(["agent", "apscheduler", "msgspec", "ping3", "requests", "urllib3"]), less
    assert {"email", "encodings", "logging", "secrets", "ssl", "subprocess"} <= set(holders.split("'")), holders
    assert left == str(["requests.packages.idna"]), "an alias of requests's own"


OF_THE_LIBRARY = """
import calendar, email.message, io, logging, secrets, socket, ssl, subprocess
import psutil
from time import gmtime
from agent.daemon.stand_ins import _timegm
told = io.StringIO()
logging.getLogger("x").addHandler(logging.StreamHandler(told))
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("x").exception("%s", "it")
print("ZeroDivisionError: division" in told.getvalue(), "1 / 0" in told.getvalue() or "in <module>" in told.getvalue())
print(subprocess.run(["echo", "\u4e2d"], capture_output=True, text=True, check=True).stdout.strip())
mail = email.message.Message()
mail.set_payload("\u4e2d", "utf-8")
mail["Subject"] = email.message.Message().get_charset() or "none"
print(mail.get_content_charset(), mail["Content-Transfer-Encoding"], mail.get_payload(decode=True).decode())
print("b\u00fccher.example".encode("idna"))
moments = [gmtime(each) for each in (0, 951782399, 951782400, 1795737600, 4102444799)]
talk = subprocess.run(["cat"], input=b"x" * 200000, capture_output=True, check=True)
print(len(talk.stdout), len(secrets.token_urlsafe(9)), ssl.DER_cert_to_PEM_cert(b"x").split()[2])
print(socket.socket().sendfile is not None, psutil.disk_io_counters() is not False, isinstance(psutil.sensors_temperatures(), dict))
print([_timegm(each) == calendar.timegm(each) for each in moments])
"""


def test_what_python_s_library_was_given_does_what_the_real_one_does() -> None:
    told = small(OF_THE_LIBRARY).splitlines()
    assert told == ["True True", "中", "utf-8 base64 中", "b'xn--bcher-kva.example'", "200000 12 eA==", "True True True", str([True] * 5)]


REAL = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        assert getattr(importlib.import_module(name), "__file__", None), name
    except ModuleNotFoundError as error:
        assert name in ("chardet", "compression.zstd") and error.name == name.split(".")[0], error
import decimal, inspect, json, zipfile
print(decimal.Decimal("0.1") + 1, json.loads("[1]"), inspect.signature(lambda a: a), zipfile.is_zipfile("/dev/null"))
"""


def test_whoever_imports_such_a_module_afterwards_gets_the_real_one() -> None:
    assert small(REAL, *NAMES) == "1.1 [1] (a) False"


def test_a_module_that_is_loaded_already_stays_and_one_that_knows_more_names_loads_the_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dependency_of_later.py").write_text("from colorsys import rgb_to_hsv, ONE_SIXTH\nimport json\nimport sndhdr_like\n")
    (tmp_path / "sndhdr_like.py").write_text("VALUE = 5\n")
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import json
from agent.daemon.stand_ins import StandIn, in_place
with in_place((StandIn("colorsys", rgb_to_hsv=len), StandIn("json"), StandIn("sndhdr_like"))):
    import dependency_of_later as made
print(made.rgb_to_hsv is len, made.ONE_SIXTH, made.json is json, type(made.sndhdr_like).__name__, made.sndhdr_like.VALUE)
print([type(sys.modules[name]).__name__ for name in ("colorsys", "json", "sndhdr_like")])
"""
    first, second = small(code).splitlines()
    assert first.split() == ["True", str(1.0 / 6.0), "True", "StandIn", "5"]
    assert second == str(["module"] * 3)


def test_no_name_is_given_that_the_real_module_has_not() -> None:
    code = """
import importlib
from agent.daemon.stand_ins import TABLE, StandIn
for _, stand_ins in TABLE:
    for each in stand_ins:
        if isinstance(each, StandIn):
            real = importlib.import_module(each.__name__)
            print(*(f"{each.__name__}.{name}" for name in vars(each) if not name.startswith("__") and not hasattr(real, name)), end="")
"""
    assert small(code) == ""


# --- requests


WEB = """
import sys
import requests
base = f"http://127.0.0.1:{sys.argv[1]}"
with requests.Session() as session:
    session.trust_env = False
    answer = session.get(base, timeout=5)
    print(answer.status_code, answer.content, answer.json(), answer.headers["set-cookie"], len(session.cookies), len(answer.cookies))
    answer = session.get(base, timeout=5, proxies={"http": base}, headers={"Cookie": "mine=1"})
    print(answer.json(), answer.request.headers["Cookie"])
print(requests.get(base, timeout=5).status_code, "with the environment's proxies looked for")
try:
    requests.get("http://127.0.0.1:1", timeout=5)
except requests.ConnectionError as error:
    print("refused" in str(error).lower())
try:
    requests.get(base + "/text", timeout=5).json()
except ValueError:
    print("not JSON")
"""


def test_requests_fetches_a_compressed_body_and_keeps_no_cookie() -> None:
    import gzip

    def answer(connection: object) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)  # type: ignore[attr-defined]
        body = b"not" if b"/text" in head else gzip.compress(b'{"cookie": %d}' % (b"Cookie: set" in head))
        coding = b"" if b"/text" in head else b"Content-Encoding: gzip\r\n"
        connection.sendall(  # type: ignore[attr-defined]
            b"HTTP/1.1 200 OK\r\nSet-Cookie: set=1; Max-Age=60\r\n%sConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            % (coding, len(body), body)
        )

    with Local(answer) as server:
        lines = small(WEB, str(server.port), no_proxy="*").splitlines()
    assert lines[0] == "200 b'{\"cookie\": 0}' {'cookie': 0} set=1; Max-Age=60 0 0"
    assert lines[1:] == ["{'cookie': 0} mine=1", "200 with the environment's proxies looked for", "True", "not JSON"]


REDIRECTED = """
import sys, requests
base = f"http://127.0.0.1:{sys.argv[1]}"
print(requests.get(base, timeout=5, allow_redirects=False).is_redirect)
try:
    requests.get(base, timeout=5)
except requests.TooManyRedirects:
    print("too many")
"""


def test_requests_follows_redirects_where_it_is_told_to() -> None:
    with Local(behaviours.http(302, Location="/again")) as server:
        assert small(REDIRECTED, str(server.port), no_proxy="*").split("\n") == ["True", "too many"]


TLS = """
import os, sys
import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH
url = f"https://localhost:{sys.argv[1]}"
print(os.path.getsize(DEFAULT_CA_BUNDLE_PATH) > 100_000, requests.get(url, timeout=5, verify=sys.argv[2]).status_code)
try:
    requests.get(url, timeout=5)
except requests.exceptions.SSLError as error:
    print("CERTIFICATE_VERIFY_FAILED" in str(error))
"""


def test_requests_trusts_no_more_than_ever(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.context(authority.leaf("localhost"))
    with Local(behaviours.tls(context, behaviours.http(200, b"x"))) as server:
        told = small(TLS, str(server.port), str(authority.root_file), no_proxy="*").splitlines()
    assert told == ["True 200", "True"]


def test_a_name_that_is_not_ascii_is_encoded_as_ever() -> None:
    code = 'import requests\nprint(requests.Request("GET", "http://\\u4f8b\\u3048.example/").prepare().url)'
    assert small(code) == "http://xn--r8jz45g.example/"


def test_all_that_is_tested_of_http_holds() -> None:
    code = "import sys\nimport pytest\nsys.exit(pytest.main(sys.argv[1:]))"
    assert "100%" in small(code, "-q", "-p", "no:cacheprovider", "tests/probes/edge/http")


# --- apscheduler


JOBS = """
import threading
from datetime import UTC, datetime, timedelta
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from agent.daemon.scheduler import Every, Scheduler
from probes.ground.clock import Clock
import logging
logging.getLogger("apscheduler").addHandler(logging.NullHandler())
logging.getLogger("apscheduler").propagate = False
scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(2)}, daemon=True)
heard, both = [], threading.Event()
def hear(event):
    heard.append((event.job_id, type(event.exception).__name__, "in fails" in (event.traceback or "")))
    if len(heard) == 2:
        both.set()
class Work:
    def fails(self):
        1 / 0
    def works(self):
        return 5
scheduler.add_listener(hear, EVENT_JOB_ERROR | EVENT_JOB_EXECUTED)
scheduler.start()
far = datetime.now(UTC) + timedelta(hours=1)
job = scheduler.add_job(Work().fails, Every(3600, Clock()), id="fails", coalesce=True, misfire_grace_time=None)
scheduler.add_job(Work().works, Every(3600, Clock()), coalesce=True, misfire_grace_time=None)
assert both.wait(20)
job.modify(next_run_time=far)
assert job.next_run_time == far and len(scheduler.get_jobs()) == 2
scheduler.remove_job("fails")
scheduler.shutdown()
print(sorted(entry[1:] for entry in heard), len({entry[0] for entry in heard}))
"""


def test_jobs_run_and_fail_as_ever() -> None:
    """The second job's name is made by the real `uuid`."""
    assert small(JOBS) == "[('NoneType', False), ('ZeroDivisionError', True)] 2"


def test_what_apscheduler_asks_of_the_machine_is_still_there() -> None:
    code = """
from zoneinfo import ZoneInfo
from apscheduler.schedulers.background import BackgroundScheduler
print(BackgroundScheduler().timezone is not None, BackgroundScheduler(timezone="Asia/Shanghai").timezone == ZoneInfo("Asia/Shanghai"))
"""
    assert small(code) == "True True"
