"""What to do: the catalogue's texts, filled with what was observed."""
