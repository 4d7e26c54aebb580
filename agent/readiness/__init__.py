"""What would make the next outage long, seen before it comes. Pure."""
