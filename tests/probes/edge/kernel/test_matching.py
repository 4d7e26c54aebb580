"""Expressions of the configuration that can take for ever, over names that somebody else chose."""

from __future__ import annotations

import re
import resource
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.settings.load import SettingsError, load
from probes.app import app
from probes.edge.kernel import matching
from probes.edge.kernel.matching import LONGEST, costly, matched, reach
from probes.edge.kernel.processes import belongs_to
from probes.model import Outcome, Symptom
from probes.settings import App
from tests.support.command_line import posdiag
from tests.support.patience import PATIENCE_S
from tests.support.processes import Start, payment, starting

HOSTILE = "a" * 40 + "!"


@pytest.fixture
def start() -> Iterator[Start]:
    with starting() as run:
        yield run


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that searches has its seconds of the processor, however long a busy machine takes to give them."""
    monkeypatch.setattr(matching, "_PATIENCE_S", PATIENCE_S)


def test_a_hostile_process_makes_it_unknown_and_is_not_searched_here(start: Start) -> None:
    """Here it would hold the interpreter's lock, and with it every other thread."""
    start("sh", "-c", "echo ready; read end", HOSTILE)
    began = time.thread_time()
    seen = app(App(name="payapp", process=r"(a+)+$"))
    assert time.thread_time() - began < 1
    assert (seen.outcome, seen.symptom) == (Outcome.UNKNOWN, None)
    assert seen.because is not None and "write a simpler one" in seen.because
    assert HOSTILE not in repr(seen)


def test_the_application_is_seen_beside_a_hostile_process(start: Start) -> None:
    tag = f"pay{uuid.uuid4().hex[:8]}"
    start("sh", "-c", "echo ready; read end", HOSTILE)
    process = start(*payment(f"{tag}{'x' * 100}"))
    seen = app(App(name="payapp", process=rf"{tag}|(a+)+$"))
    assert (seen.outcome, seen.facts.pids) == (Outcome.PASS, (process.pid,))


def test_the_holder_of_a_port_is_neither_ours_nor_a_stranger_then(start: Start) -> None:
    process = start("sh", "-c", "echo ready; read end", HOSTILE)
    assert belongs_to(process.pid, (r"(a+)+$",)) is None
    assert belongs_to(process.pid, (r"(a+)+$", "^sh$")) is True
    assert belongs_to(process.pid, ("no-such-name",)) is False


def test_a_costly_expression_that_comes_to_its_end_says_the_same(start: Start) -> None:
    tag = f"pay{uuid.uuid4().hex[:8]}"
    process = start(*payment(f"{tag}." * 40))
    expression = rf"(?:{tag}\w*\.)+$"
    assert reach(expression) < 40
    assert app(App(name="payapp", process=expression)).facts.pids == (process.pid,)


def test_what_another_examination_starts_is_not_the_application(start: Start) -> None:
    tag = f"pay{uuid.uuid4().hex[:8]}"
    first_line = matching._PROGRAM.partition("\n")[0]
    start(sys.executable, "-I", "-S", "-c", f"{first_line}\nprint('ready', flush=True); input()", tag)
    assert app(App(name="payapp", process=tag)).symptom is Symptom.NOT_RUNNING


def test_many_hostile_names_have_a_second_together() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = matched(r"(a+)+$", ["b" * 20, *("a" * 40 + "!" * more for more in range(1, 20)), "c" * 200])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2
    assert (said.of(["b" * 20]), said.of(["a" * 40 + "!"])) == (False, None)
    assert said.because == matching.TOO_COSTLY


def test_where_no_process_can_be_started_it_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "")
    said = matched(r"(a+)+$", [HOSTILE, "aaa"])
    assert (said.of([HOSTILE]), said.of(["aaa"]), said.because) == (None, True, matching.NO_PROCESS)


@pytest.mark.parametrize("name", ["\udcff" * 10, "支付" * 10, "a\nb" * 10, ""])
def test_any_name_goes_to_a_process_and_back(name: str) -> None:
    long = name + "b" * 50
    assert matched(r"(?:b+)+$", [long, "c" * 50]).of([long]) is True
    assert matched(r"(?:b+)+$", [long, "c" * 50]).of(["c" * 50]) is False


@pytest.mark.parametrize(
    "expression", ["payapp", "^payapp$", "java.*payapp", r"/opt/[\w-]+/bin/pay", r"(?i)pay(ment)?[ _-]?app", r"pay-\d{4}"]
)
def test_ordinary_expressions_are_searched_here(expression: str) -> None:
    assert reach(expression) == LONGEST and not costly(expression)


@pytest.mark.parametrize(
    ("expression", "unit"),
    [
        (r"(a+)+$", "a"),
        (r"(a|aa)+$", "a"),
        (r"(a|a)*b", "a"),
        (r"(a?){25}a{25}b", "a"),
        (r"(?:x*|y*){40}b", "x"),
        (r"(a{1,50}){1,50}b", "a"),
        (r"a.*b.*c.*d", "abc"),
        (r"(.*)\1x", "a"),
        (r"(?=(a+)+$)b", "a"),
        (r"(\w+\.)+x", "a."),
        (r".*" + "a" * 500 + "b", "a"),
    ],
)
def test_what_is_searched_here_is_short_enough(expression: str, unit: str) -> None:
    most = reach(expression)
    assert most < LONGEST
    text = (unit * LONGEST)[: max(most, 0)]
    began = time.thread_time()
    if most >= 0:
        re.search(expression, text)
    assert time.thread_time() - began < 1


@given(st.text("ab|*+?(){}2,.", max_size=14), st.text("ab", max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_expression_takes_long_here(expression: str, text: str) -> None:
    try:
        search = re.compile(expression).search
    except (re.error, OverflowError):
        return
    if len(text) <= reach(expression):
        began = time.thread_time()
        search(text)
        assert time.thread_time() - began < 1


# --- the configuration


def with_app(folder: Path, process: str) -> Path:
    path = folder / "agent.toml"
    path.write_text(f"[[app]]\nname = 'payapp'\nprocess = '{process}'\n")
    return path


@pytest.mark.parametrize(("language", "hint"), [("en", "Hint: app[0].process"), ("zh", "提示：app[0].process")])
def test_the_check_of_the_configuration_advises_against_a_costly_one(tmp_path: Path, language: str, hint: str) -> None:
    done = posdiag("config", "check", "--config", str(with_app(tmp_path, "(a+)+$")), "--lang", language)
    assert done.returncode == 0 and hint in done.stdout.decode()
    done = posdiag("config", "check", "--config", str(with_app(tmp_path, "java.*payapp")), "--lang", language)
    assert done.returncode == 0 and hint not in done.stdout.decode()


def test_one_that_never_ends_on_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as wrong:
        load(str(with_app(tmp_path, "(?:x*|y*){40}(?=b)")))
    assert [problem.key for problem in wrong.value.problems] == ["app[0].process"]
