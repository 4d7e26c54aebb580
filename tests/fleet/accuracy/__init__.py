"""How often the localisation is right, on made fleets: `python -m tests.fleet.accuracy`."""
