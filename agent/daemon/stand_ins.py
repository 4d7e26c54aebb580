"""Light modules in the place of those that the daemon's dependencies, and what they take of Python's library, import and never use: 7 MiB
less of it.

They stand there only while a dependency is imported, and what it took stays with it alone: whoever imports such a module afterwards
gets the real one. A name that is not given here loads the real one too, whenever it is asked for, so that a version of a dependency
that needs more works as ever, and is only larger.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from importlib import import_module
from importlib.machinery import PathFinder
from os import uname
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any


class StandIn(ModuleType):
    """In the place of the module `name`, with `names` of it."""

    def __init__(self, name: str, **names: object) -> None:
        super().__init__(name)
        vars(self).update(names)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system looks for such
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


def later(module: str, name: str) -> Callable[..., Any]:
    """A function whose module is loaded when it is called."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(import_module(module), name)(*args, **kwargs)

    return call


class Later(type):
    """A class whose module is loaded when one is made. While it is not loaded, nothing is one."""

    def __new__(cls, module: str, name: str) -> Later:
        return super().__new__(cls, name, (), {"__module__": module})

    def __init__(cls, module: str, name: str) -> None:
        super().__init__(name, (), {})

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return getattr(import_module(cls.__module__), cls.__name__)(*args, **kwargs)

    def __instancecheck__(cls, it: object) -> bool:
        real = vars(sys.modules.get(cls.__module__, cls)).get(cls.__name__)
        return isinstance(real, type) and real is not cls and isinstance(it, real)


class NeverSafe:
    """uuid.SafeUUID, of which msgspec takes one value for the UUIDs that it reads."""

    unknown = None


class NeverRaised(ValueError):
    """An exception that a dependency handles, or derives one from: of processes as jobs, or of JSON, which both are not asked of it."""


class NotInstalled(ImportError):
    """importlib.metadata's word for a package that nobody knows."""


class NoCookies:
    """A jar that stays empty: a session makes one request, and what its answer sets is never sent anywhere."""

    def __init__(self, policy: object = None) -> None:
        self._policy = policy

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def set_policy(self, policy: object) -> None:
        self._policy = policy

    def _nothing(self, *_: object, **__: object) -> None:
        """Takes none, and has none to give."""

    add_cookie_header = extract_cookies = set_cookie = clear = _nothing


def _unversioned(name: str) -> str:
    raise NotInstalled(name)


def _no_plugins(**_: str) -> tuple[()]:
    return ()


def _timegm(moment: Sequence[int]) -> int:
    """calendar.timegm: seconds since the epoch, of a moment in UTC."""
    days = date(*moment[:3]).toordinal() - date(1970, 1, 1).toordinal()
    return ((days * 24 + moment[3]) * 60 + moment[4]) * 60 + moment[5]


def _no_signature(_: object, **__: object) -> None:
    """apscheduler then takes a job as it is; the one that there is takes no arguments."""
    raise ValueError("not looked at")


def _authorities() -> str:
    """The file of certifi, which loads all that finds files in archives for it. requests refuses TLS where it is not there."""
    found = PathFinder.find_spec("certifi")
    places = found.submodule_search_locations if found else None
    return f"{places[0]}/cacert.pem" if places else ""


def _system() -> str:
    return uname().sysname


_OF_THE_ENVIRONMENT = ("getproxies", "getproxies_environment", "parse_http_list", "proxy_bypass", "proxy_bypass_environment")

# What is imported; and what it does without, as it says itself (a name), or with a stand-in.
Table = tuple[tuple[tuple[str, ...], tuple[StandIn | str, ...]], ...]
TABLE: Table = (
    (
        ("pathlib",),
        (StandIn("ntpath"),),  # paths of Windows
    ),
    (
        ("logging", "socket", "subprocess", "secrets", "ssl"),
        (
            # what shows an exception, with the lines of its sources
            StandIn("traceback"),
            # the machine's encoding: children write bytes
            StandIn("locale"),
            # waiting for several at once, and certificates as text
            StandIn("selectors", PollSelector=Later("selectors", "PollSelector")),
            StandIn("base64"),
        ),
    ),
    (
        ("msgspec",),
        (
            # types that no document of ours has
            StandIn("decimal", Decimal=Later("decimal", "Decimal")),
            StandIn("uuid", UUID=Later("uuid", "UUID"), SafeUUID=NeverSafe),
            # what `posdiag config schema` prints
            StandIn(
                "msgspec._json_schema",
                schema=later("msgspec._json_schema", "schema"),
                schema_components=later("msgspec._json_schema", "schema_components"),
            ),
        ),
    ),
    # early, so that what is given up of it (`unused`) makes room for what comes
    (("psutil",), (StandIn("base64"), StandIn("glob"))),  # all connections, sensors and disks
    (
        ("ping3",),
        (StandIn("platform", system=_system),),  # whether this is macOS
    ),
    (
        ("apscheduler.schedulers.background", "apscheduler.executors.pool"),
        (
            # jobs that are coroutines, or run in processes
            StandIn("asyncio", iscoroutinefunction=lambda _: False),
            StandIn("multiprocessing"),
            StandIn("calendar", timegm=_timegm),
            StandIn("traceback", format_tb=later("traceback", "format_tb")),
            StandIn("concurrent.futures.process", BrokenProcessPool=NeverRaised),
            # time zones by name, and the machine's
            StandIn("zoneinfo", ZoneInfo=Later("zoneinfo", "ZoneInfo")),
            StandIn("tzlocal", get_localzone=later("tzlocal", "get_localzone")),
            # names for jobs that have none
            StandIn("uuid", uuid4=later("uuid", "uuid4")),
            # its own version, and triggers, stores and executors by name
            StandIn("importlib.metadata", version=_unversioned, PackageNotFoundError=NotInstalled, entry_points=_no_plugins),
            # whether a job can be called with its arguments
            StandIn(
                "inspect",
                iscoroutinefunction=lambda _: False,
                isbuiltin=lambda it: isinstance(it, BuiltinFunctionType),
                isclass=lambda it: isinstance(it, type),
                isfunction=lambda it: isinstance(it, FunctionType),
                ismethod=lambda it: isinstance(it, MethodType),
                signature=_no_signature,
            ),
        ),
    ),
    (
        ("requests",),
        (
            # what guesses the encoding of text, and JSON: it is asked for bytes
            "charset_normalizer",
            "chardet",
            StandIn("json", JSONDecodeError=NeverRaised),
            # names that are not ASCII: names are found by us
            StandIn("idna"),
            # what is packed: it is asked for bytes as they came
            "compression.zstd",
            StandIn("stringprep"),
            # mail: a head of HTTP is read by the same parser
            StandIn("email.header"),
            StandIn("email.charset", Charset=Later("email.charset", "Charset")),
            StandIn("email._encoded_words", decode_b=later("email._encoded_words", "decode_b")),
            StandIn("calendar"),
            StandIn("quopri"),
            # its authorities, and such as lie in an archive: TLS is ours, requests sees none
            StandIn("certifi", where=_authorities),
            StandIn("zipfile"),
            StandIn("tempfile"),
            StandIn("http.cookiejar", CookieJar=NoCookies, CookiePolicy=object, Cookie=Later("http.cookiejar", "Cookie")),
            StandIn("http.cookies", Morsel=Later("http.cookies", "Morsel")),
            # names and passwords
            StandIn("base64", b64encode=later("base64", "b64encode")),
            # the environment's proxies, which are not used, and forms
            StandIn("urllib.request", **{name: later("urllib.request", name) for name in _OF_THE_ENVIRONMENT}),
            StandIn("mimetypes"),
            # the version of a package for HTTP/2
            StandIn("importlib.metadata", version=later("importlib.metadata", "version")),
        ),
    ),
)

# Where Python was built and with what (3.14 and later): the name of its library is asked for on Cygwin.
OF_CTYPES = (StandIn("sysconfig", get_config_var=later("sysconfig", "get_config_var")),)

# Of an output that few terminals have: over a connection that we dial, without web sockets.
MQTT = (
    ("paho.mqtt.client",),
    (
        StandIn("base64", b64encode=later("base64", "b64encode")),
        StandIn("platform", system=_system),
        StandIn("urllib.request"),
        StandIn("uuid", uuid4=later("uuid", "uuid4")),
        "socks",
        "dns.resolver",
    ),
)


@contextmanager
def in_place(stand_ins: tuple[StandIn | str, ...]) -> Iterator[None]:
    """While it lasts. A module that is loaded already stays."""
    pairs = [(each, None) if isinstance(each, str) else (each.__name__, each) for each in stand_ins]
    put: dict[str, Any] = {name: module for name, module in pairs if name not in sys.modules}
    sys.modules.update(put)  # None: the import of it fails (import system, sys.modules)
    try:
        yield
    finally:
        for name, module in put.items():
            if name in sys.modules and sys.modules[name] is module:
                del sys.modules[name]


def load(table: Table = TABLE) -> None:
    """Imports the dependencies. One that cannot be had is missed by who needs it, not here."""
    for names, stand_ins in table:
        with in_place(stand_ins), suppress(Exception):
            for name in names:
                import_module(name)
        gc.collect()  # or the next ones lie around what this one has left
