"""Papers: pages that open anywhere without a network and print on A4. Loaded only by the commands that make them."""
