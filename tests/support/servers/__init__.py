"""Small real servers on loopback, for tests that need no world of namespaces."""
