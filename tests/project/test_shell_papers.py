"""The manual page and the shells' completion: all that `--help` knows is in them, and the programs that read them find no fault."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agent.commands.option_table import FORMATS, OPTIONS
from agent.commands.table import COMMANDS
from agent.diagnosis.causes import Cause
from tests.support.documented import ROOT

BASH, ZSH = "usr/share/bash-completion/completions/posdiag", "usr/share/zsh/vendor-completions/_posdiag"
MANUALS = {"en": "usr/share/man/man1/posdiag.1.gz", "zh": "usr/share/man/zh_CN/man1/posdiag.1.gz"}
NAMES = {option.name for option in OPTIONS}
GENERAL = {option.name for option in OPTIONS if not option.of}
DRIVER = """
source "$1"; shift
COMP_WORDS=(posdiag "$@") COMP_CWORD=$#
_posdiag
printf '%s\\n' "${COMPREPLY[@]}"
complete -p posdiag >&2
"""


def options_of(command: str) -> set[str]:
    return GENERAL | {option.name for option in OPTIONS if command in option.of}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tree")
    for script in ("manual.py", "completion.py"):
        argv = [sys.executable, str(ROOT / "tools" / script), str(made)]
        subprocess.run(argv, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    return made


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} here")
    return found


def completed(tree: Path, *words: str) -> set[str]:
    argv = ["bash", "--norc", "--noprofile", "-c", DRIVER, "bash", str(tree / BASH), *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=tree)
    assert (done.returncode, done.stderr) == (0, "complete -F _posdiag posdiag\n")
    return set(done.stdout.split())


@pytest.mark.parametrize("language", MANUALS)
def test_the_manual_has_every_command_every_option_and_what_each_does(tree: Path, language: str) -> None:
    text = gzip.decompress((tree / MANUALS[language]).read_bytes()).decode().replace("\\-", "-").replace("\n", " ")
    for command in COMMANDS:
        assert f"posdiag {command.name}\\fR" in text and command.words in text and command.says.of(language) in text
    for option in OPTIONS:
        assert f"\\fB{option.name}\\fR" in text and option.value in text and option.says.of(language) in text


@pytest.mark.parametrize("language", MANUALS)
def test_who_shows_manuals_warns_of_nothing(tree: Path, language: str) -> None:
    argv = [program("man"), "--warnings", "-l", str(tree / MANUALS[language])]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
    if done.returncode != 0 and "minimized" in done.stdout + done.stderr:
        pytest.skip("this system has man without its manuals")
    assert (done.returncode, done.stderr) == (0, "") and "--details" in done.stdout


@pytest.mark.parametrize("language", MANUALS)
def test_a_lint_finds_nothing_in_the_manual(tree: Path, tmp_path: Path, language: str) -> None:
    (tmp_path / "posdiag.1").write_bytes(gzip.decompress((tree / MANUALS[language]).read_bytes()))
    done = subprocess.run(
        [program("mandoc"), "-T", "lint", "-W", "warning", str(tmp_path / "posdiag.1")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("",), {command.name for command in COMMANDS} | {"--check"} | options_of("check")),
        (("st",), {"status"}),
        (("check", "--"), options_of("check")),
        (("status", ""), options_of("status")),
        (("run", "--"), options_of("run")),
        (("--lang", "zh", "ru"), {"run", "runbook"}),
        (("--quiet", "--"), options_of("check") | {"--check"}),
        (("--format", ""), set(FORMATS)),
        (("check", "--format", "json"), {"json", "json-compact"}),
        (("check", "--lang", "="), {"zh", "en", "both"}),
        (("check", "--lang", "=", "z"), {"zh"}),
        (("check", "--lang", "=", "zh", "--de"), {"--details"}),
        (("check", "--only", "ga"), {"gateway"}),
        (("check", "--timeout", ""), set()),
        (("config", "s"), {"show", "schema"}),
        (("config", "--lang", "en", "sc"), {"schema"}),
        (("config", "schema", "a"), {"agent", "audit"}),
        (("history", "--"), options_of("history")),
        (("config", "show", "a"), set()),
        (("config", "show", "--conf"), {"--config"}),
        (("explain", "operator.cable"), {"operator.cable_unplugged"}),
        (("explain", ""), {cause.value for cause in Cause} | GENERAL),
        (("explain", "x", "operator."), set()),
        (("--config", "us"), {"usr"}),
        (("nonsense", ""), set()),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bash_completes_what_may_stand_there_and_nothing_else(tree: Path, words: tuple[str, ...], wanted: set[str]) -> None:
    assert completed(tree, *words) == wanted


@pytest.mark.parametrize(("shell", "file"), [("bash", BASH), ("zsh", ZSH)])
def test_the_shell_reads_its_file(tree: Path, shell: str, file: str) -> None:
    done = subprocess.run([program(shell), "-n", str(tree / file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_zsh_knows_every_command_and_option(tree: Path) -> None:
    text = (tree / ZSH).read_text()
    assert text.startswith("#compdef posdiag\n")
    for command in COMMANDS:
        assert f"'{command.name}:" in text and f"    {command.name}) all+=(" in text
    assert {name for name in NAMES if f"'{name}[" not in text and f"'{name}=[" not in text} == set()
