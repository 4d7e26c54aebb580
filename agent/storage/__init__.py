"""Files of the state directory: written whole or not at all, read with suspicion."""
