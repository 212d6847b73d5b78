"""Look-alike names and hosts (B18): pure functions for whoever has a name or an address to check. No detector of its own yet."""
