"""`python -m tests.lab.beside --batch N` (as root): first contact of a batch with the code as it is, recorded for good.

Without a batch, every batch meets the code of today, and docs/accuracy.md shows both. `python -m tests.lab.beside NAME…` plays those whose
names contain one of the words, and writes nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime

from tests.lab.beside import BATCHES, CONTACTS, kept, table
from tests.lab.beside.entry import Contact
from tests.lab.beside.play import judged, play
from tests.lab.field import records
from tests.lab.field.scoring import Outcome, Score


def meet(contact: Contact, why: bool) -> Outcome:
    played = play(contact)
    met = judged(contact, played)
    if why or not met.right:
        expected = ", ".join(met.expected) or "well"
        print(f"{'right' if met.right else 'WRONG'}  {met.name}: {expected} {met.states} {contact.pays}", flush=True)
        print(f"       said {[c.code for c in met.causes]} [{met.state}], pays {met.can_pay}", flush=True)
    if why:
        print(played.text, flush=True)
    return met


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab.beside", description=__doc__)
    parser.add_argument("names", nargs="*", help="only those whose names contain one of these words; nothing is written")
    parser.add_argument("--batch", type=int, choices=sorted(BATCHES), help="the batch that meets the code for the first time")
    parser.add_argument("--why", action="store_true", help="show every check")
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("error: this needs root, as it makes network namespaces", file=sys.stderr)
        return 1
    chosen = [
        c for c in (BATCHES[options.batch] if options.batch else CONTACTS) if not options.names or any(w in c.name for w in options.names)
    ]
    if options.batch and not options.names and kept.path_of(options.batch).exists():
        print(f"error: batch {options.batch} has met the code before; without --batch all meet it again", file=sys.stderr)
        return 1
    outcomes = tuple(meet(contact, options.why) for contact in chosen)
    print(Score.of(outcomes))
    if options.names:
        return 0
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    record = records.Record(batch=options.batch or 0, commit=records.commit(), date=date, outcomes=outcomes)
    kept.write(record)
    table.publish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
