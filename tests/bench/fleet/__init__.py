"""What the fleet's commands cost beside what one would do without them: `python -m tests.bench.fleet`."""
