"""A fleet played on paper: what the agent's own scheduling makes of thousands of terminals at once."""
