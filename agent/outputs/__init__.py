"""Where results go: each output gets what it asked for, and none can hold up or fail the cycle (`seam.py` says how to add one)."""
