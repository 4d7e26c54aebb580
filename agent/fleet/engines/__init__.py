"""Counts by an engine: of fleets whose rows lie elsewhere, or are too many to be read here. Only counts travel."""
