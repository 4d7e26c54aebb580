"""What a fleet's histories teach: which step ended which cause how often, as terminals take it."""
