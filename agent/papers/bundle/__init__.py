"""What goes to the provider's support, as one zip: read with suspicion, redacted, cut to size, the same bytes for the same state."""
