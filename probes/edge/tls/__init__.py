"""TLS: the handshake, what was shown in it, sessions to go on from."""
