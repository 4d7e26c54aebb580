"""What `posdiag fleet serve` takes: `python -m tests.bench.fleet_serve` prints it, beside a bare server in the same run that only says 202.

Everything runs on this machine: who pushes has a share of the two cores, too, and is counted apart.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.bench.fleet_pushing import Pusher, Sent, request, summaries
from tests.support.patience import until
from tests.support.served import Served, free_port, served

SETTINGS = "[serve]\nevery_s = 15\nterminal_per_minute = 60000\ntoken_per_s = 1000000\n"
CONNECTIONS = 100
BATCH = 500
_BARE = """
import uvicorn
async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"14")]})
    await send({"type": "http.response.body", "body": b'{"accepted":1}'})
uvicorn.run(app, host="127.0.0.1", port=%d, loop="uvloop", http="httptools", access_log=False, log_level="error", lifespan="off")
"""


def cpu_s(process: psutil.Process) -> tuple[float, float]:
    """Of it, and of its children that run."""
    own, *children = (sum(each.cpu_times()[:2]) for each in (process, *process.children(recursive=True)))
    return own, sum(children)


def memory(process: psutil.Process) -> str:
    names = ("receives", "judges")
    every = (process, *process.children())
    return ", ".join(f"{name} {each.memory_full_info().pss / 2**20:.0f} MiB" for name, each in zip(names, every, strict=False))


@contextmanager
def bare() -> Iterator[tuple[int, psutil.Process]]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", _BARE % port])
    try:
        until(lambda: any(each.laddr.port == port for each in psutil.Process(process.pid).net_connections("tcp")))
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def pushed(
    port: int, process: psutil.Process, contents: Sequence[bytes], seconds: float, name: str, *, each: int = 1, rate: float | None = None
) -> Sent:
    before, own = cpu_s(process), time.process_time()
    sent = asyncio.run(Pusher(port, contents, connections=CONNECTIONS, rate=rate).push(seconds))
    (used, beside), own = cpu_s(process), time.process_time() - own
    used, beside = used - before[0], beside - before[1]
    right, unanswered = sent.statuses.get(202, 0), sent.requests - sum(sent.statuses.values())
    other = {status: count for status, count in sent.statuses.items() if status != 202}
    print(
        f"{name:34} {right * each / sent.seconds:8,.0f} documents/s  {1e6 * used / max(1, right * each):6.0f} µs CPU each  "
        f"p50 {sent.quantile_ms(0.5):6.1f}  p99 {sent.quantile_ms(0.99):6.1f}  longest {sent.quantile_ms(1):6.1f} ms  "
        f"of a core: {used / sent.seconds:.0%} receives, {beside / sent.seconds:.0%} judges, {own / sent.seconds:.0%} pushes",
        flush=True,
    )
    if other or unanswered or sent.late:
        print(f"  not 202: {other}, unanswered: {unanswered}, not sent in their time: {sent.late}")
    return sent


class Reader(threading.Thread):
    """Somebody who has the page open, and a scraper: twice a second each."""

    def __init__(self, one: Served) -> None:
        super().__init__(daemon=True)
        self._one, self._ended = one, threading.Event()
        self.waits_s: list[float] = []
        self.size = 0

    def run(self) -> None:
        while not self._ended.wait(0.5):
            for path in ("/", "/fleet.json", "/metrics"):
                begun = time.perf_counter()
                answered = self._one.ask("GET", path, headers={"Accept-Encoding": "gzip"})
                self.waits_s.append(time.perf_counter() - begun)
                if path == "/":
                    self.size = len(answered.body)

    def end(self) -> str:
        self._ended.set()
        self.join()
        waits = sorted(self.waits_s)
        median_ms, longest_ms = 1000 * waits[len(waits) // 2], 1000 * waits[-1]
        return f"the page, fleet.json and metrics read {len(waits)} times: median {median_ms:.1f} ms, longest {longest_ms:.1f} ms"


def measure(options: argparse.Namespace, folder: Path) -> None:
    now = int(time.time())
    with bare() as (port, process):
        contents = [request(each, port, "none") for each in summaries(20_000, now)]
        reference = pushed(port, process, contents, options.seconds, "bare uvicorn, single POSTs")
    with served(folder, settings=SETTINGS) as one:
        assert one.process is not None
        process = psutil.Process(one.process.pid)
        lines = list(summaries(options.terminals, now))
        batches = [request(b"\n".join(lines[at : at + BATCH]), one.port, one.token) for at in range(0, len(lines), BATCH)]
        pushed(one.port, process, batches, 600, f"NDJSON, {BATCH} a batch", each=BATCH)
        packed = [request(b"\n".join(lines[at : at + BATCH]), one.port, one.token, packed=True) for at in range(0, len(lines), BATCH)]
        pushed(one.port, process, packed, 600, "the same, gzip", each=BATCH)
        singles = [request(each, one.port, one.token) for each in list(summaries(options.terminals, now, turn=2))[:20_000]]
        most = pushed(one.port, process, singles, options.seconds, "single POSTs, as fast as they go")
        print(f"  beside the bare server: {most.requests / most.seconds / (reference.requests / reference.seconds):.0%}")
        one.until_terminals(options.terminals)
        due = int(options.rate * options.sustained)
        turns = (each for turn in range(3, 1000) for each in summaries(options.terminals, now + turn, turn=turn))
        contents = [request(next(turns), one.port, one.token) for _ in range(due)]
        reader = Reader(one)
        reader.start()
        name = f"single POSTs, {options.rate:,.0f}/s for {options.sustained:.0f} s"
        pushed(one.port, process, contents, options.sustained + 5, name, rate=options.rate)
        print(f"  {reader.end()}; the page {reader.size / 1024:.0f} KiB packed")
        for line in one.ask("GET", "/metrics").body.decode().splitlines():
            if line.startswith(("posdiag_fleet_serve_answer_", "posdiag_fleet_serve_journal")):
                print("  " + line)
        print(f"  memory with {options.terminals:,} terminals (PSS): {memory(process)}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fleet_serve", description=__doc__)
    parser.add_argument("--terminals", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=2000, help="single POSTs a second (default 2000)")
    parser.add_argument("--sustained", type=float, default=60, help="seconds of that (default 60, at most 600)")
    parser.add_argument("--seconds", type=float, default=15, help="of what goes as fast as it can, at most")
    options = parser.parse_args()
    options.sustained = min(options.sustained, 600)
    with TemporaryDirectory() as folder:
        measure(options, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
