"""`fleet.toml`: what `posdiag fleet` is told, held against its structs as the agent's configuration is."""
