"""docs/learning.md: how steps are ordered, and what the simulation found."""

from __future__ import annotations

from collections.abc import Sequence

from tests.learning.simulate import FLEET_CASES, HORIZONS, Kind, Result

MOST_COST, FROM_BEST, BEST_AT = 1.05, 1.10, 20  # of learning over the fixed order, and of the learnt order over the best after so many
Table = Sequence[tuple[Kind, Result]]

TEXT = """\
# The order of the steps

The steps of a cause stand in the order that ends the fault soonest on average: by the probability that a step is the one that helps, over
the minutes that it takes (Kadane and Simon 1977; Heckerman, Breese and Rommelse 1995). `agent/remedy/ordering.py` does it and is pure;
`make learning` plays the simulation below and writes this page.

## What counts

Each step of the catalogue (`config/catalogue/`) has

| key | holds |
|---|---|
| `id` | its name, unique within the cause; never changed, never given to another step |
| `minutes` | until one knows whether it has helped, with getting hold of whoever does it |
| `prior` | the probability that it is the one that ends the fault; 0: it ends nothing by itself (a warning, a photograph, a trial sale) |
| `trace` | what it leaves for the agent to see, where it leaves something |
| `after` | steps that must come first |

The probability of a step is `(6 · prior + helped here + w · helped in the fleet) / (6 + cases here + w · cases in the fleet)`: the
catalogue's own is worth six cases, what was seen here counts whole, and `w` is 1, or less, so that the fleet's lessons are worth twenty
cases at most: twenty times the probability that they hold for this terminal at all, by what ended its own incidents. One step ends an
incident, so each case is one draw among the steps of its cause. Where priors of the steps that are shown sum to more than 1, they are
shares of that sum.

**With fewer than three cases the catalogue's order stands.** A step moves for a tenth more of probability over minutes, not for less.
Never moved, whatever was seen:

- a step before what it needs (`after`), or past one that ends nothing by itself;
- one that interrupts payments before one that does not, unless no payment is possible anyway;
- a call for help before what stood before it: whoever is called asks whether that was tried.

`remediation[].record` of the status document has the numbers, and the screen says them behind the step: "helped here 3 times of 4". What
was seen here goes before what the fleet says.

## What was seen here

The service reads the [record](record.md#what-helped) once, when it starts, and counts on with each incident that is over and each word of a
person; `posdiag --check` reads it too, where it may, and else has the catalogue's order. What is in files that are gone was carried over.

**Several steps that leave one trace** (five ways to push a cable in again) cannot be told apart from here. What the trace ended is shared
out among those of them that are shown, by the probability that each has without it; so they come forward together, and keep the order of
the catalogue among themselves until people say which one it was. Together they have no more than the trace ended. The first of them says
so: "this or a step like it helped here 3 times of 4" (`record.trace`).

**Steps that leave nothing to see**, or nothing but a line or a host that is back, would fall behind all others, as nobody ever sees them
help. Incidents that ended by nobody knows what, or by themselves, keep such steps at the catalogue's share, beside those that are seen, but
no more of them than there were.

## The lessons file `posdiag.lessons/1`

`agent.lessons`, by default `/etc/posdiag/lessons.json`; need not exist. It is read where root or the service owns it and nobody else may
write it, up to 256 KiB, and again when it changes. A damaged one is ignored, and said: by the service in its journal, by `posdiag
--check` on standard error.

```json
{
  "schema": "posdiag.lessons/1",
  "generated_at": "2026-01-31T08:00:00Z",
  "steps": [
    { "cause": "operator.cable_unplugged", "step": "plug_other_end", "tried": 52, "helped": 31 },
    { "cause": "operator.cable_unplugged", "step": "plug_other_end", "tried": 20, "helped": 3, "where": { "model": "A920" } }
  ]
}
```

`tried`: incidents of the cause in which the step was tried; `helped`: those that it ended. `where`: a group of terminals, by their labels
(`terminal.labels`), `store`, or the `model` and `firmware` that the machine says where no label does; a terminal takes the narrowest group
that it belongs to, of equally narrow ones the first, cause by cause, and all others' numbers of that cause not; without a `where` they are
of all that are in no group. Causes and steps of a later version are left out. `posdiag fleet lessons` makes the file
([fleet.md](fleet.md#lessons)).

## What it is worth

Simulated: a terminal meets one cause a hundred times; its steps are tried in their order until one ends the fault, and counted. The truth
(which step ends the fault how often) is made up, and is not what the catalogue believes but in the first row. Goals: learning never costs
more than 5 % over the fixed order on average, over 1, 5, 20 or 100 cases; after 20 cases the order is within 10 % of the best possible
one. *Best* is the best of all orders that the rules above allow, for whoever knows the truth.

![Mean time to repair by case](learning.svg)

### Steps that nothing holds back

Lists of four to seven made-up steps, free to move: the hardest case for learning, as it may do the most harm and the most good.
{free}

### The catalogue's own steps, with every rule

Every cause with something to order, half of the cases while payments work. The rules leave an order little to gain, and little to lose:
who takes half an hour to come stands behind what the cashier does in a minute, whatever was seen.
{catalogued}

## Where a goal is not reached

{missed}

What the model leaves out: that several steps may end the same fault (the later one is then tried only where the first failed, and what it
could have done is never seen), that minutes differ from shop to shop (they are not learnt), and that what was true may be true no more
(old cases count as much as new ones).
"""


def page(free: Table, catalogued: Table) -> str:
    both = (("nothing held back", free), ("the catalogue's steps", catalogued))
    missed = [line for title, table in both for line in _missed(title, table)]
    text = TEXT
    parts = {"free": _table(free), "catalogued": _table(catalogued), "missed": "\n".join(missed) or "Nowhere."}
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part)
    return text


def _table(table: Table) -> str:
    lines = [
        "",
        "| truth | fixed, minutes |" + "".join(f" over {count} |" for count in HORIZONS) + f" after {BEST_AT} | best |",
        "|---|---|" + "---|" * (len(HORIZONS) + 2),
    ]
    for kind, result in table:
        costs = "".join(f" {_percent(result.cost(count))} |" for count in HORIZONS)
        last = (_percent(result.beyond_best(BEST_AT)), _percent(result.least[BEST_AT] / result.fixed[BEST_AT]))
        lines.append(f"| {kind.name} | {result.fixed[1]:.1f} |{costs} {last[0]} | {last[1]} |")
    lines += [
        "",
        f"*over N*: mean time to repair of the first N cases against the fixed order's. *after {BEST_AT}*: of the order as it then is, "
        f"against the best one's. *best*: the best one's against the fixed order's. Lessons of the fleet are of {FLEET_CASES} cases.",
    ]
    return "\n".join(lines)


def _missed(title: str, table: Table) -> list[str]:
    lines = []
    for kind, result in table:
        dear = [f"{_percent(result.cost(count))} over {count}" for count in HORIZONS if result.cost(count) > MOST_COST]
        far = [f"{_percent(result.beyond_best(BEST_AT))} from the best after {BEST_AT}"] if result.beyond_best(BEST_AT) > FROM_BEST else []
        if dear or far:
            lines.append(f"- {title}, {kind.name}: {'; '.join([*dear, *far])} (after 100: {_percent(result.beyond_best(100))})")
    return lines


def _percent(ratio: float) -> str:
    return f"{100 * (ratio - 1):+.1f} %"
