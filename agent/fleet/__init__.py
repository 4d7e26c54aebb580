"""A fleet of terminals: what is broken where, and whether it is one fault or many.

For whoever collects the status files; no terminal loads it."""
