"""`python -m tests.pages.pictures` draws the pages that docs/papers.md, docs/fleet.md and the READMEs show: docs/NAME.LANGUAGE.png, and
beside them of what page each was made (docs/pictures.sha256)."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.pages.fleets import beginning, large, large_sample
from tests.pages.samples import ROOT, samples
from tests.support.browser import Browser, browser

DOCS = ROOT / "docs"
MADE_OF = DOCS / "pictures.sha256"
FLEET = DOCS / "fleet.md"
LANGUAGES = ("zh", "en")
LARGEST = 120 * 1024  # bytes of a picture
_COLOURS, _WIDTH, _HIGHEST = 48, 1000, 1500
# the picture's name, the sample, and the page of A4 that is shown; none: as on a screen
PICTURES = {
    "page-status": ("status-cable", None),
    "page-letter": ("letter-account", 1),
    "page-runbook": ("runbook-everything", 3),
    "page-report": ("report-month", None),
    "page-fleet": ("fleet-large", None),
}


def pages() -> dict[str, bytes]:
    """By the picture's name: the page as it is made today."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        known = {each.name: each for each in (*samples(), large_sample())}
        return {f"{name}.{language}": known[sample].page(language) for name, (sample, _) in PICTURES.items() for language in LANGUAGES}
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


def fingerprint(page: bytes) -> str:
    """Of the page with those rules of the style sheet alone whose classes it has, and without the hash of the style in its policy."""
    head, style, body = re.split(r"</?style>", page.decode())
    classes = {each for found in re.findall(r'class="([^"]*)"', body) for each in found.split()}
    rules = [rule for rule in style.splitlines() if set(re.findall(r"\.([a-z][\w-]*)(?=[^{}]*\{)", rule)) <= classes]
    return hashlib.sha256("\n".join([re.sub(r"sha256-[^&']*", "", head), *rules, body]).encode()).hexdigest()


def fingerprints() -> str:
    return "".join(f"{fingerprint(page)}  {name}.png\n" for name, page in sorted(pages().items()))


def drawn(page: bytes, leaf: int | None, shown: Browser) -> bytes:
    with tempfile.TemporaryDirectory(prefix="pd-picture-") as folder:
        file = Path(folder) / "page.html"
        file.write_bytes(page)
        shown.open(file, _WIDTH, 600)
        if leaf is None:
            shown.run("document.documentElement.style.overflow = 'hidden'")
            shown.open_as_high(_HIGHEST)
            return small(shown.picture())
        (Path(folder) / "page.pdf").write_bytes(shown.printed())
        made = ["pdftoppm", "-png", "-r", "90", "-f", str(leaf), "-l", str(leaf), "-singlefile", "page.pdf", "leaf"]
        subprocess.run(made, cwd=folder, check=True)
        return small((Path(folder) / "leaf.png").read_bytes())


def with_beginning(document: str) -> str:
    """The manual with what the answer of the fleet in the picture begins with."""
    return re.sub(r"(begins:\n\n```json\n).*?```", lambda found: f"{found[1]}{beginning(large().answer)}\n```", document, flags=re.DOTALL)


def small(png: bytes) -> bytes:
    """With a palette of few colours."""
    raw = subprocess.run(["pngtopnm"], input=png, capture_output=True, check=True).stdout
    few = subprocess.run(["pnmquant", str(_COLOURS)], input=raw, capture_output=True, check=True).stdout
    return subprocess.run(["pnmtopng", "-compression=9"], input=few, capture_output=True, check=True).stdout


def main() -> int:
    with browser() as shown:
        for name, page in pages().items():
            made = drawn(page, PICTURES[name.partition(".")[0]][1], shown)
            if len(made) > LARGEST:
                print(f"error: {name}.png has {len(made)} bytes", file=sys.stderr)
                return 1
            (DOCS / f"{name}.png").write_bytes(made)
    MADE_OF.write_text(fingerprints(), encoding="utf-8")
    FLEET.write_text(with_beginning(FLEET.read_text("utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
