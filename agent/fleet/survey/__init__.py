"""A look at the whole fleet: what was collected is read, located, held against the look before, and kept."""
