"""All outputs of the daemon together: each is given what it asks for, and none waits for another."""

from __future__ import annotations

from collections.abc import Sequence

from agent.contract.document import Status
from agent.outputs.change import Change
from agent.outputs.delivery import Delivery
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.line import Line
from agent.outputs.notifier import Notifier
from agent.outputs.seam import Health
from agent.outputs.status_file import StatusFile
from probes.ground.clock import Clock


class Outputs:
    """`status_file` is one of them, and the one that the daemon goes on from."""

    def __init__(
        self,
        status_file: StatusFile,
        others: Sequence[Delivery],
        *,
        notifier: Notifier,
        files: FileTroubles,
        clock: Clock,
        line: Line | None = None,
    ) -> None:
        self.status_file, self.notifier, self.files, self._clock = status_file, notifier, files, clock
        self.line = line or Line()  # by which they send
        self._status = Delivery(status_file, notifier, clock)
        self._deliveries = (self._status, *others)

    def document(self, status: Status) -> None:
        """Whatever else waits somewhere is tried again."""
        for each in self._deliveries:
            each.document(status)

    def change(self, change: Change) -> None:
        for each in self._deliveries:
            each.change(change)

    def change_beside(self, change: Change) -> None:
        """Of a terminal beside this machine: to those that tell it from this one's."""
        for each in self._deliveries:
            each.change_beside(change)

    def document_beside(self, status: Status) -> None:
        """Likewise, of its newest document."""
        for each in self._deliveries:
            each.document_beside(status)

    def health(self, health: Health) -> None:
        for each in self._deliveries:
            each.health(health)

    def look(self) -> None:
        """To be called on and on: those with times of their own do what is due, and which of them hang is said."""
        for each in self._deliveries:
            each.look()

    def status_delivered(self, patience_s: float) -> bool:
        """Whether the last document is where readers find it, now or within the time."""
        return self._status.wait(patience_s)

    def wait(self, patience_s: float) -> bool:
        """Whether nothing waits anywhere any more, now or within the time."""
        end = self._clock.monotonic() + patience_s
        empty = [each.wait(max(0.0, end - self._clock.monotonic())) for each in self._deliveries]
        return all(empty)

    def tell_stopping(self) -> None:
        for each in self._deliveries:
            each.tell_stopping()

    def retry(self) -> None:
        """What waits is tried once more."""
        for each in self._deliveries:
            each.wake()

    def close(self) -> None:
        """What waits now is not delivered any more."""
        for each in self._deliveries:
            each.close()
