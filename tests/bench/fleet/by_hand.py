"""A script of one's own: `by_hand SOURCE N` reads every Nth document of a tree or of lines and counts states and causes."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator


def lines(source: str, every: int) -> Iterator[bytes]:
    if os.path.isdir(source):
        for number, name in enumerate(os.listdir(source)):
            if number % every == 0:
                with open(os.path.join(source, name, "status.json"), "rb") as file:
                    yield file.read()
        return
    with open(source, "rb") as file:
        yield from (line for number, line in enumerate(file) if number % every == 0)


if __name__ == "__main__":
    found: Counter[tuple[object, object]] = Counter()
    for line in lines(sys.argv[1], int(sys.argv[2])):
        document = json.loads(line)
        found[document["state"], document.get("cause")] += 1
    print(found)
