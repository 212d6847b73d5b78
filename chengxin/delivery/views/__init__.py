"""Pages, a file a door."""
