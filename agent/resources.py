"""Where the files that come with the agent lie: in the package once it is installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_path(*parts: str) -> Path:
    """The path of a file that comes with the agent, such as `data_path("config", "response_codes.toml")`.

    The package's own copy goes first: beside an installed package another project's `config` may lie.
    """
    installed = _PACKAGE / "_data"
    return (installed if installed.is_dir() else _PACKAGE.parent).joinpath(*parts)
