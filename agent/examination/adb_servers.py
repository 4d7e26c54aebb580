"""The adb server that a terminal beside this machine is asked over: the one that runs, or, with `adb_start`, one of our own."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from probes import android_device
from probes.android_device import Seen
from probes.edge.failures import CannotTell
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.settings import Beside

if TYPE_CHECKING:
    from probes.edge.adb.own_server import OwnServer


class AdbServers:
    """`service`: it goes on until `close`; a command's ends with it. Nothing is started but where `adb_start` is written."""

    def __init__(self, state_dir: str, *, service: bool = False) -> None:
        self._state_dir, self._service = state_dir, service
        self._own: OwnServer | None = None
        self._in_place_of = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def look(self, beside: Beside, seen_before: bool, deadline: Deadline) -> Seen:
        seen = android_device.device(beside, seen_before, deadline)
        if not beside.adb_start:
            return seen
        if seen.check.symptom is not Symptom.NO_ADB:
            if beside.adb_server == self._in_place_of:  # one runs there now: two would want the same devices
                self.close()
            return seen
        try:
            address = self._started(beside, deadline)
        except CannotTell as trouble:
            return Seen(replace(seen.check, because=trouble.text))
        return android_device.device(replace(beside, adb_server=address), seen_before, deadline)

    def close(self) -> None:
        own, self._own, self._in_place_of = self._own, None, ""
        if own is not None:
            own.stop()

    def _started(self, beside: Beside, deadline: Deadline) -> str:
        """Raises CannotTell."""
        from probes.edge.adb.own_server import OwnServer  # only where it is needed: the service has little memory

        if self._own is None:
            self._own = OwnServer(self._state_dir, beside.adb_key_file, adopt=self._service)
        self._in_place_of = beside.adb_server
        return self._own.start(deadline)
