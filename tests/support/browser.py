"""Debian's Chromium, driven by its chromedriver over WebDriver (W3C): a page as people see it, as it prints, and what is cut off in it."""

from __future__ import annotations

import base64
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.support.patience import PATIENCE_S, until

_CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
)
# elements whose text is wider or higher than they are, and what stands beside the page
_CUT_OFF = """
const cut = [];
for (const each of document.querySelectorAll("body *")) {
  const style = getComputedStyle(each);
  const hides = style.overflow !== "visible";
  if (hides && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1)) cut.push(each);
  const box = each.getBoundingClientRect();
  if (each.childElementCount === 0 && box.width && (box.right > document.documentElement.clientWidth + 1 || box.left < -1)) cut.push(each);
}
for (const text of document.querySelectorAll("svg text")) {
  const svg = text.ownerSVGElement.getBoundingClientRect(), box = text.getBoundingClientRect();
  if (box.right > svg.right + 1 || box.left < svg.left - 1 || box.bottom > svg.bottom + 2 || box.top < svg.top - 2) cut.push(text);
}
return cut.map(each => each.tagName + ": " + Array.from(each.textContent).slice(0, 60).join(""));
"""
# sheets of paper whose foot, which stands at the bottom, the text above it runs into
_OVERRUN = """
const found = [];
for (const sheet of document.querySelectorAll(arguments[0])) {
  const foot = sheet.querySelector(arguments[1]);
  const room = foot.getBoundingClientRect().top - foot.previousElementSibling.getBoundingClientRect().bottom;
  if (room < 0) found.push(sheet.innerText.slice(0, 60));
}
return found;
"""
# short words that stand on two lines though they have no hyphen to break at
_BROKEN = r"""
const broken = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  if (node.parentElement.closest("pre, code")) continue;
  for (const word of node.data.matchAll(/\b([A-Za-z]{2,10}|\d{2,4})\b/g)) {
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    const tops = [...range.getClientRects()].filter(box => box.width > 0).map(box => box.top);
    if (tops.length && Math.max(...tops) - Math.min(...tops) > 4)
      broken.push(Array.from(node.data.trim()).slice(0, 60).join("") + ": " + word[0]);
  }
}
return broken;
"""
_A4_PX, _MARGIN_MM, _PX_PER_MM = 794, 16, 96 / 25.4


class Browser:
    def __init__(self, driver: str, session: str) -> None:
        self._at = f"{driver}/session/{session}"

    def _do(self, command: str, **told: Any) -> Any:
        reply = requests.post(f"{self._at}/{command}", json=told, timeout=PATIENCE_S).json()
        told_back = reply["value"]
        assert not (isinstance(told_back, dict) and "error" in told_back), told_back
        return told_back

    def open(self, page: Path, width: int = 1000, height: int = 1400) -> None:
        self._do("window/rect", width=width, height=height)
        self._do("url", url=page.as_uri())

    def picture(self) -> bytes:
        """A PNG of the window."""
        shown = requests.get(f"{self._at}/screenshot", timeout=PATIENCE_S).json()["value"]
        return base64.b64decode(shown)

    def open_as_high(self, most: int) -> None:
        """The window as high as the page, but for `most` pixels."""
        whole = self.run("return document.documentElement.scrollHeight")
        wide, frame = self.run("return [window.outerWidth, window.outerHeight - window.innerHeight]")
        self._do("window/rect", width=wide, height=min(whole, most) + frame)  # of one alone the driver takes no notice
        until(lambda: bool(self.run("return window.innerHeight >= arguments[0]", min(whole, most))))

    def printed(self) -> bytes:
        """A PDF, as the page asks for itself to be printed."""
        return base64.b64decode(self._do("print", background=True, page={"width": 21.0, "height": 29.7}))

    def overrun(self, sheet: str, foot: str) -> list[str]:
        """On paper, the sheets (a selector) whose text runs into the foot at their bottom."""
        self._do("window/rect", width=round(_A4_PX - 2 * _MARGIN_MM * _PX_PER_MM), height=1400)
        self._do("goog/cdp/execute", cmd="Emulation.setEmulatedMedia", params={"media": "print"})
        found: list[str] = self.run(_OVERRUN, sheet, foot)
        self._do("goog/cdp/execute", cmd="Emulation.setEmulatedMedia", params={"media": ""})
        return found

    def run(self, script: str, *args: Any) -> Any:
        return self._do("execute/sync", script=script, args=list(args))

    def cut_off(self) -> list[str]:
        """What does not stand in its place whole."""
        found: list[str] = self.run(_CUT_OFF)
        return found

    def broken_words(self) -> list[str]:
        """Short words of which a part stands on the next line."""
        found: list[str] = self.run(_BROKEN)
        return found

    def text(self) -> str:
        found: str = self.run("return document.body.innerText")
        return found

    def saved(self, link: str, folder: Path) -> str:
        """What a click on the link (a selector) puts into the folder."""
        folder.mkdir()
        self._do("goog/cdp/execute", cmd="Browser.setDownloadBehavior", params={"behavior": "allow", "downloadPath": str(folder)})
        self.run("document.querySelector(arguments[0]).click()", link)
        until(lambda: any(file.suffix == ".csv" for file in folder.iterdir()))
        return next(folder.iterdir()).read_text("utf-8")

    def close(self) -> None:
        requests.delete(self._at, timeout=PATIENCE_S)


@contextmanager
def browser() -> Iterator[Browser]:
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="pd-browser-") as folder:
        driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "HOME": folder},
        )
        at = f"http://127.0.0.1:{port}"
        try:
            until(lambda: _ready(at))
            asked = {"goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": [*_CHROMIUM, f"--user-data-dir={folder}/profile"]}}
            begun = requests.post(f"{at}/session", json={"capabilities": {"alwaysMatch": asked}}, timeout=PATIENCE_S).json()["value"]
            assert "sessionId" in begun, begun
            shown = Browser(at, begun["sessionId"])
            try:
                yield shown
            finally:
                shown.close()
        finally:
            driver.terminate()
            driver.wait(PATIENCE_S)


def pages_in(pdf: bytes) -> int:
    """How many pages a PDF has."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        told = subprocess.run(["pdfinfo", file.name], capture_output=True, text=True, check=True).stdout
    return int(next(line.split()[1] for line in told.splitlines() if line.startswith("Pages:")))


def colours_in(png: bytes) -> int:
    """How many colours a picture has, at most 1000: an empty page has one."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(png)
        file.flush()
        raw = subprocess.run(["pngtopnm", file.name], capture_output=True, check=True).stdout
    pixels = raw.split(b"\n", 3)[-1]
    return len({pixels[at : at + 3] for at in range(0, len(pixels) - 2, 3)})


def complaints(html: bytes) -> str:
    """What HTML Tidy says is wrong with it; nothing where it is valid."""
    done = subprocess.run(["tidy", "-quiet", "-errors", "--drop-empty-elements", "no"], input=html, capture_output=True, check=False)
    return "\n".join(
        line for line in done.stderr.decode().splitlines() if "Error" in line or ("Warning" in line and "proprietary" not in line)
    )


def _ready(at: str) -> bool:
    try:
        return bool(requests.get(f"{at}/status", timeout=PATIENCE_S).json()["value"]["ready"])
    except requests.ConnectionError:
        return False


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        found: int = listening.getsockname()[1]
        return found
