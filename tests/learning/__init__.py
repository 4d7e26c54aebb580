"""What learning from cases is worth, by simulation: `python -m tests.learning` writes docs/learning.md and its plot."""
