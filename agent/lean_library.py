"""Python's own library without its docstrings: 0.6 MiB less of the service.

The package makes such bytecode when it is installed, of the sources that lie there (`packaging/library.py`). What an upgrade of Python has
replaced since is told by date and size, as Python itself does, and loaded as ever; so is what was never made.
"""

from __future__ import annotations

import _frozen_importlib_external as files  # importlib's own: `importlib.machinery` loads much of what is to come from here
import _imp
import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

LIBRARY = os.__file__.rpartition("/")[0]
FOLDER = __file__.rpartition("/")[0] + "/_python"


class _Lean(files.SourceFileLoader):
    folder: str

    def get_code(self, fullname: str) -> CodeType | None:
        try:
            data = self.get_data(kept(self.path, self.folder))
            if data[:16] == head(self.path):
                code: CodeType = marshal.loads(memoryview(data)[16:])  # noqa: S302 - root's own, as all bytecode is
                return code
        except (OSError, EOFError, ValueError, TypeError):
            pass
        return super().get_code(fullname)


def prefer(library: str = LIBRARY, folder: str = FOLDER) -> None:
    """From now on; what is loaded already stays. Where nothing was made, nothing changes."""
    try:
        os.stat(folder)  # noqa: PTH116 - pathlib is not loaded yet
    except OSError:
        return
    loaders = (
        (files.ExtensionFileLoader, _imp.extension_suffixes()),
        (type("_Lean", (_Lean,), {"folder": folder}), files.SOURCE_SUFFIXES),
        (files.SourcelessFileLoader, files.BYTECODE_SUFFIXES),
    )

    def is_of_library(path: str) -> bool:
        return path == library or path.startswith(library + "/")

    def finder(path: str) -> files.FileFinder:
        if not is_of_library(path):
            raise ImportError
        return files.FileFinder(path, *loaders)

    sys.path_hooks.insert(0, finder)
    for path in [each for each in sys.path_importer_cache if is_of_library(each)]:
        del sys.path_importer_cache[path]


def kept(source: str, folder: str = FOLDER) -> str:
    """Where the bytecode of that source lies."""
    return f"{folder}{source}c"


def head(source: str) -> bytes:
    """As of Python's own files (PEP 552): of which version it is, and what the source was. Raises OSError."""
    found = os.stat(source)  # noqa: PTH116
    words = (0, int(found.st_mtime) & 0xFFFFFFFF, found.st_size & 0xFFFFFFFF)
    return files.MAGIC_NUMBER + b"".join(word.to_bytes(4, "little") for word in words)
