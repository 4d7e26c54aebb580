"""Tables and classes that modules make of which the daemon uses a few: the others are given up, 0.3 MiB. What is asked for nevertheless is
made anew, but for the names of errors of OpenSSL that no connection can meet."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any

# lib numbers of openssl/err.h: what signs, stamps, stores and enrols; a connection, its certificates and keys are of others
_NO_CONNECTIONS = frozenset({35, 37, 38, 39, 40, 41, 44, 46, 47, 50, 51, 53, 54, 56, 58, 61})
_OF_PSUTIL = frozenset({"svmem", "scputimes", "snicstats", "snicduplex"})


def drop() -> None:
    """After the imports that make them. Whatever another version of Python or of a package has not is passed over."""
    for each in (_errors, _tuples):
        with suppress(Exception):
            each()


def _errors() -> None:
    _ssl: Any = sys.modules["_ssl"]
    _ssl.err_names_to_codes.clear()  # nothing looks there
    names: dict[tuple[int, int], str] = _ssl.err_codes_to_names
    kept = {code: name for code, name in names.items() if code[0] not in _NO_CONNECTIONS}
    names.clear()
    names.update(kept)


def _tuples() -> None:
    module = sys.modules["psutil._ntuples"]
    for name, it in list(vars(module).items()):
        if isinstance(it, type) and name not in _OF_PSUTIL:
            delattr(module, name)
    module.__getattr__ = _restoring(module)  # type: ignore[method-assign]  # PEP 562


def _restoring(module: ModuleType) -> Callable[[str], object]:
    def asked(name: str) -> object:
        if name.startswith("__"):  # the import system looks for such
            raise AttributeError(name)
        vars(module).pop("__getattr__", None)
        for each, it in vars(_anew(module.__name__)).items():
            vars(module).setdefault(each, it)
        return getattr(module, name)

    return asked


def _anew(name: str) -> Any:
    from importlib.util import module_from_spec

    spec = sys.modules[name].__spec__
    assert spec is not None and spec.loader is not None
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
