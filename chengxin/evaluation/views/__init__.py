"""Pages of evaluation by door."""
