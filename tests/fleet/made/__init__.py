"""Fleets that never were, with a known truth: for the tests and the numbers. `python -m tests.fleet.made --help` writes them as files."""
