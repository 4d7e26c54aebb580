"""Judging: a pure function from observed checks to causes, `can_pay` and state. No I/O, no clock, no logging here."""
