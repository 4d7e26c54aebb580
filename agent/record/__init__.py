"""The record: what changed on this terminal and what came of it, decided without a clock or a disk of its own."""
