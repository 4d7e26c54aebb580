"""Serial devices: found, opened without harm, asked."""
