"""What the parts of `agent.fleet` say to each other: the rows, the table of them, the counts, the answer."""
