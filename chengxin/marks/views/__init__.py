"""Pages of marks, by door."""
