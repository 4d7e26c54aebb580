"""HTTP: one request."""
