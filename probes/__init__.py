"""Measuring: every probe looks at one thing and returns what it saw as a `Check`. Nothing here judges or words."""
