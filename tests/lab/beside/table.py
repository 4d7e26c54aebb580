"""The section of docs/accuracy.md on first contact beside the terminal, made from the records."""

from __future__ import annotations

from tests.lab.beside import CONTACTS, kept
from tests.lab.field import records
from tests.lab.field import table as of_field

TITLE = "## First contact beside the terminal"
ACCURACY = records.ROOT / "docs" / "accuracy.md"


def section() -> str:
    first, today = kept.all_first(), kept.today()
    now = {outcome.name: outcome for outcome in today.outcomes} if today else {}
    errata = {contact.name: contact.erratum for contact in CONTACTS if contact.erratum}
    at = f" (commit {today.commit[:12]}, {today.date})" if today else ""
    head = f"""{TITLE}

Android terminals over adb, terminals that are only seen on the shop's network, and receipt printers on it, rebuilt from public reports and
from what real devices print (`tests/lab/beside/`). What was expected, of payment too, was written down before each was played: `posdiag`
ran unmodified beside it. What was said at first contact is kept for good in `tests/lab/beside/first_contact/`; beside it what the newest
run says{at}. One that stays wrong stays here as wrong; whose making or expectation proved wrong is marked †, and counts as
it was recorded. To run it again, as root: `.venv/bin/python -m tests.lab.beside`; one, with every check: `--why "part of its name"`."""
    return "\n\n".join([head, of_field.scores(first, now), *(of_field.worlds(record, now, errata) for record in first)])


def publish() -> None:
    """Writes the section anew, where it stands or at the end."""
    before, _, rest = ACCURACY.read_text(encoding="utf-8").partition(TITLE)
    after = rest.partition("\n## ")
    ACCURACY.write_text(before.rstrip("\n") + "\n\n" + section() + "\n" + (f"\n## {after[2]}" if after[1] else ""), encoding="utf-8")
