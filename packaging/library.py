"""`python3 -ISB -X no_debug_ranges library.py LIB [--library DIRECTORY]`: for the posdiag that lies in LIB, bytecode of Python's own
library without docstrings, of those modules that the service loads. Asserts stay. The package's scripts call it.

One that cannot be compiled, or is not there, is left to Python.
"""

from __future__ import annotations

import argparse
import ast
import marshal
import os
import sys
from pathlib import Path

NAMES = """
__future__ _py_warnings _strptime _weakrefset annotationlib base64 bisect calendar collections compression concurrent concurrent.futures
concurrent.futures._base concurrent.futures.thread contextlib copy copyreg ctypes ctypes._endian datetime email email._encoded_words
email._parseaddr email._policybase email.base64mime email.charset email.encoders email.errors email.feedparser email.header email.iterators
email.message email.parser email.quoprimime email.utils encodings.idna encodings.utf_8_sig enum fnmatch functools glob hashlib heapq hmac
http http.client importlib ipaddress keyword linecache locale logging operator pathlib pathlib._abc pathlib._local pathlib._os queue quopri
random re re._casefix re._compiler re._constants re._parser reprlib secrets selectors shutil signal socket ssl string stringprep struct
subprocess textwrap threading token tokenize tomllib tomllib._parser tomllib._re tomllib._types traceback types typing urllib urllib.parse
warnings weakref
"""


def undocumented(text: bytes, shown: str) -> ast.Module:
    """Raises SyntaxError and ValueError."""
    tree = ast.parse(text, shown)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and _is_text(node.body[:1]):
            needed = len(node.body) == 1 or _is_text(node.body[1:2])  # a body, or what would be taken for the docstring
            node.body[:1] = [ast.copy_location(ast.Pass(), node.body[0])] if needed else []
    return tree


def _is_text(statements: list[ast.stmt]) -> bool:
    constants = [each.value for each in statements if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)]
    return any(isinstance(constant.value, str) for constant in constants)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("lib", type=Path)
    parser.add_argument("--library", type=Path)
    options = parser.parse_args()
    sys.path.insert(0, str(options.lib))
    from agent import lean_library

    os.umask(0o022)  # whatever the caller's is: the service's user reads it
    library = options.library or Path(lean_library.LIBRARY)
    for place in (library.joinpath(*name.split(".")) for name in NAMES.split()):
        for source in (each for each in (place.with_name(f"{place.name}.py"), place / "__init__.py") if each.is_file()):
            head = lean_library.head(str(source))
            try:
                code = compile(undocumented(source.read_bytes(), str(source)), str(source), "exec", dont_inherit=True)
            except (SyntaxError, ValueError):
                continue
            target = Path(lean_library.kept(str(source)))
            target.parent.mkdir(parents=True, exist_ok=True)
            new = target.with_suffix(".new")
            new.write_bytes(head + marshal.dumps(code))
            new.replace(target)  # a service that starts meanwhile reads the old one or the new one
    return 0


if __name__ == "__main__":
    sys.exit(main())
