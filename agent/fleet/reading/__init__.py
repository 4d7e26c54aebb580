"""From files, lines and bundles to the table of terminals: read with suspicion, counted where they cannot be believed."""
