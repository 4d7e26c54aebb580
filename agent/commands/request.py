"""What is asked for on the command line. Apart from what understands that (`options`), which the service has no more use for."""

from __future__ import annotations

from msgspec import Struct

DEFAULT_TIMEOUT_S = 15.0


class Said(Struct, frozen=True, kw_only=True):
    """Behind `told`, as the options are called. `promised`: a day; `maintenance`: when the work ends, RFC 3339."""

    incident: str = ""
    did: str = ""
    helped: str = ""
    called: str = ""
    ticket: str = ""
    promised: str = ""
    date: str = ""
    maintenance: str = ""
    forget: str = ""


class Request(Struct, frozen=True, kw_only=True):
    """`command`: check, run, status, history, watch, explain, config, help or version. `words`: what stands behind it.

    `form`: how a result is printed for a program (`option_table.FORMATS`, or csv); None for a person. `since`, `until`,
    `compare`: seconds since the epoch.
    """

    command: str
    words: tuple[str, ...] = ()
    form: str | None = None
    details: bool = False
    quiet: bool = False
    qr: bool = False
    only: str | None = None
    once: bool = False
    until_ok: bool = False
    config: str | None = None
    language: str | None = None
    timeout_s: float = DEFAULT_TIMEOUT_S
    colour: bool = True
    since: float | None = None
    until: float | None = None
    cause: str | None = None
    html: bool = False
    output: str | None = None
    both: bool = False
    incident: str | None = None
    said: Said = Said()
    compare: float | None = None
    beside: str | None = None

    @property
    def what(self) -> str | None:
        """The first word behind the command: WHAT of explain, ID of history, the action of config."""
        return self.words[0] if self.words else None
