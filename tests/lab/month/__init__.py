"""A month of a terminal in a quarter of an hour: the real service, faults with a known truth, and what its record says of them."""
