"""`python tools/completion.py TREE`: lays what bash and zsh complete into TREE, from the table that `--help` is of."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from agent.commands.option_table import OPTIONS, Option
from agent.commands.options import SCHEMAS
from agent.commands.table import COMMANDS
from agent.diagnosis.causes import Cause
from probes.model import Layer

BASH, ZSH = "usr/share/bash-completion/completions/posdiag", "usr/share/zsh/vendor-completions/_posdiag"
_VALUES = {"--only": tuple(each.value for each in Layer)}  # of options without a closed list of choices: those that can be foretold
_FILES = ("--config",)
_WITH_VALUE = tuple(option.name for option in OPTIONS if option.value)


def _choices(option: Option) -> tuple[str, ...]:
    return option.choices or _VALUES.get(option.name, ())


def _of(command: str) -> list[Option]:
    """The options that go with it. Without a command it is `check`."""
    return [option for option in OPTIONS if not option.of or (command or "check") in option.of]


def _objects(command: str) -> tuple[str, ...]:
    if command == "explain":
        return tuple(each.value for each in Cause)
    return next((each.actions for each in COMMANDS if each.name == command), ())


# --- bash: without the functions of bash-completion, which may be missing

_BASH_HEAD = r"""# bash completion for posdiag, made with the package
_posdiag() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i skip="" word wanted
    local -a words=()
    COMPREPLY=()
    # --lang=zh comes as three words
    if [[ $cur == "=" ]]; then
        cur=""
    elif [[ $prev == "=" ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ -n $skip ]]; then
            [[ $word == "=" ]] || skip=""
        elif [[ $word == @(WITH_VALUE) ]]; then
            skip=1
        elif [[ $word != -* && $word != "=" ]]; then
            words+=("$word")
        fi
    done
    case $prev in
"""


def bash() -> str:
    return "\n".join(_bash()) + "\n"


def _bash() -> Iterator[str]:
    yield _BASH_HEAD.replace("WITH_VALUE", "|".join(_WITH_VALUE)).rstrip("\n")
    for option in (each for each in OPTIONS if each.value):
        if option.name in _FILES:
            yield f'    {option.name}) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;'
        else:
            wanted = " ".join(_choices(option))
            yield f'    {option.name}) mapfile -t COMPREPLY < <(compgen -W "{wanted}" -- "$cur"); return ;;'
    yield '    esac\n    case "${#words[@]} ${words[*]:0:2}" in'
    names = " ".join(each.name for each in COMMANDS)
    yield f'    "0 ") wanted="{names} --check {_names("")}" ;;'
    for command in COMMANDS:
        if objects := _objects(command.name):
            yield f'    "1 {command.name}") wanted="{" ".join(objects)} {_names(command.name)}" ;;'
        if "schema" in command.actions:
            yield f'    "2 {command.name} schema") wanted="{" ".join(SCHEMAS)} {_names(command.name)}" ;;'
        yield f'    *" {command.name}" | *" {command.name} "*) wanted="{_names(command.name)}" ;;'
    yield '    esac\n    mapfile -t COMPREPLY < <(compgen -W "$wanted" -- "$cur")\n}\ncomplete -F _posdiag posdiag'


def _names(command: str) -> str:
    return " ".join(option.name for option in _of(command))


# --- zsh

_ZSH_HEAD = r"""#compdef posdiag
# made with the package
_posdiag_commands() {
    local -a commands
    commands=(
COMMANDS
    )
    _describe command commands
}
_posdiag() {
    local command word skip
    local -i i
    for ((i = 2; i < CURRENT; i++)); do
        word=$words[i]
        if [[ -n $skip ]]; then
            skip=
        elif [[ $word == (WITH_VALUE) ]]; then
            skip=1
        elif [[ $word != -* ]]; then
            command=$word
            break
        fi
    done
    local -a all
"""


def zsh() -> str:
    return "\n".join(_zsh()) + "\n"


def _zsh() -> Iterator[str]:
    commands = "\n".join(f"        '{each.name}:{_plain(each.says.en)}'" for each in COMMANDS)
    yield _ZSH_HEAD.replace("WITH_VALUE", "|".join(_WITH_VALUE)).replace("COMMANDS", commands).rstrip("\n")
    yield "    all=("
    yield from (f"        {_argument(option)}" for option in OPTIONS if not option.of)
    yield "        '1:command:_posdiag_commands'\n    )\n    case $command in"
    for command in COMMANDS:
        own = [_argument(option) for option in _of(command.name) if option.of]
        if objects := _objects(command.name):
            own.append(f"'2:what:({' '.join(objects)})'")
        if "schema" in command.actions:
            own.append(f"'3:schema:({' '.join(SCHEMAS)})'")
        yield f"    {command.name}) all+=({' '.join(own)}) ;;"
    none = " ".join(_argument(option) for option in _of("") if option.of)
    yield f"    '') all+=({none} '--check[{_described('the same as check')}]') ;;"
    yield '    esac\n    _arguments $all\n}\n_posdiag "$@"'


def _argument(option: Option) -> str:
    """One of `_arguments`; with a value, `--lang zh` and `--lang=zh`."""
    if not option.value:
        return f"'{option.name}[{_described(option.says.en)}]'"
    what = "_files" if option.name in _FILES else f"({' '.join(_choices(option))})" if _choices(option) else ""
    return f"'{option.name}=[{_described(option.says.en)}]:{_described(option.value)}:{what}'"


def _described(text: str) -> str:
    return _plain(text).replace("[", r"\[").replace("]", r"\]").replace(":", r"\:")


def _plain(text: str) -> str:
    return text.replace("'", "'\\''")


def main() -> int:
    tree = Path(sys.argv[1])
    for place, text in ((BASH, bash()), (ZSH, zsh())):
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        (tree / place).write_text(text, encoding="utf-8")
        (tree / place).chmod(0o644)
    return 0


if __name__ == "__main__":
    sys.exit(main())
